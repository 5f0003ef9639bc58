# make demo     shows a failover of real traffic on this machine, in network namespaces
# make test     all tests
# make fuzz     gives each parser made-up input, a minute each: SECONDS_EACH=60 PARSER="dns http"
# make box      real Debians in QEMU, with the first scenarios: DEBIAN=13 SCENARIO=cut,reboot DEBS=FOLDER CARD=e1000 DHCP=networkd; make box-all has all
# make tsan     all tests but the lab's under the thread sanitizer
# make check    all that CI asks for: `lint`, `service`, `fuzz` and `test`
# make release  the programs, as they are installed
# make deb      Debian packages of them, in .build/deb
# make install  what `make release` has built: PREFIX=/usr/local DESTDIR=
# SWIFT=/path/to/swift chooses a toolchain.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DEFAULT_GOAL := build
.PHONY: build release programs deb test lint service fuzz tsan check demo bench box box-all boxes install uninstall clean packages build-packages deb-packages swift root
.NOTPARALLEL:

PREFIX ?= /usr/local
DESTDIR ?=

# All that is needed beyond Swift itself: to build, to make packages, and to test. The only lists.
BUILD_PACKAGES := libnl-3-dev libyaml-dev libsqlite3-dev pkg-config
DEB_PACKAGES := $(BUILD_PACKAGES) debhelper pandoc
PACKAGES := $(BUILD_PACKAGES) iptables nftables conntrack iproute2 iputils-ping procps python3 python3-pip systemd

# The programs that the lab lets live beside uplinkd, and a DHCP server for the providers. Where systemd runs, installing them would start
# them, and a firewall that appears by itself is nobody's wish: there the tests of those that are missing are skipped.
NEIGHBOURS := ufw firewalld network-manager dbus isc-dhcp-client wireguard-tools wireguard-go dnsmasq-base
ifeq ($(wildcard /run/systemd/system),)
PACKAGES += $(NEIGHBOURS)
endif

# What `make box` needs beside that.
BOX_PACKAGES := debootstrap debian-archive-keyring e2fsprogs qemu-system-x86 qemu-utils dnsmasq-base

# sudo has a PATH of its own, and a swift that swiftly manages works for its owner alone: so the toolchains themselves are looked for.
ifndef SWIFT
SWIFT := $(shell Scripts/find-swift)
endif
# Also for what belongs to Swift: swift-format, the linker.
export PATH := $(if $(SWIFT),$(dir $(SWIFT)):)$(PATH)

# An import of a target that Package.swift doesn't name as a dependency is an error. SwiftPM then still says "Build complete!", and so do
# builds that were complete before: the exit status and the output both count.
build_swift = mkdir -p .build && swift build $(1) --explicit-target-dependency-import-check error 2>&1 | tee .build/output && \
    ! grep -q 'error:' .build/output

# The programs carry their Swift with them: the box that they run on needs no toolchain. The rest keeps uplinkd below 16 MiB on disk and in
# memory: what nobody calls is left out (which needs that nothing counts as exported, and that each function has a section of its own:
# otherwise the linker keeps or drops a module's internal functions together), functions whose code is the same become one (--icf: half a MB of
# Swift's copies for each type; nobody in here compares the addresses of functions), and relocations are packed (which needs glibc 2.36 to run,
# Debian 12's). The tables for unwinding are left out too, 1.7 MB: nothing in here catches or cleans up while a stack is unwound (no .gcc_except_table).
# Without them Swift's report of overlapping accesses has no stack trace; gdb follows the frame pointers, which Swift keeps. lld comes with Swift.
RELEASE := -c release -Xswiftc -static-stdlib -Xswiftc -Osize -Xswiftc -use-ld=lld $(addprefix -Xswiftc ,-Xfrontend -function-sections) \
    $(addprefix -Xlinker ,--gc-sections --icf=all --no-export-dynamic --strip-all --no-eh-frame-hdr -z pack-relative-relocs \
    -T $(CURDIR)/Scripts/without-unwinding.ld)

build: swift packages
	@$(call build_swift,--build-tests)

release: build-packages programs

# Without a look at what is installed: the package's own build has its list, and other systems have other names.
programs: swift
	@$(call build_swift,$(RELEASE) --product uplinkd)
	@$(call build_swift,$(RELEASE) --product uplinkctl)
	@$(call build_swift,$(RELEASE) --product uplinkd-hooks)
	@$(call build_swift,$(RELEASE) --product uplinkd-history)
	@$(call build_swift,$(RELEASE) --product uplinkd-lan)

# Not all at once: what waits for a child program or a socket would come to its turn only when all that computes has ended. (Swift before 6.3 can't.)
AT_ONCE = --experimental-maximum-parallelization-width
FEW = $(if $(findstring $(AT_ONCE),$(shell swift test --help-hidden)),$(AT_ONCE) 8)

# Swift's packages are fetched here, so that the build itself needs no network. A version that isn't released yet is named by its commit.
deb: swift deb-packages
	@swift package resolve
	@mkdir -p .build/deb && rm -f .build/deb/*.deb
	@Scripts/debian-changelog > debian/changelog
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) DEB_FOLDER=$(CURDIR)/.build/deb dpkg-buildpackage --build=binary --no-sign --rules-target=binary \
	    > .build/deb/log 2>&1 || { tail -n 40 .build/deb/log; exit 1; }
	@rm -rf debian/tmp debian/uplinkd debian/uplinkd-history debian/uplinkd-lan debian/.debhelper debian/files debian/*.substvars debian/*.log debian/debhelper-build-stamp debian/*.debhelper
	@ls -l .build/deb/*.deb | awk '{ print $$NF ": " $$5 " bytes" }'

test: root build
	@swift test --skip-build --disable-xctest $(FEW)

demo: root build
	@.build/debug/uplinkd-lab demo

bench: root release
	@$(call build_swift,$(RELEASE) --product uplinkd-lab)
	@.build/release/uplinkd-lab bench
	@.build/release/uplinkd-lab simulate

# Real boxes (docs/lab.md). Each Debian's image is built once. DEBS is a folder of packages; without it there is what `make install` installs.
BOXES := .build-box
DEBIAN ?= 12,13
SCENARIO ?= install,cut,silence
CARD ?= virtio
DHCP ?= ifupdown
DEBS ?=
comma := ,
box box-all boxes: PACKAGES += $(BOX_PACKAGES)
play_box = nice -n 5 .build/debug/uplinkd-lab box --images $(BOXES) --debian $(DEBIAN) --delivery $(or $(DEBS),$(BOXES)/tree)

box: boxes
	@$(play_box) --scenario $(SCENARIO) --card $(CARD) --dhcp $(DHCP)

box-all: boxes
	@$(play_box) --dhcp ifupdown
	@$(play_box) --dhcp networkd --card e1000

boxes: root packages $(if $(DEBS),,release)
	@$(call build_swift,--product uplinkd-lab)
	@for release in $(subst $(comma), ,$(DEBIAN)); do nice -n 5 Scripts/box-image $$release $(BOXES)/$$release; done
	@[ -n "$(DEBS)" ] || { rm -rf $(BOXES)/tree; $(MAKE) -s -o release install PREFIX=/usr DESTDIR=$(CURDIR)/$(BOXES)/tree; }

# Each parser gets made-up input for so long; what one can't stand is left below .build-fuzz.
# Both sanitizers in one option: of several the compiler heeds the last, and SwiftPM's two --sanitize come in another order each time.
FUZZER := -c release --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing --disable-dead-strip --scratch-path .build-fuzz
SECONDS_EACH ?= 60
SEED ?= 1
fuzz: swift packages
	@export UPLINKD_FUZZ_BUILD=1; $(call build_swift,$(FUZZER) --product uplinkd-fuzz)
	@Scripts/fuzz $(SECONDS_EACH) $(SEED) $(PARSER)

# All tests but the lab's under the thread sanitizer, a quarter of an hour. It fails where one does, or where anything of ours is accessed by two threads at once.
tsan: root swift packages
	@$(call build_swift,--build-tests --sanitize=thread --scratch-path .build-tsan)
	@TSAN_OPTIONS="suppressions=$(CURDIR)/Scripts/tsan-suppressions" swift test --sanitize=thread --scratch-path .build-tsan --skip-build \
	    --disable-xctest --skip LabTests

check: lint service fuzz test

lint: swift build
	@swift-format lint --strict -r Package.swift Sources Tests
	@Scripts/test-check-imports
	@Scripts/check-imports
	@Scripts/test-generate-varlink
	@Scripts/generate-varlink --check
	@Scripts/check-readme

# The unit as it is installed: complete, closed enough, and nothing left behind when it is uninstalled; and at work, under a systemd of its own.
service: root release
	@Scripts/check-service
	@Scripts/try-service

# What is installed, each from the folder that has it. Units name programs below /usr/local: PREFIX takes its place.
units := uplinkd.service uplinkd-ipv6.service uplinkd-hooks.service uplinkd-history.service uplinkd-metrics.service uplinkd-metrics.timer \
    uplinkd-drill@.service uplinkd-drill@.timer uplinkd-lan.service uplinkd-dnsmasq.service
sysusers := uplinkd uplinkd-hooks uplinkd-history uplinkd-lan
hook_examples := mail telegram webhook
lib := $(DESTDIR)$(PREFIX)/lib
doc := $(DESTDIR)$(PREFIX)/share/doc/uplinkd
installed = $(DESTDIR)$(PREFIX)/sbin/uplinkd $(DESTDIR)$(PREFIX)/sbin/uplinkd-hooks $(DESTDIR)$(PREFIX)/sbin/uplinkd-history $(DESTDIR)$(PREFIX)/sbin/uplinkd-lan $(DESTDIR)$(PREFIX)/bin/uplinkctl \
    $(addprefix $(lib)/systemd/system/,$(units)) $(patsubst %,$(lib)/sysusers.d/%.conf,$(sysusers)) $(lib)/tmpfiles.d/uplinkd.conf $(lib)/udev/rules.d/70-uplinkd.rules \
    $(DESTDIR)/etc/iproute2/rt_protos.d/uplinkd.conf $(addprefix $(doc)/examples/hooks.d/,$(hook_examples))
configuration = $(DESTDIR)/etc/uplinkd/uplinkd.yaml

install:
	@[ -x .build/release/uplinkd ] || { echo "There is nothing to install yet: make release" >&2; exit 1; }
	@install -D -m 755 .build/release/uplinkd $(DESTDIR)$(PREFIX)/sbin/uplinkd
	@install -D -m 755 .build/release/uplinkd-hooks $(DESTDIR)$(PREFIX)/sbin/uplinkd-hooks
	@install -D -m 755 .build/release/uplinkd-history $(DESTDIR)$(PREFIX)/sbin/uplinkd-history
	@install -D -m 755 .build/release/uplinkd-lan $(DESTDIR)$(PREFIX)/sbin/uplinkd-lan
	@install -D -m 755 .build/release/uplinkctl $(DESTDIR)$(PREFIX)/bin/uplinkctl
	@install -d $(lib)/systemd/system
	@for unit in $(units); do sed 's|/usr/local/|$(PREFIX)/|' systemd/$$unit > $(lib)/systemd/system/$$unit; chmod 644 $(lib)/systemd/system/$$unit; done
	@for name in $(sysusers); do install -D -m 644 systemd/$$name.sysusers $(lib)/sysusers.d/$$name.conf; done
	@install -D -m 644 systemd/uplinkd.tmpfiles $(lib)/tmpfiles.d/uplinkd.conf
	@install -d $(lib)/udev/rules.d
	@sed 's|/usr/local/|$(PREFIX)/|' systemd/uplinkd.rules > $(lib)/udev/rules.d/70-uplinkd.rules; chmod 644 $(lib)/udev/rules.d/70-uplinkd.rules
	@install -D -m 644 etc/iproute2/rt_protos.d/uplinkd.conf $(DESTDIR)/etc/iproute2/rt_protos.d/uplinkd.conf
	@for example in $(hook_examples); do install -D -m 755 etc/uplinkd/hooks.d.examples/$$example $(doc)/examples/hooks.d/$$example; done
	@install -d -m 755 $(DESTDIR)/etc/uplinkd/hooks.d
	@if [ -e $(configuration) ]; then echo "$(configuration) is kept as it is."; \
	else install -D -m 644 etc/uplinkd/uplinkd.yaml $(configuration); fi

# A configuration that somebody has edited stays.
uninstall:
	@rm -f $(installed)
	@for folder in $(doc)/examples/hooks.d $(doc)/examples $(doc) $(DESTDIR)/etc/uplinkd/hooks.d; do \
	    [ ! -d $$folder ] || rmdir --ignore-fail-on-non-empty $$folder; done
	@if cmp -s etc/uplinkd/uplinkd.yaml $(configuration); then rm $(configuration); rmdir --ignore-fail-on-non-empty $(dir $(configuration)); \
	elif [ -e $(configuration) ]; then echo "$(configuration) is kept: it was edited."; fi

clean:
	@rm -rf .build .build-fuzz .build-box

root:
	@[ "$$(id -u)" = 0 ] || { echo "Network namespaces need root: sudo make $(MAKECMDGOALS)" >&2; exit 1; }

swift:
	@Scripts/find-swift --explain $(SWIFT)

# $(1): what is missing of these is installed, where there is apt.
define apt
@command -v dpkg-query > /dev/null || { echo "No Debian, so these are taken to be here: $(1)"; exit 0; }; \
missing=(); for name in $(1); do \
    [ "$$(dpkg-query -W -f '$${db:Status-Status}' $$name 2>/dev/null)" = installed ] || missing+=($$name); done; \
if [ $${#missing[@]} -gt 0 ]; then \
    [ "$$(id -u)" = 0 ] || { echo "These packages are missing, install them or let 'sudo make $(MAKECMDGOALS)' do it: $${missing[*]}" >&2; exit 1; }; \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}"; \
fi
endef

packages: swift
	$(call apt,$(PACKAGES))

build-packages: swift
	$(call apt,$(BUILD_PACKAGES))

deb-packages: swift
	$(call apt,$(DEB_PACKAGES))
