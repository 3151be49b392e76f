#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whole systems with dracut, from the boot loader to the mounts: cold and warm. tests/dracut boots
# their images and their systemd in every make check.
#
# bats file_tags=long

load lib
load scenario
setup() { distro_setup; }
teardown() { vm_teardown; }

@test "Debian trixie with dracut 106" {
	whole_life trixie dracut
}

@test "Debian bookworm with dracut 059" {
	whole_life bookworm dracut
}

@test "Debian sid with dracut 112" {
	whole_life sid dracut
}
