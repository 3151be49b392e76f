#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whole systems with initramfs-tools, from the boot loader to the mounts: cold, warm, and without ramdax.
# This one's package was another before, and is none in the end.

load lib
load scenario
load package
setup() { distro_setup; }
teardown() { vm_teardown; }

@test "Debian trixie with initramfs-tools: upgraded, used, purged" {
	distro_before=older_before distro_after=upgraded
	whole_life trixie initramfs-tools "$(purge_script)"
	purged_boots
	stopped_cleanly
}
