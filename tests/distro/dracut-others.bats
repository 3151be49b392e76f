#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same whole life with the oldest dracut and the newest. tests/dracut boots their images in every
# make check; these whole systems are for make check-distro and make check-long.

load lib
load scenario
setup() { distro_setup; }
teardown() { vm_teardown; }

@test "Debian bookworm with dracut 059" {
	whole_life bookworm dracut
}

@test "Debian sid with dracut 112" {
	whole_life sid dracut
}
