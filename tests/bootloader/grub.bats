#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# memmap= in GRUB's configuration: the fragment that update-grub reads, and
# ramdax-update-bootloader. GRUB's tools are the real ones of a Debian system; the choice of the line
# is a stand-in, but for the last test.
#
# shellcheck disable=SC2016,SC2028,SC2030,SC2031,SC2153,SC2154 # text for files; variables of lib.bash and bats

bats_require_minimum_version 1.5.0
load lib

# ---- the fragment ------------------------------------------------------------------------------

@test "grub: update-grub gives every entry the line, but those for recovery" {
	normal_entries | none_has memmap=
	inside update-grub
	normal_entries | all_have "$LINE"
	[ "$(recovery_entries | wc -l)" -eq 2 ]
	recovery_entries | none_has memmap=
	inside cat /var/lib/ramdax/cmdline | grep -qx "cmdline=$LINE"
}

@test "grub: nothing of the fragment goes to grub.cfg but that" {
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	inside update-grub
	inside sed "s/ ${LINE}//" /boot/grub/grub.cfg | diff "$BATS_TEST_TMPDIR/before" -
}

@test "grub: no layout, no line; and no program, no line" {
	inside rm /etc/ramdax/layout.toml
	run --separate-stderr inside update-grub
	[ "$status" -eq 0 ]
	[[ $stderr != *ramdax* ]]
	normal_entries | none_has memmap=
	inside_script <<-'END'
		: >/etc/ramdax/layout.toml
		rm /usr/sbin/ramdax-update-bootloader
		update-grub
	END
	normal_entries | none_has memmap=
}

@test "grub: where no line can be chosen the stored one stays, and update-grub works" {
	local failure
	inside update-grub
	for failure in 1 3 4 127; do
		echo $failure | inside_file /stub/status
		echo memmap=1G!4G | inside_file /stub/line
		run inside update-grub
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output == *'warning: the kernel command line stays as it was'* ]]
		normal_entries | all_have "$LINE"
	done
}

@test "grub: nor can it be chosen, nor was one stored: update-grub works without" {
	echo 4 | inside_file /stub/status
	run inside update-grub
	[ "$status" -eq 0 ]
	[[ $output == *'warning: the kernel command line gets no carveouts'* ]]
	normal_entries | none_has memmap=
}

@test "grub: another machine's line is not used" {
	inside update-grub
	echo 4 | inside_file /stub/status
	echo m2 | inside_file /stub/machine
	run inside update-grub
	[ "$status" -eq 0 ]
	[[ $output == *'another machine'* ]]
	normal_entries | none_has memmap=
}

@test "grub: a changed layout changes the line; again, nothing changes" {
	inside update-grub
	echo memmap=1G!4G | inside_file /stub/line
	inside update-grub
	normal_entries | all_have memmap=1G!4G
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	inside update-grub
	inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "grub: the administrator's memmap= comes into one list with ours, letter by letter" {
	inside_file /etc/default/grub <<-'END'
		GRUB_CMDLINE_LINUX_DEFAULT="memmap=64K\\\$0x90000 quiet memmap=exactmap,1M@2G splash"
		GRUB_CMDLINE_LINUX="console=ttyS0"
	END
	inside update-grub
	normal_entries | all_have "memmap=64K\\\$0x90000,exactmap,1M@2G,${LINE#memmap=}"
	normal_entries | all_have quiet
	normal_entries | all_have splash
	[ "$(normal_entries | head -n 1 | grep -o memmap= | wc -l)" -eq 1 ]
}

@test "grub: what is in recovery entries, too, stays there" {
	inside_file /etc/default/grub <<-'END'
		GRUB_CMDLINE_LINUX_DEFAULT="quiet"
		GRUB_CMDLINE_LINUX="memmap=64K#0x90000"
	END
	inside update-grub
	normal_entries | all_have "$LINE"
	normal_entries | all_have memmap=64K#0x90000
	recovery_entries | all_have memmap=64K#0x90000
	recovery_entries | none_has '!'
}

@test "grub: more ranges than the kernel counts over two lists: refused, and nothing dropped" {
	inside_file /etc/default/grub <<-'END'
		GRUB_CMDLINE_LINUX_DEFAULT="quiet"
		GRUB_CMDLINE_LINUX="memmap=64K#0x90000,64K#0xb0000,64K#0xd0000"
	END
	run inside update-grub
	[ "$status" -eq 0 ]
	[[ $output == *'too many for two lists'* ]]
	normal_entries | all_have memmap=64K#0x90000,64K#0xb0000,64K#0xd0000
	normal_entries | none_has '!'
}

@test "grub: a range that overlaps ours: refused; the same range: no second time" {
	inside_file /etc/default/grub <<-'END'
		GRUB_CMDLINE_LINUX_DEFAULT="quiet memmap=1G!4G"
	END
	run inside update-grub
	[ "$status" -eq 0 ]
	[[ $output == *'"memmap=1G!4G", which shares memory'* ]]
	normal_entries | all_have memmap=1G!4G
	normal_entries | none_has 256M

	echo 'GRUB_CMDLINE_LINUX_DEFAULT="memmap=0x10000000!4G quiet"' | inside_file /etc/default/grub
	inside update-grub
	normal_entries | all_have "$LINE"
	normal_entries | none_has 0x10000000!
}

@test "grub: the fragment leaves no variable behind, in any shell, under set -eu" {
	local shell
	for shell in 'dash -eu' 'bash --posix -eu'; do
		# shellcheck disable=SC2086,SC2016
		run --separate-stderr inside $shell -c 'GRUB_CMDLINE_LINUX=a GRUB_CMDLINE_LINUX_DEFAULT="b *"
			. /etc/default/grub.d/ramdax.cfg
			set | grep -i "^_ramdax" || echo "$GRUB_CMDLINE_LINUX_DEFAULT"'
		[ "$output" = "b * $LINE" ]
	done
}

# ---- ramdax-update-bootloader with GRUB ----------------------------------------------------------

@test "update-bootloader: shows old and new, changes, reads it back" {
	update
	[ "$status" -eq 0 ]
	[[ $output == *"old: no memmap="*"new: $LINE"*"every entry is as it should be"* ]]
	normal_entries | all_have "$LINE"
	update
	[ "$status" -eq 0 ]
	[[ $output == *"stays: $LINE"* && $output != *"old:"* ]]
}

@test "update-bootloader --dry-run: shows the same and changes nothing" {
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	update --dry-run
	[ "$status" -eq 0 ]
	[[ $output == *"old: no memmap="*"new: $LINE"* ]]
	inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
	inside test ! -e /var/lib/ramdax
}

@test "update-bootloader: without a line nothing changes, and the status is the program's" {
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	local failure
	for failure in 1 3 4; do
		echo $failure | inside_file /stub/status
		update
		[ "$status" -eq $failure ]
		inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
	done
}

@test "update-bootloader: an entry that does not get the line is told, with status 1" {
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="mine"' | inside_file /etc/default/grub.d/zz-mine.cfg
	update
	[ "$status" -eq 1 ]
	[[ $output == *'does not have "'"$LINE"'"'* ]]
}

@test "update-bootloader: an overlapping range in an entry: refused with 5, before any change" {
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet memmap=1G!4G"' | inside_file /etc/default/grub
	inside update-grub
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	update
	[ "$status" -eq 5 ]
	[[ $output == *'"memmap=1G!4G", which shares memory'* ]]
	inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "update-bootloader: the old line goes when the new one comes, also where they overlap" {
	update
	[[ $output != *warning* ]]
	echo memmap=1G!4G | inside_file /stub/line
	printf 'ramdax: %s\n' 'the kernel was not started' 'warning: image "/boot/initrd.img-7" is old: run "make"' |
		inside_file /stub/images
	update
	[ "$status" -eq 0 ]
	[[ $output != *'was not started'* ]]
	[[ $output == *$'\nramdax: warning: image "/boot/initrd.img-7" is old: run "make"'* ]]
	[[ $output == *"old: $LINE"*"new: memmap=1G!4G"* ]]
	normal_entries | all_have memmap=1G!4G
	normal_entries | none_has 256M
}

@test "update-bootloader --fresh: holds in this boot, whoever runs update-grub" {
	echo memmap=2G!8G | inside_file /stub/fresh
	update --fresh
	[ "$status" -eq 0 ]
	normal_entries | all_have memmap=2G!8G
	inside update-grub
	normal_entries | all_have memmap=2G!8G
	inside sed -i 's/^hold=.*/hold=another-boot/' /var/lib/ramdax/bootloader
	inside update-grub
	normal_entries | all_have "$LINE"
}

@test "update-bootloader --remove: grub.cfg as it was, and it stays so" {
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	update
	update --remove
	[ "$status" -eq 0 ]
	inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
	inside test ! -e /var/lib/ramdax/cmdline
	inside update-grub
	inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
	update
	normal_entries | all_have "$LINE"
}

@test "update-bootloader --remove leaves the administrator's ranges" {
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet memmap=64K#0x90000"' | inside_file /etc/default/grub
	update
	normal_entries | all_have "memmap=64K#0x90000,${LINE#memmap=}"
	update --remove
	[ "$status" -eq 0 ]
	normal_entries | all_have memmap=64K#0x90000
}

@test "update-bootloader: what is init's stays behind, and is none of the kernel's" {
	inside sed -i 's/^GRUB_CMDLINE_LINUX_DEFAULT=.*/GRUB_CMDLINE_LINUX_DEFAULT="quiet -- single memmap=1M!8G"/' \
		/etc/default/grub
	update
	[ "$status" -eq 0 ]
	normal_entries | all_have "quiet $LINE -- single memmap=1M!8G"
	update --remove
	[ "$status" -eq 0 ]
	normal_entries | all_have "quiet -- single memmap=1M!8G"
	# Where all that follows is init's, the kernel gets nothing.
	inside sed -i 's/^GRUB_CMDLINE_LINUX=.*/GRUB_CMDLINE_LINUX="console=ttyS0 --"/' /etc/default/grub
	update
	[ "$status" -eq 1 ]
	[[ $output == *"does not have"*"$LINE"* ]]
}

@test "update-bootloader: a grub-mkconfig that reads no fragments is told to" {
	inside_script <<-'END'
		sed -i '/^for x in .*grub.d/,/^done/d' /usr/sbin/grub-mkconfig
		sed -i 's,default/grub\.d,,' /usr/sbin/grub-mkconfig
		rm /usr/sbin/update-grub
		printf '# f\374r alle\nGRUB_TIMEOUT=1 # \374\n' >>/etc/default/grub
		cp /etc/default/grub /stub/default
		mv /etc/default/grub /etc/default/grub.real
		ln -s grub.real /etc/default/grub
	END
	update
	[ "$status" -eq 0 ]
	normal_entries | all_have "$LINE"
	update
	[ "$(inside grep -c ramdax.cfg /etc/default/grub)" -eq 1 ]
	run inside env LC_ALL=C.UTF-8 ramdax-update-bootloader --remove
	[ "$status" -eq 0 ]
	inside cmp /stub/default /etc/default/grub
	inside test -L /etc/default/grub
}

@test "update-bootloader: no boot loader, wrong usage" {
	inside rm -r /boot/grub
	update
	[ "$status" -eq 4 ]
	local wrong
	for wrong in --nonsense word --root '--remove --fresh'; do
		# shellcheck disable=SC2086
		update $wrong
		[ "$status" -eq 2 ]
	done
}

@test "update-bootloader --root: another system, with its own tools and state" {
	inside sh -c 'mkdir /other && mount --rbind / /other && mount -t tmpfs tmpfs /var/lib &&
		ramdax-update-bootloader --root /other && test ! -e /var/lib/ramdax/bootloader'
	normal_entries | all_have "$LINE"
	inside grep -qx "line=$LINE" /var/lib/ramdax/bootloader
}

@test "the real program, for a captured machine: stored, kept, and not used for another one" {
	tar -C tests/machines -c bare-7.3.4 uefi-7.3.4 | inside tar -C /opt -x --no-same-owner
	inside sh -c 'cat >/opt/ramdax && chmod 755 /opt/ramdax' <ramdax
	inside_file /usr/sbin/ramdax <<-'END'
		#!/bin/sh
		exec /opt/ramdax "$@" --root /opt/machine --layout /etc/ramdax/layout.toml
	END
	inside_file /etc/ramdax/layout.toml <<-'END'
		version = 1
		[[region]]
		name = "main"
		size = "512MiB"
	END
	inside ln -s bare-7.3.4 /opt/machine
	update
	[ "$status" -eq 0 ]
	line=$(inside ramdax gen-cmdline)
	[[ $line == memmap=*!0x* ]]
	normal_entries | all_have "$line"

	echo nonsense | inside_file /etc/ramdax/layout.toml
	run inside update-grub
	[ "$status" -eq 0 ]
	normal_entries | all_have "$line"

	inside_script <<-'END'
		mkdir -p /opt/uefi-7.3.4/var/lib
		cp -r /opt/machine/var/lib/ramdax /opt/uefi-7.3.4/var/lib/
		ln -sfn uefi-7.3.4 /opt/machine
	END
	run inside update-grub
	[ "$status" -eq 0 ]
	[[ $output == *'another machine'* ]]
	normal_entries | none_has memmap=
}
