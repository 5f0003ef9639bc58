// libyaml, the C library under most YAML readers: its node tree carries the line and column of every key and scalar.
#include <yaml.h>
