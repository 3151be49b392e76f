#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A whole system with initramfs-tools, from the boot loader to the mounts: cold, warm, and without
# ramdax. Its package was another before, and is none in the end; between, a line on trial that the
# kernel does not survive, and one that is good.

load lib
load scenario
load package
load trial
setup() { distro_setup; }
teardown() { vm_teardown; }

@test "Debian trixie with initramfs-tools: upgraded, used, through a panic and a trial, purged" {
	distro_before=older_before distro_after=upgraded
	whole_life_files
	trial_setup
	distro_install trixie initramfs-tools

	vm_ram 4G
	{ first_boot && panicking_next; } | boot_says created
	distro_boot
	stopped_cleanly

	distro_boot --kill-at 'Kernel panic' # it waits for a minute then: somebody resets it

	{ second_boot && good_next; } | boot_says adopted ramdax-trial.service
	distro_boot
	stopped_cleanly

	vm_ram 4G # or what is in the carveout that is given up would be kept as it is
	{ good_kept && purge; } | vm_script
	distro_boot
	stopped_cleanly

	purged_boots
	stopped_cleanly
}
