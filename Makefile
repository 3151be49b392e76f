# SPDX-License-Identifier: GPL-2.0-or-later
# ramdax: see README.md. Variables a packager sets: CC, CFLAGS, LDFLAGS, DESTDIR, PREFIX, STATIC.

VERSION := 0.1.0
STATIC ?= yes
BUILD ?= build

# For size: every image of the initramfs carries it, and its time is the kernel's.
CFLAGS ?= -Os -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
CPPFLAGS += -D_GNU_SOURCE -DRAMDAX_VERSION='"$(VERSION)"' -Isrc
WARNINGS := -Wall -Wextra -Wswitch-enum -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral
# Nothing unwinds the stack at run time, and images carry what is in the program.
override CFLAGS += -std=c11 $(WARNINGS) -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables
LDFLAGS += -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(STATIC),yes)
LDFLAGS += -static
endif

# Everything but the program's entry, for the program and for the tests alike.
SOURCES := $(filter-out src/main.c,$(wildcard src/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o)

# The independent judge, where libndctl is: what it shares with ramdax is the reader of layouts.
# VERIFY=no leaves it out.
ifeq ($(origin VERIFY),undefined)
VERIFY := $(shell pkg-config --exists libndctl libdaxctl 2>/dev/null && echo yes)
endif
VERIFIER := $(if $(filter yes,$(VERIFY)),ramdax-verify)
READER := $(filter-out $(BUILD)/layout-print.o,$(filter $(BUILD)/layout%,$(OBJECTS))) \
	$(filter $(BUILD)/toml%,$(OBJECTS)) $(foreach o,derive capacity btt media sha256 table crew \
	json-make json-layout diag text units utf8 mem sysfs,$(BUILD)/$(o).o)

all: ramdax $(VERIFIER)

ramdax: $(BUILD)/main.o $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lblkid -luuid -ljson-c -lm

ramdax-verify: $(patsubst verify/%.c,$(BUILD)/verify/%.o,$(wildcard verify/*.c)) $(READER)
	$(CC) $(CFLAGS) $(filter-out -static,$(LDFLAGS)) -o $@ $^ -lndctl -ldaxctl -lblkid -luuid -ljson-c

$(BUILD)/verify/%.o: verify/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -c -o $@ $<

$(BUILD)/%.o: src/%.c | $(BUILD)
	$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -c -o $@ $<

$(BUILD):
	mkdir -p $@

-include $(wildcard $(BUILD)/*.d $(BUILD)/verify/*.d)

# A header that is gone is no error of its own: what was built with it is built anew.
%.h: ;

# What is installed: source:directory, below DESTDIR and, unless it begins with /, PREFIX. One table
# for both directions; tests/shell/install.list is what it comes to.
PREFIX ?= /usr
OF_VERIFIER := ramdax-verify:sbin/ man/ramdax-verify.8:share/man/man8/
at = $(foreach file,$(wildcard $(1)),$(file):$(2)/)
INSTALLED := ramdax:sbin/ $(if $(VERIFIER),$(OF_VERIFIER)) \
	$(call at,dracut/module.d/90ramdax/*,lib/dracut/modules.d/90ramdax) \
	$(call at,initramfs-tools/hooks/*,share/initramfs-tools/hooks) \
	$(call at,initramfs-tools/scripts/init-top/*,share/initramfs-tools/scripts/init-top) \
	$(call at,systemd/*.service,lib/systemd/system) \
	$(call at,systemd/systemd-hibernate.service.d/*,lib/systemd/system/systemd-hibernate.service.d) \
	$(call at,systemd/*.catalog,lib/systemd/catalog) \
	$(call at,udev/*.rules,lib/udev/rules.d) \
	$(call at,bootloader/ramdax-update-bootloader,sbin) \
	$(call at,bootloader/*.sh,lib/ramdax/bootloader) \
	$(call at,bootloader/*.service,lib/systemd/system) \
	$(call at,grub/ramdax.cfg,/etc/default/grub.d) $(call at,grub/42_ramdax,/etc/grub.d) \
	$(filter-out $(OF_VERIFIER),$(foreach n,5 7 8,$(call at,man/*.$(n),share/man/man$(n)))) \
	$(call at,completion/ramdax,share/bash-completion/completions) \
	$(call at,completion/ramdax.fish,share/fish/vendor_completions.d) \
	$(call at,completion/_ramdax,share/zsh/site-functions) \
	$(call at,schema/*.json,share/ramdax) \
	$(call at,doc/*.toml doc/*.md README.md NEWS.md,share/doc/ramdax)
LINKS := ramdax:sbin/ramdax-gen-cmdline \
	../../../sbin/ramdax:lib/systemd/system-generators/ramdax-generator \
	$(foreach n,gen-cmdline update-bootloader,ramdax:share/bash-completion/completions/ramdax-$(n) \
	ramdax.fish:share/fish/vendor_completions.d/ramdax-$(n).fish) \
	../site-functions/_ramdax:share/zsh/vendor-completions/_ramdax \
	$(if $(VERIFIER),ramdax:share/bash-completion/completions/ramdax-verify \
	ramdax.fish:share/fish/vendor_completions.d/ramdax-verify.fish) \
	../systemd-hibernate.service.d/ramdax.conf:lib/systemd/system/systemd-hybrid-sleep.service.d/ramdax.conf \
	../systemd-hibernate.service.d/ramdax.conf:lib/systemd/system/systemd-suspend-then-hibernate.service.d/ramdax.conf \
	../ramdax.service:lib/systemd/system/sysinit.target.wants/ramdax.service \
	../ramdax-trial.service:lib/systemd/system/multi-user.target.wants/ramdax-trial.service
source = $(firstword $(subst :, ,$(1)))
directory = $(lastword $(subst :, ,$(1)))
target = $(DESTDIR)$(if $(filter /%,$(directory)),,$(PREFIX)/)$(directory)
mode = $(if $(filter sbin/ /etc/grub.d/ dracut/%.sh initramfs-tools/%,$(subst :, ,$(1))),755,644)

define newline


endef

install: ramdax $(VERIFIER)
	$(foreach i,$(INSTALLED),install -D -m $(call mode,$(i)) -t $(call target,$(i)) $(call source,$(i))$(newline)	)
	$(foreach l,$(LINKS),mkdir -p $(dir $(call target,$(l))) && ln -sf $(call source,$(l)) $(call target,$(l))$(newline)	)
	sed -i 's,/usr/sbin/,$(PREFIX)/sbin/,' $(DESTDIR)$(PREFIX)/lib/systemd/system/ramdax*.service \
		$(DESTDIR)$(PREFIX)/lib/udev/rules.d/61-ramdax.rules \
		$(DESTDIR)/etc/default/grub.d/ramdax.cfg $(DESTDIR)/etc/grub.d/42_ramdax

uninstall:
	rm -f $(foreach i,$(INSTALLED) $(OF_VERIFIER),$(call target,$(i))$(notdir $(call source,$(i))))
	rm -f $(foreach l,$(LINKS),$(call target,$(l)))
	-rmdir --ignore-fail-on-non-empty $(DESTDIR)$(PREFIX)/lib/dracut/modules.d/90ramdax

clean:
	rm -rf $(BUILD) ramdax ramdax-verify

# Packages, below build/dist: packaging/build says which and how.
dist:
	@packaging/build dist $(VERSION) $(BUILD)/dist

dist-static:
	@packaging/build static $(VERSION) $(BUILD)/dist

deb rpm:
	@packaging/build $@ $(VERSION) $(BUILD)/dist

.PHONY: all install uninstall clean dist dist-static deb rpm

# Tests. "make check" installs what it needs, as Debian packages, and says so first; TESTS names
# some of them: make check TESTS=tests/vm/cold.bats. check-long runs the random ones in full, and
# those with the tag "long": of what moves without us (Debian sid), and whole systems of which other
# tests show the parts.
# Each tests/unit/test-*.c is a program and a test, built with the sanitizers.
# Long files come first, so that the short ones fill what is left of the processors' time.
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test-*.c))
TESTS ?= $(wildcard tests/distro/*.bats tests/dracut/*.bats tests/initramfs/*.bats tests/vm/*.bats \
	tests/bootloader/*.bats tests/*.bats) $(UNIT)
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all

$(BUILD)/unit/%: tests/unit/%.c $(SOURCES) $(wildcard src/*.h tests/unit/*.h)
	@mkdir -p $(@D)/objects
	$(MAKE) -s STATIC=no BUILD=$(@D)/objects CFLAGS='$(SANITIZE)' objects
	$(CC) $(CFLAGS) $(CPPFLAGS) $(SANITIZE) -o $@ $< $(UNIT_WITH) $(SOURCES:src/%.c=$(@D)/objects/%.o) \
		-lblkid -luuid -ljson-c -lm

# ramdax-verify but for what looks at the machine.
JUDGE := $(filter-out verify/main.c verify/look%,$(wildcard verify/*.c))
$(BUILD)/unit/test-judge: UNIT_WITH := $(JUDGE)
$(BUILD)/unit/test-judge: $(JUDGE) $(wildcard verify/*.h)

objects: $(OBJECTS)

# TOML to toml-test's tagged JSON, for tests/toml and for conformance suites.
$(BUILD)/toml-decode: tests/toml-decode.c $(filter $(BUILD)/toml%,$(OBJECTS)) \
		$(foreach o,text mem diag utf8 units,$(BUILD)/$(o).o)
	$(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c

check-unit: $(UNIT)
	tests/run $(UNIT)

check: check-needs
	@$(MAKE) -s all $(UNIT) $(BUILD)/toml-decode && tests/run $(TESTS)

check-vm: check-needs
	@$(MAKE) -s all && tests/run $(wildcard tests/vm/*.bats)

check-distro: check-needs
	@$(MAKE) -s all && RAMDAX_LONG=1 tests/run $(wildcard tests/distro/*.bats)

# Rewrites what the cases on captured machines expect; the diff is the review.
bless: all
	tests/cases/run --bless $(wildcard tests/cases/*/)

check-long:
	@RAMDAX_LONG=1 $(MAKE) -s check

check-needs:
	@tests/install-needs build check

# How fast it is, beside the kernel alone and others: make bench BENCH=--short is a trial.
bench: check-needs all
	tests/bench/bench $(BENCH)

demo:
	@demo/demo.sh

.PHONY: objects check check-unit check-vm check-distro check-long check-needs bench demo
