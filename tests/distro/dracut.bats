#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whole systems with dracut, from the boot loader to the mounts: cold and warm.

load lib
load scenario
setup() { distro_setup; }
teardown() { vm_teardown; }

@test "Debian trixie with dracut 106" {
	whole_life trixie dracut
}
