#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The shell that dracut runs, with everything around it stubbed (tests/shell); the units; what
# "make install" puts where.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	module=dracut/module.d/90ramdax
	export LOG=$BATS_TEST_TMPDIR/log STUB=$BATS_TEST_TMPDIR/stub
	mkdir "$STUB"
	: >"$LOG"
}

# logged LINE: it was called so. logged_not TEXT: nothing like it was.
logged() {
	grep -qxF -e "$1" "$LOG" || {
		echo "not called: $1"
		cat "$LOG"
		return 1
	}
}

logged_not() {
	! grep -F -e "$1" "$LOG"
}

# ---- the hook at boot -----------------------------------------------------------------------

# each_shell COMMAND: with each of the shells an initramfs may have.
each_shell() {
	local shell
	for shell in dash 'busybox sh' 'bash --posix'; do
		: >"$LOG"
		echo "with $shell:"
		"$@"
	done
}

# Sources the hook as dracut's init does: it returns, and leaves no variable behind.
hook() {
	local image=$BATS_TEST_TMPDIR/image
	mkdir -p "$image"
	sed -e "s,/usr/sbin/ramdax,$PWD/tests/shell/ramdax," -e "s,/etc/ramdax,$image," \
		$module/ramdax-pre-udev.sh >"$image/hook.sh"
	# shellcheck disable=SC2016,SC2086
	run $shell -c '. tests/shell/dracut-boot.sh; . "$0"; echo "returned $?"; set | grep -i "^_.*ramdax"' \
		"$image/hook.sh"
	echo "$output"
	cat "$LOG"
	[ "$output" = "returned 0" ]
}

@test "hook: provisions, and says nothing of its own" {
	one() {
		hook
		[ "$(cat "$LOG")" = "ramdax apply --boot" ]
	}
	each_shell one
}

@test "hook: something required is missing: the emergency shell, never die" {
	export RAMDAX_STATUS=4
	mkdir -p "$BATS_TEST_TMPDIR/image"
	: >"$BATS_TEST_TMPDIR/image/required"
	one() {
		hook
		grep -q '^emergency_shell -n ramdax .*status 4' "$LOG"
		logged_not die
	}
	each_shell one
}

@test "hook: the program fails though nothing is required: the boot goes on" {
	one() {
		hook
		grep -q '^warn .*status' "$LOG"
		logged_not emergency_shell
		logged_not die
	}
	local status_is
	for status_is in 1 4 127 139; do
		export RAMDAX_STATUS=$status_is
		each_shell one
	done
}

@test "hook: rd.ramdax=0, no and off keep the program from running" {
	one() {
		hook
		[ ! -s "$LOG" ]
	}
	local word
	for word in 0 no off; do
		export CMDLINE="quiet rd.ramdax=$word"
		each_shell one
	done
}

@test "hook: fewer than thirty lines" {
	[ "$(wc -l <$module/ramdax-pre-udev.sh)" -lt 30 ]
}

# ---- module-setup.sh at image build -----------------------------------------------------------

# build FUNCTION: calls it as dracut does, for an image in $initdir of the system in $system.
build() {
	system=$BATS_TEST_TMPDIR/system
	initdir=$BATS_TEST_TMPDIR/initrd
	mkdir -p "$system/usr/sbin" "$system/etc/ramdax" "$initdir/usr/lib/systemd/system"
	cp tests/shell/ramdax "$system/usr/sbin/"
	run env "${environment[@]}" initdir="$initdir" dracutsysrootdir="$system" kernel=7.0 \
		moddir="$PWD/$module" systemdsystemunitdir=/usr/lib/systemd/system \
		SYSTEMCTL="echo systemctl" hostonly="${hostonly-yes}" \
		bash -c '. tests/shell/dracut-build.bash; . "$moddir/module-setup.sh"; '"$1"
	echo "$output"
	cat "$LOG"
}

# A layout as "ramdax resolve" prints it: what the shell reads of it.
layout() {
	mkdir -p "$BATS_TEST_TMPDIR/system/etc/ramdax"
	: >"$BATS_TEST_TMPDIR/system/etc/ramdax/layout.toml"
	cat >"$STUB/resolve"
	printf '%s\n' ramdax nd_pmem >"$STUB/needs--modules"
	printf '%s\n' modprobe mkfs.ext4 mkfs.xfs >"$STUB/needs--programs"
}

@test "check: included by itself where there is a layout, otherwise when asked for" {
	build check
	[ "$status" -eq 255 ]
	layout </dev/null
	build check
	[ "$status" -eq 0 ]
}

@test "check: not without the program" {
	layout </dev/null
	environment=(MISSING=ramdax)
	build check
	[ "$status" -eq 1 ]
}

@test "check: never by itself in a crash kernel's image, and asked for it installs nothing" {
	local kdump
	layout </dev/null
	for kdump in IN_KDUMP=1 "add_dracutmodules= kdump " "dracutmodules=kdumpbase" \
		"force_add_dracutmodules=bash kdumpbase"; do
		echo "$kdump"
		environment=("$kdump")
		build check
		[ "$status" -eq 255 ] # not 1: with add_dracutmodules that would fail the build
		build 'installkernel && install'
		[ "$status" -eq 0 ]
		[ ! -s "$LOG" ]
		[ -z "$(find "$initdir" -type f)" ]
	done
	environment=("add_dracutmodules=earlykdump") # loads the crash kernel from a normal image
	build check
	[ "$status" -eq 0 ]
}

@test "installkernel: what the layout needs, though no hardware asks for it" {
	layout </dev/null
	build installkernel
	[ "$status" -eq 0 ]
	logged "instmods hostonly='' -c ramdax"
	logged "instmods hostonly='' ramdax nd_pmem"
	logged "ramdax --root $system needs --modules"
	logged_not derror
}

@test "installkernel: a layout without regions needs nothing" {
	layout </dev/null
	: >"$STUB/needs--modules"
	build installkernel
	[ "$status" -eq 0 ]
	logged_not instmods
}

@test "installkernel: a kernel without the driver: loud, and the build goes on" {
	layout </dev/null
	environment=(MISSING=ramdax)
	build 'find_binary() { echo /usr/sbin/ramdax; }; installkernel'
	[ "$status" -eq 0 ]
	grep -q '^derror ramdax: kernel 7.0 has no ramdax driver' "$LOG"
}

@test "install: program, helpers, the resolved layout" {
	layout <<<'boot_timeout = 60'
	environment=(INCLUDED=systemd)
	build install
	[ "$status" -eq 0 ]
	logged "inst_binary /usr/sbin/ramdax /usr/sbin/ramdax"
	logged "inst_multiple modprobe"
	logged "inst_multiple mkfs.ext4"
	logged "inst_multiple -o /etc/mke2fs.conf"
	logged "inst_multiple mkfs.xfs"
	logged "ramdax --root $system check"
	logged_not derror
	[ "$(cat "$initdir/etc/ramdax/layout.toml")" = 'boot_timeout = 60' ]
}

@test "install: a helper that is not there: loud, and the rest is installed" {
	layout <<<'boot_timeout = 60'
	environment=(INCLUDED=systemd MISSING=mkfs.ext4)
	build install
	[ "$status" -eq 0 ]
	grep -q "^derror ramdax: the layout needs 'mkfs.ext4', which is not installed" "$LOG"
	logged "inst_multiple mkfs.xfs"
	[ -e "$initdir/usr/lib/systemd/system/ramdax-initrd.service" ]
}

@test "install: with systemd a unit, limited to boot_timeout and half a minute" {
	layout <<<'boot_timeout = 300'
	environment=(INCLUDED='dracut-systemd systemd base')
	build install
	unit=$initdir/usr/lib/systemd/system/ramdax-initrd.service
	grep -qx 'TimeoutStartSec=330' "$unit"
	grep -qx 'ExecStart=/usr/sbin/ramdax apply --boot' "$unit"
	echo "$output" | grep -qx "systemctl -q --root $initdir enable ramdax-initrd.service"
	logged_not inst_hook
}

@test "install: only a layout that requires something can stop a boot" {
	environment=(INCLUDED=systemd)
	unit=$BATS_TEST_TMPDIR/initrd/usr/lib/systemd/system/ramdax-initrd.service
	layout <<<$'boot_timeout = 60\n[[region]]\nrequired = false'
	build install
	[ -z "$(grep "^OnFailure" "$unit")" ]
	[ ! -e "$initdir/etc/ramdax/required" ]

	layout <<<$'boot_timeout = 60\n[[region]]\nrequired = false\n[[region.namespace]]\nrequired = true'
	build install
	grep -qx 'OnFailure=emergency.target' "$unit"
	grep -qx 'OnFailureJobMode=replace-irreversibly' "$unit"
	[ -e "$initdir/etc/ramdax/required" ]
}

@test "install: without systemd the hook, before udev" {
	layout <<<'boot_timeout = 60'
	environment=(INCLUDED=base)
	build install
	logged "inst_hook pre-udev 10 $PWD/$module/ramdax-pre-udev.sh"
	[ ! -e "$initdir/usr/lib/systemd/system/ramdax-initrd.service" ]
}

@test "install: a layout with mistakes: each is told, the image is built without ramdax" {
	layout </dev/null
	printf '%s\n' "layout.toml:3:1: unknown key 'sise'" "layout.toml:9:8: no size" >"$STUB/check"
	echo 3 >"$STUB/check.status"
	build 'installkernel && install'
	[ "$status" -eq 0 ]
	grep -q '^derror .*WITHOUT RAMDAX' "$LOG"
	grep -q "^derror ramdax: layout.toml:3:1: unknown key 'sise'" "$LOG"
	grep -q "^ramdax: layout.toml:9:8: no size" "$LOG"
	logged_not inst
	[ -z "$(find "$initdir" -type f)" ]
}

@test "install: a layout that cannot be resolved: the same" {
	layout </dev/null
	echo 1 >"$STUB/resolve.status"
	build install
	[ "$status" -eq 0 ]
	grep -q '^derror .*WITHOUT RAMDAX' "$LOG"
	logged_not inst
	[ -z "$(find "$initdir" -type f)" ]
}

@test "install: that the building machine could not carry the layout does not matter" {
	layout <<<'boot_timeout = 60'
	echo 4 >"$STUB/check.status"
	build install
	logged_not derror
	[ -e "$initdir/etc/ramdax/layout.toml" ]
}

@test "install: a tree for another machine is read by this machine's program" {
	layout <<<'boot_timeout = 60'
	environment=(PATH="$PWD/tests/shell:$PATH")
	build 'printf "\177ELF no such machine" >$dracutsysrootdir/usr/sbin/ramdax; install'
	[ "$status" -eq 0 ]
	logged "ramdax --root $system resolve"
	logged_not derror
}

# ---- units and files --------------------------------------------------------------------------

@test "units: systemd finds nothing to say about them" {
	local unit
	for unit in systemd/*.service $module/*.service; do
		# The program is not installed, nor are its manuals.
		sed -e 's,/usr/sbin/ramdax,/bin/true,' -e '/^Documentation/d' "$unit" \
			>"$BATS_TEST_TMPDIR/${unit##*/}"
	done
	run systemd-analyze --man=no verify "$BATS_TEST_TMPDIR"/*.service
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "make install: these files, and make uninstall takes every one away" {
	local tree=$BATS_TEST_TMPDIR/tree
	make -s install DESTDIR="$tree"
	(cd "$tree" && find . ! -type d -printf '%M %P %l\n' | sed 's, $,,' | LC_ALL=C sort) >"$BATS_TEST_TMPDIR/list"
	diff -u tests/shell/install.list "$BATS_TEST_TMPDIR/list"
	make -s uninstall DESTDIR="$tree"
	[ -z "$(find "$tree" ! -type d)" ]
}

@test "make install PREFIX=: the unit runs what was installed" {
	local tree=$BATS_TEST_TMPDIR/tree
	make -s install DESTDIR="$tree" PREFIX=/opt/ramdax
	grep -qx 'ExecStart=/opt/ramdax/sbin/ramdax apply --boot' \
		"$tree/opt/ramdax/lib/systemd/system/ramdax.service"
	[ -x "$tree/opt/ramdax/sbin/ramdax" ]
}

@test "the program is hardened: no executable stack, relocations read-only, stack protector" {
	segments=$(readelf -lW "${RAMDAX:-$BATS_TEST_DIRNAME/../ramdax}")
	[[ $segments == *GNU_RELRO* ]]
	[[ $segments =~ GNU_STACK[^$'\n']*\ RW\  ]]
	nm "$BATS_TEST_DIRNAME/../build/run.o" | grep -q __stack_chk_fail
}
