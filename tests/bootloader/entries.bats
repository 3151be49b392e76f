#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# memmap= in boot entries that are files of their own, and wherever a distribution's tool puts it.
# systemd's kernel-install is the real one; grubby and SUSE's update-bootloader are stand-ins (tools).
#
# shellcheck disable=SC2016,SC2028,SC2030,SC2031,SC2153,SC2154 # text for files; variables of lib.bash and bats

bats_require_minimum_version 1.5.0
load lib

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

setup_file() {
	boot_system_prepare
	kernel_install_system
}

file_entries() {
	inside sh -c 'sed -n "s/^options *//p" /boot/loader/entries/*.conf'
}

# ---- kernel-install ------------------------------------------------------------------------------

@test "kernel-install: the file, and the entries of kernels that are there" {
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
	inside_file /etc/kernel/cmdline <<-'END'
		# of this host
		root=/dev/vda ro memmap=64K$0x90000
		quiet memmap=64K#0xb0000
	END
	update
	inside grep -qx '# of this host' /etc/kernel/cmdline
	printf '# f\374r alle\n' | inside tee -a /etc/kernel/cmdline >/dev/null
	file_entries | all_have "memmap=64K\$0x90000,64K#0xb0000,${LINE#memmap=}"
	file_entries | all_have quiet
	run inside env LC_ALL=C.UTF-8 ramdax-update-bootloader --remove
	[ "$status" -eq 0 ]
	inside env LC_ALL=C grep -qax "$(printf '# f\374r alle')" /etc/kernel/cmdline
	file_entries | all_have 'memmap=64K$0x90000,64K#0xb0000'
}

@test "kernel-install: without the file, it is made of what kernels would get, and goes again" {
	inside rm /etc/kernel/cmdline
	update
	[ "$status" -eq 0 ]
	inside grep -Eq " $LINE( --.*)?\$" /etc/kernel/cmdline
	inside_script <<<'! grep -E "BOOT_IMAGE|initrd=" /etc/kernel/cmdline'
	update --remove
	[ "$status" -eq 0 ]
	inside test ! -e /etc/kernel/cmdline
	file_entries | none_has "256M!"
}

@test "kernel-install: a file that was made, and is somebody's since: only the list goes" {
	inside rm /etc/kernel/cmdline
	update
	inside sed -i 's/^/nomodeset /' /etc/kernel/cmdline
	update --remove
	[ "$status" -eq 0 ]
	inside grep -q '^nomodeset ' /etc/kernel/cmdline
	file_entries | all_have nomodeset
	file_entries | none_has "256M!"
}

@test "kernel-install: an entry that nobody makes again is told, with status 1" {
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
