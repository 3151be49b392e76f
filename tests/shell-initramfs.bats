#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The shell that initramfs-tools runs, with everything around it stubbed (tests/shell).

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	hook=initramfs-tools/hooks/ramdax
	script=initramfs-tools/scripts/init-top/ramdax
	system=$BATS_TEST_TMPDIR/system
	export LOG=$BATS_TEST_TMPDIR/log STUB=$BATS_TEST_TMPDIR/stub
	mkdir -p "$STUB" "$system/etc/ramdax" "$system/sbin" "$system/confdir"
	: >"$LOG"
	echo 'quiet' >"$system/cmdline"
	environment=()
}

# logged LINE: it was called so. logged_not TEXT: nothing like it was.
logged() {
	grep -qxF -e "$1" "$LOG" || {
		echo "not called: $1"
		return 1
	}
}

logged_not() {
	! grep -F -e "$1" "$LOG"
}

# each_shell COMMAND: with each of the shells that may run it.
each_shell() {
	local shell
	for shell in dash 'busybox sh' 'bash --posix'; do
		: >"$LOG"
		echo "with $shell:"
		"$@"
	done
}

@test "shellcheck has nothing to say, and they are short" {
	shellcheck "$hook" "$script"
	[ "$(wc -l <"$script")" -lt 30 ]
	[ "$(grep -cvE '^[[:space:]]*(#|$)' "$hook")" -le 32 ]
}

@test "neither hook nor script has prerequisites, and asking for them does nothing" {
	one() {
		local file
		for file in "$hook" "$script"; do
			# shellcheck disable=SC2086 # a shell and its options
			run $shell "$file" prereqs
			[ "$status" -eq 0 ]
			[ -z "$output" ]
		done
	}
	each_shell one
}

# ---- the script at boot -------------------------------------------------------------------------

# Runs it as init does; what it wrote to /dev/kmsg is in $system/kmsg.
boot() {
	: >"$system/kmsg"
	sed -e "s,/usr/sbin/ramdax,$PWD/tests/shell/ramdax," -e "s,/etc/ramdax,$system/etc/ramdax," \
		-e "s,/scripts/functions,$PWD/tests/shell/initramfs-boot.sh," \
		-e "s,/proc/cmdline,$system/cmdline," -e "s,/dev/kmsg,$system/kmsg," \
		"$script" >"$system/script"
	# shellcheck disable=SC2086
	run env quiet="${quiet-y}" $shell "$system/script"
	echo "$output"
	cat "$LOG"
	[ "$status" -eq 0 ]
}

@test "script: provisions, and says nothing of its own" {
	one() {
		boot
		[ "$(cat "$LOG")" = "ramdax apply --boot" ]
		[ -z "$output" ]
		[ ! -s "$system/kmsg" ]
	}
	each_shell one
}

@test "script: what the program says is for the console only without quiet" {
	one() {
		quiet=y boot
		[ -z "$output" ]
		quiet=n boot
		[ "$output" = "ramdax: bound" ]
	}
	echo 'ramdax: bound' >"$STUB/apply--boot"
	cat >"$system/sbin/loud" <<-END
		#!/bin/sh
		exec "$PWD/tests/shell/ramdax" "\$@" >&2
	END
	chmod 755 "$system/sbin/loud"
	sed "s,/usr/sbin/ramdax,$system/sbin/loud," "$script" >"$system/loud-script"
	script=$system/loud-script
	each_shell one
}

@test "script: something required is missing: a shell, and when it is left the boot goes on" {
	export RAMDAX_STATUS=4
	: >"$system/etc/ramdax/required"
	one() {
		boot
		logged "panic ramdax: a required namespace is missing (status 4)"
		grep -q '^<4>ramdax: .*status 4' "$system/kmsg"
	}
	each_shell one
}

@test "script: the program fails though nothing is required: the boot goes on" {
	one() {
		boot
		logged_not panic
		grep -q "^<4>ramdax: .*status $RAMDAX_STATUS" "$system/kmsg"
	}
	local status_is
	for status_is in 1 4 127 139; do
		export RAMDAX_STATUS=$status_is
		each_shell one
	done
}

@test "script: rd.ramdax=0, no and off keep the program from running; the last one counts" {
	local words
	off() {
		boot
		[ ! -s "$LOG" ]
	}
	on() {
		boot
		logged "ramdax apply --boot"
	}
	for words in "rd.ramdax=0" "quiet rd.ramdax=no ro" "ro rd.ramdax=off" "rd.ramdax=1 rd.ramdax=0"; do
		echo "$words" >"$system/cmdline"
		each_shell off
	done
	for words in "rd.ramdax=check" "rd.ramdax=0 rd.ramdax=1" "ord.ramdax=0" "rd.ramdax.recreate=0"; do
		echo "$words" >"$system/cmdline"
		each_shell on
	done
}

# ---- the hook at image build ----------------------------------------------------------------------

# Runs it as mkinitramfs does, for an image in $DESTDIR that has the script in it.
build() {
	DESTDIR=$BATS_TEST_TMPDIR/image
	rm -rf "$DESTDIR"
	install -D "$script" "$DESTDIR/scripts/init-top/ramdax"
	sed -e "s,/usr/sbin/ramdax,$PWD/tests/shell/ramdax,g" \
		-e "s,/etc/ramdax/layout.toml,$system&," -e "s,/etc/udev,$system&," \
		-e "s,/usr/share/initramfs-tools/hook-functions,$PWD/tests/shell/initramfs-build.sh," \
		"$hook" >"$system/hook"
	# shellcheck disable=SC2086
	run --separate-stderr env DESTDIR="$DESTDIR" CONFDIR="$system/confdir" version=7.0 \
		PROGRAM="$PWD/tests/shell/ramdax" PATH="$system/sbin:/usr/bin:/bin" \
		"${environment[@]}" $shell "$system/hook"
	echo "$output"
	# shellcheck disable=SC2154
	echo "$stderr"
	cat "$LOG"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# A layout as "ramdax resolve" prints it: what the shell reads of it.
layout() {
	: >"$system/etc/ramdax/layout.toml"
	cat >"$STUB/resolve"
	printf '%s\n' ramdax nd_pmem >"$STUB/needs--modules"
	printf '%s\n' modprobe mkfs.ext4 mkfs.xfs >"$STUB/needs--programs"
	: >"$system/sbin/mke2fs"
	: >"$system/sbin/mkfs.xfs"
	chmod 755 "$system"/sbin/*
	ln -sf mke2fs "$system/sbin/mkfs.ext4"
}

# left_out: nothing of ours is in the image, neither is the script that mkinitramfs put there.
left_out() {
	[ -z "$(find "$DESTDIR" ! -type d)" ]
	[ ! -e "$DESTDIR/etc/ramdax" ]
	logged_not copy_exec
	logged_not manual_add_modules
}

@test "hook: program, modules, helpers, the resolved layout" {
	layout <<<'boot_timeout = 60'
	one() {
		build
		logged "ramdax check"
		logged "copy_exec $PWD/tests/shell/ramdax"
		logged "manual_add_modules ramdax"
		logged "manual_add_modules nd_pmem"
		logged "copy_exec $system/sbin/mke2fs /usr/lib/ramdax/mkfs.ext4"
		logged "copy_exec $system/sbin/mkfs.xfs /usr/lib/ramdax/mkfs.xfs"
		logged "copy_file config /etc/mke2fs.conf"
		logged "copy_file rules /usr/lib/udev/rules.d/61-ramdax.rules /usr/lib/udev/rules.d/61-ramdax.rules"
		logged_not "/usr/lib/ramdax/modprobe"
		[ -z "$stderr" ]
		[ "$(cat "$DESTDIR/etc/ramdax/layout.toml")" = 'boot_timeout = 60' ]
		[ ! -e "$DESTDIR/etc/ramdax/required" ]
		cmp "$script" "$DESTDIR/scripts/init-top/ramdax"
	}
	each_shell one
}

@test "hook: run by hand, for no image, it leaves the system's own layout alone" {
	layout <<<'boot_timeout = 60'
	echo mine >"$system/etc/ramdax/layout.toml"
	one() {
		sed -e "s,/usr/sbin/ramdax,$PWD/tests/shell/ramdax,g" -e "s,/etc/ramdax,$system&,g" \
			-e "s,/usr/share/initramfs-tools/hook-functions,$PWD/tests/shell/initramfs-build.sh," \
			"$hook" >"$system/hook"
		# shellcheck disable=SC2086
		run env -u DESTDIR CONFDIR="$system/confdir" version=7.0 $shell "$system/hook"
		[ "$status" -ne 0 ]
		[ "$(cat "$system/etc/ramdax/layout.toml")" = mine ]
	}
	each_shell one
}

@test "hook: the administrator's rule, where there is one" {
	layout <<<'boot_timeout = 60'
	install -D /dev/null "$system/etc/udev/rules.d/61-ramdax.rules"
	one() {
		build
		logged "copy_file rules $system/etc/udev/rules.d/61-ramdax.rules /usr/lib/udev/rules.d/61-ramdax.rules"
	}
	each_shell one
}

@test "hook: only a layout that requires something can stop a boot" {
	layout <<<$'[[region]]\nrequired = false\n[[region.namespace]]\nrequired = true'
	one() {
		build
		[ -e "$DESTDIR/etc/ramdax/required" ]
	}
	each_shell one
}

@test "hook: without a layout, nothing and not a word" {
	one() {
		build
		[ -z "$stderr" ]
		[ ! -s "$LOG" ]
		left_out
	}
	each_shell one
}

@test "hook: kdump-tools' images, by their mark and by their place" {
	layout <<<'boot_timeout = 60'
	one() {
		build
		[ -z "$stderr" ]
		[ ! -s "$LOG" ]
		left_out
	}
	echo KDUMP=y >"$system/confdir/initramfs.conf"
	each_shell one
	rm "$system/confdir/initramfs.conf"
	environment=(CONFDIR=/var/lib/kdump/initramfs-tools)
	each_shell one
	printf '%s\n' '# KDUMP=y' KDUMP=n >"$system/confdir/initramfs.conf"
	environment=()
	shell=dash build
	logged "ramdax resolve"
}

@test "hook: a layout with mistakes: each is told, the image is built without ramdax" {
	layout </dev/null
	printf '%s\n' "layout.toml:3:1: unknown key 'sise'" "layout.toml:9:8: no size" >"$STUB/check"
	echo 3 >"$STUB/check.status"
	one() {
		build
		grep -q '^W: ramdax: .*WITHOUT RAMDAX' <<<"$stderr"
		grep -qx "W: ramdax: layout.toml:3:1: unknown key 'sise'" <<<"$stderr"
		grep -qx "W: ramdax: layout.toml:9:8: no size" <<<"$stderr"
		left_out
	}
	each_shell one
}

@test "hook: a layout that cannot be resolved: the same" {
	layout <<<'half of it'
	echo 1 >"$STUB/resolve.status"
	one() {
		build
		grep -q 'WITHOUT RAMDAX' <<<"$stderr"
		left_out
	}
	each_shell one
}

@test "hook: a helper that is not there: loud, and the rest is installed" {
	layout <<<'boot_timeout = 60'
	rm "$system/sbin/mkfs.ext4"
	one() {
		build
		[ "$stderr" = "W: ramdax: the layout needs 'mkfs.ext4', which is not installed" ]
		logged "copy_exec $system/sbin/mkfs.xfs /usr/lib/ramdax/mkfs.xfs"
	}
	each_shell one
}

@test "hook: a kernel without the driver: loud, and the build goes on" {
	layout <<<'boot_timeout = 60'
	environment=(MISSING=ramdax)
	one() {
		build
		grep -q '^W: ramdax: kernel 7.0 has no ramdax driver' <<<"$stderr"
		logged "manual_add_modules nd_pmem"
	}
	each_shell one
}

@test "hook: a layout without regions needs no driver" {
	layout <<<'boot_timeout = 60'
	environment=(MISSING=ramdax)
	: >"$STUB/needs--modules"
	: >"$STUB/needs--programs"
	one() {
		build
		[ -z "$stderr" ]
		logged_not manual_add_modules
	}
	each_shell one
}
