#!/bin/sh
# Runs varlink-client.py with the Python client of varlink.org, fetched once into a folder beside the build.
# Usage: varlink-client.sh FOLDER ADDRESS
set -eu
here=$(dirname "$0")
packages=$1/varlink-31.0.0
if [ ! -d "$packages" ]; then
    # Into a folder of its own first: a download that is cut off must not look like a finished one.
    rm -rf "$packages.$$"
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$packages.$$" varlink==31.0.0 >&2
    mv "$packages.$$" "$packages"
fi
PYTHONPATH=$packages exec python3 "$here/varlink-client.py" "$2"
