#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# memmap= on its way into boot entries. GRUB's and systemd's tools are the real ones of a Debian
# system; grubby, SUSE's update-bootloader and the choice of the line are stand-ins
# (tests/bootloader).

# shellcheck disable=SC2016,SC2028,SC2030,SC2031,SC2153,SC2154 # text for files; variables of lib.bash and bats
bats_require_minimum_version 1.5.0
load bootloader/lib

setup_file() {
	boot_system_prepare
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	boot_system
}

teardown() {
	rm -f "$image"
}

# update [OPTION]...: runs the command there.
update() {
	run inside ramdax-update-bootloader "$@"
	echo "$output"
}

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

@test "update-bootloader: a grub-mkconfig that reads no fragments is told to" {
	inside_script <<-'END'
		sed -i '/^for x in .*grub.d/,/^done/d' /usr/sbin/grub-mkconfig
		sed -i 's,default/grub\.d,,' /usr/sbin/grub-mkconfig
		rm /usr/sbin/update-grub
		cp /etc/default/grub /stub/default
	END
	update
	[ "$status" -eq 0 ]
	normal_entries | all_have "$LINE"
	update
	[ "$(inside grep -c ramdax.cfg /etc/default/grub)" -eq 1 ]
	update --remove
	[ "$status" -eq 0 ]
	inside cmp /stub/default /etc/default/grub
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

# ---- a line on trial -----------------------------------------------------------------------------

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

# ---- kernel-install ------------------------------------------------------------------------------

# A system whose kernels were installed by the real kernel-install.
kernel_install_system() {
	inside_script <<-'END'
		rm -r /boot/grub /etc/default/grub
		echo 0123456789abcdef0123456789abcdef >/etc/machine-id
		mkdir -p /etc/kernel /boot/loader/entries
		echo layout=bls >/etc/kernel/install.conf
		echo BOOT_ROOT=/boot >>/etc/kernel/install.conf
		echo 'root=/dev/vda ro quiet' >/etc/kernel/cmdline
		for version in 6.12.1-amd64 7.3.4-amd64; do
			mkdir -p /usr/lib/modules/$version
			kernel-install add $version /boot/vmlinuz-$version /boot/initrd.img-$version
		done
	END
}

file_entries() {
	inside sh -c 'sed -n "s/^options *//p" /boot/loader/entries/*.conf'
}

@test "kernel-install: the file, and the entries of kernels that are there" {
	kernel_install_system
	file_entries | all_have quiet
	update
	[ "$status" -eq 0 ]
	[[ $output == *"old: no memmap="*"new: $LINE"* ]]
	file_entries | all_have "$LINE"
	inside grep -qx "root=/dev/vda ro quiet $LINE" /etc/kernel/cmdline
	update
	[ "$status" -eq 0 ]
	[[ $output != *"old:"* ]]
	update --remove
	[ "$status" -eq 0 ]
	file_entries | none_has memmap=
	inside grep -qx 'root=/dev/vda ro quiet' /etc/kernel/cmdline
}

@test "kernel-install: foreign ranges and comments stay; the list is one" {
	kernel_install_system
	inside_file /etc/kernel/cmdline <<-'END'
		# of this host
		root=/dev/vda ro memmap=64K$0x90000
		quiet memmap=64K#0xb0000
	END
	update
	inside grep -qx '# of this host' /etc/kernel/cmdline
	file_entries | all_have "memmap=64K\$0x90000,64K#0xb0000,${LINE#memmap=}"
	file_entries | all_have quiet
	update --remove
	file_entries | all_have 'memmap=64K$0x90000,64K#0xb0000'
}

@test "kernel-install: without the file, it is made of what kernels would get, and goes again" {
	kernel_install_system
	inside rm /etc/kernel/cmdline
	update
	[ "$status" -eq 0 ]
	inside grep -q " $LINE\$" /etc/kernel/cmdline
	inside_script <<<'! grep -E "BOOT_IMAGE|initrd=" /etc/kernel/cmdline'
	update --remove
	[ "$status" -eq 0 ]
	inside test ! -e /etc/kernel/cmdline
	file_entries | none_has "256M!"
}

@test "kernel-install: an entry that nobody makes again is told, with status 1" {
	kernel_install_system
	inside_file /boot/loader/entries/mine.conf <<-'END'
		title Mine
		linux /vmlinuz
		options root=/dev/vdb
	END
	update
	[ "$status" -eq 1 ]
	[[ $output == *'entry "mine.conf" does not have'* ]]
}

# ---- grubby (a stand-in) -------------------------------------------------------------------------

grubby_system() {
	kernel_install_system
	inside_script <<-'END'
		cp /opt/tests/bootloader/tools/grubby /usr/sbin/
		rm /etc/kernel/cmdline
		rm -f /boot/loader/entries/*
		for version in 6.12.1 7.3.4 0-rescue; do
			printf '%s\n' "title Fedora ($version)" "version $version" "linux /vmlinuz-$version" \
				"initrd /initramfs-$version.img" "options root=/dev/vda ro version=$version" \
				>/boot/loader/entries/m-$version.conf
		done
	END
}

@test "grubby: every entry but for rescue, and kernels to come" {
	grubby_system
	update
	[ "$status" -eq 0 ]
	file_entries | grep -v rescue | all_have "$LINE"
	inside grep -qx 'options root=/dev/vda ro version=0-rescue' /boot/loader/entries/m-0-rescue.conf
	inside grep -qx "root=/dev/vda ro version=7.3.4 $LINE" /etc/kernel/cmdline
	update
	[ "$status" -eq 0 ]
	[[ $output != *"old:"* ]]
	update --remove
	[ "$status" -eq 0 ]
	file_entries | none_has memmap=
	inside test ! -e /etc/kernel/cmdline
}

@test "grubby: each entry keeps foreign ranges of its own" {
	grubby_system
	inside sed -i 's/^options.*/& memmap=64K$0x90000 memmap=64K#0xb0000/' /boot/loader/entries/m-7.3.4.conf
	update
	[ "$status" -eq 0 ]
	inside grep -q " memmap=64K\$0x90000,64K#0xb0000,${LINE#memmap=}\$" /boot/loader/entries/m-7.3.4.conf
	inside grep -q " $LINE\$" /boot/loader/entries/m-6.12.1.conf
	update --remove
	inside grep -q ' memmap=64K$0x90000,64K#0xb0000$' /boot/loader/entries/m-7.3.4.conf
	inside_script <<<'! grep -q memmap= /boot/loader/entries/m-6.12.1.conf'
}

@test "grubby: one that damages entries: they are put back, status 1" {
	grubby_system
	file_entries >"$BATS_TEST_TMPDIR/before"
	inside touch /stub/old
	update
	[ "$status" -eq 1 ]
	[[ $output == *'grubby has damaged'* ]]
	file_entries | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "grubby: one that says it did and did not: status 1" {
	grubby_system
	inside touch /stub/does-nothing
	update
	[ "$status" -eq 1 ]
	[[ $output == *'entry "m-7.3.4" does not have'* ]]
}

# ---- SUSE's update-bootloader (a stand-in) -------------------------------------------------------

suse_system() {
	kernel_install_system
	inside_script <<-END
		cp /opt/tests/bootloader/tools/update-bootloader /usr/sbin/
		rm /usr/sbin/update-grub /etc/default/grub.d/ramdax.cfg
		mkdir -p /etc/sysconfig /boot/grub2
		echo 'LOADER_TYPE="$1"' >/etc/sysconfig/bootloader
		echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet memmap=64K#0x90000"' >/etc/default/grub
		mkdir -p /boot/grub
		[ "$1" != grub2 ] || grub-mkconfig -o /boot/grub2/grub.cfg
	END
}

suse_entries() {
	inside sh -c 'grep "^[[:space:]]*linux" /boot/grub2/grub.cfg' | grep -v single
}

@test "suse: GRUB" {
	suse_system grub2
	update
	[ "$status" -eq 0 ]
	suse_entries | all_have "memmap=64K#0x90000,${LINE#memmap=}"
	inside grep -q "\"quiet memmap=64K#0x90000,${LINE#memmap=}\"" /etc/default/grub
	update
	[[ $output != *"old:"* ]]
	update --remove
	[ "$status" -eq 0 ]
	suse_entries | all_have memmap=64K#0x90000
	suse_entries | none_has '!'
}

@test "suse: a foreign range with a dollar sign: refused with 5, nothing changed" {
	suse_system grub2
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet memmap=64K\\\$0x90000"' | inside_file /etc/default/grub
	inside cat /etc/default/grub >"$BATS_TEST_TMPDIR/before"
	update
	[ "$status" -eq 5 ]
	inside cat /etc/default/grub | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "suse: entries in files" {
	suse_system systemd-boot
	echo 'root=/dev/vda memmap=64K$0x90000' | inside_file /etc/kernel/cmdline
	update
	[ "$status" -eq 0 ]
	file_entries | all_have "memmap=64K\$0x90000,${LINE#memmap=}"
	update --remove
	[ "$status" -eq 0 ]
	file_entries | all_have 'memmap=64K$0x90000'
}

@test "suse: one that says it did and did not: status 1" {
	suse_system grub2
	inside touch /stub/does-nothing
	update
	[ "$status" -eq 1 ]
	[[ $output == *'does not have'* ]]
}
