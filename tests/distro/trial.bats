#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A whole system whose stored line is another machine's, and the end of it. Lines on trial are in
# initramfs-tools.bats.
#
# bats file_tags=long

load lib
load trial

setup() {
	distro_setup
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "main"
		size = "320MiB"
		[[region.namespace]]
		name = "images"
		size = "256MiB"
		[region.namespace.filesystem]
		type = "ext4"
	END
	trial_setup
}

teardown() {
	vm_teardown
}

# boot_with WHAT [OPTION VALUE]...: boots to the end, and runs the script on standard input there.
boot_with() {
	{
		echo ". /run/guest/trial.sh; echo '# $1'"
		cat
	} | vm_script
	distro_boot "${@:2}"
}

@test "another memory map under a stored line, and removal" {
	distro_install trixie initramfs-tools
	vm_ram 1280M
	boot_with "with less memory, where the carveout ends beyond it" <<-'END'
		is "the boot completed" "$booted $(failed)" "running "
		is "the old line is on the command line" "$(running)" "$(stored)"
		is "ramdax leaves alone what is not RAM" "$(bound_to ramdax)" ""
		run 4 ramdax check --machine

		region_size 384GiB
		run 0 update-grub
		says "the stored line is known as another machine's" /tmp/err 'another machine'
		is "and no entry has it" "$(lines)" ""
		region_size 300MiB
		run 0 update-grub
		is "what can be had is put in" "$(lines)" "$(stored)"
		fails "and differs" [ "$(lines)" = "$(running)" ]

		run 0 ramdax-update-bootloader --remove
		run 0 update-grub
		is "nothing is left" "$(lines)$(ls /var/lib/ramdax/cmdline /var/lib/ramdax/trial 2>/dev/null)" ""
	END
}
