#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ramdax-update-bootloader --trial: a line in an entry for one boot, and what is made of it in that
# boot (--confirm). GRUB's tools are the real ones of a Debian system.
#
# shellcheck disable=SC2016,SC2028,SC2030,SC2031,SC2153,SC2154 # text for files; variables of lib.bash and bats

bats_require_minimum_version 1.5.0
load lib

# The carveouts of $LINE, as /proc/iomem has them.
carveouts='100000000-10fffffff 200000000-21fffffff'

next_entry() {
	inside grub-editenv - list | sed -n 's/^next_entry=//p'
}

# Another line has long been there when $LINE comes on trial.
trial() {
	echo memmap=1G!0x300000000 | inside_file /stub/line
	update
	echo "$LINE" | inside_file /stub/line
	update --trial
	[ "$status" -eq 0 ]
}

@test "trial: one entry, for one boot, has the new line; all others keep the old one" {
	trial
	trial_entry | grep -w "$LINE"
	trial_entry | none_has 1G!
	[ "$(next_entry)" = ramdax-trial ]
	normal_entries | all_have memmap=1G!0x300000000
	inside update-grub
	normal_entries | all_have memmap=1G!0x300000000
	trial_entry | grep -w "$LINE"
	update --confirm # not yet
	[ "$status" -eq 0 ]
	trial_entry | grep -w "$LINE"
}

@test "trial: foreign ranges are in it as well" {
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet memmap=64K#0x90000"' | inside_file /etc/default/grub
	trial
	trial_entry | grep -w "memmap=64K#0x90000,${LINE#memmap=}"
	normal_entries | all_have memmap=64K#0x90000,1G!0x300000000
}

@test "trial: the first line of all, as the manual's example has it" {
	tests/docs/examples man/ramdax-update-bootloader.8 "$BATS_TEST_TMPDIR"
	run inside sh -euc "systemctl() { echo systemctl \"\$@\"; }
		$(cat "$BATS_TEST_TMPDIR/1.sh")"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'systemctl reboot'* ]]
	trial_entry | grep -w "$LINE"
	normal_entries | none_has memmap=
}

@test "trial: confirmed when the carveouts are where the line says" {
	trial
	next_boot "quiet $LINE" "$carveouts" ramdax-update-bootloader --confirm
	normal_entries | all_have "$LINE"
	[ -z "$(trial_entry)" ]
	inside test ! -e /var/lib/ramdax/trial
	inside grep -qx "cmdline=$LINE" /var/lib/ramdax/cmdline
}

# given_up CMDLINE IOMEM REASON
given_up() {
	run next_boot "$1" "$2" ramdax-update-bootloader --confirm
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$3"* ]]
	inside update-grub
	normal_entries | all_have memmap=1G!0x300000000
	[ -z "$(trial_entry)" ]
	inside grep -q "^failed=.*$3" /var/lib/ramdax/trial
	run next_boot "$1" "$2" ramdax-update-bootloader --confirm
	[ "$status" -eq 0 ]
}

@test "trial: given up when the machine came back with the old line" {
	trial
	given_up 'quiet memmap=1G!0x300000000' 300000000-33fffffff 'another command line'
}

@test "trial: given up when a carveout is missing, or elsewhere" {
	trial
	given_up "quiet $LINE" 100000000-10fffffff 'not where the line says'
	update --trial
	given_up "quiet $LINE" '100000000-10fffffff 200000000-22fffffff' 'not where the line says'
}

@test "trial: given up when gen-cmdline does not find it safe" {
	trial
	echo 4 | inside_file /stub/status
	given_up "quiet $LINE" "$carveouts" 'no longer choose it'
}

@test "trial: after one that failed, the command itself puts the line in" {
	trial
	given_up 'quiet memmap=1G!0x300000000' 300000000-33fffffff 'another command line'
	update
	[ "$status" -eq 0 ]
	normal_entries | all_have "$LINE"
	inside test ! -e /var/lib/ramdax/trial
}

@test "trial --remove: the choice of the next boot goes, too" {
	inside cat /boot/grub/grub.cfg >"$BATS_TEST_TMPDIR/before"
	update --trial
	update --remove
	[ "$status" -eq 0 ]
	[ -z "$(next_entry)" ]
	inside cat /boot/grub/grub.cfg | cmp - "$BATS_TEST_TMPDIR/before"
	inside test ! -e /var/lib/ramdax/trial
}

@test "trial: refused where GRUB could not forget it, and changes nothing" {
	inside_script <<-'END'
		printf '%s\n' '#!/bin/sh' 'case $* in *abstraction*) echo lvm ;; *) exec /usr/sbin/grub-probe.real "$@" ;; esac' \
			>/stub/grub-probe
		mv /usr/sbin/grub-probe /usr/sbin/grub-probe.real
		install /stub/grub-probe /usr/sbin/grub-probe
	END
	update --trial
	[ "$status" -eq 4 ]
	[[ $output == *'cannot write'* ]]
	[ -z "$(next_entry)" ]
	inside test ! -e /var/lib/ramdax/trial
}
