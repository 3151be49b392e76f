#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What README.md and ramdax(8) tell people to do, done as they say it, on a machine that is as
# they say: the first layout, its line for fstab, recovery.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

# The first layout of README.md, and what it says of the machine.
readme() {
	mkdir "$BATS_TEST_TMPDIR/layouts"
	"$vm_root/tests/docs/toml-blocks" "$vm_root/README.md" "$BATS_TEST_TMPDIR/layouts"
	vm_layout <"$BATS_TEST_TMPDIR/layouts/1.toml"
	memmap=$(sed -n 's/^On a machine started with `memmap=\([^`]*\)`.*/\1/p' "$vm_root/README.md")
	[ "$memmap" ]
}

@test "README.md: the first layout is made, and its line for fstab mounts it with DAX" {
	readme
	vm_script <<-'END'
		run 0 ramdax check --machine
		run 6 ramdax plan --check
		run 0 ramdax apply
		run 0 ramdax plan --check
		run 0 ramdax fstab
		grep '^[^#]' /tmp/out >/tmp/fstab
		read -r what where type options _ </tmp/fstab
		# without udev, what it names is not there
		is "it names the namespace" "$what" /dev/ramdax/images
		disk=$(device images)
		mkdir -p "$where"
		holds "the line mounts" mount -t "$type" -o "$(echo "$options" | sed -E 's/,(nofail|x-[^,]*)//g')" "$disk" "$where"
		is "with DAX" "$(status_of images dax)" true
		is "where it says" "$(ramdax status --json | jq -r '.regions[0].namespaces[0].filesystem.mount_point')" "$where"
		umount "$where"
	END
	vm_boot --memmap "$memmap"
}

@test "ramdax(8), recovery: a conflict is made anew by its name, and only it" {
	readme
	vm_script <<-'END'
		run 0 ramdax apply
		guest=$(namespace guest uuid)
		echo mine | dd of="$(device images)" bs=4096 conv=sync,fsync seek=9 2>/dev/null
		ndctl create-namespace -f -e "$(namespace images dev)" -m raw -n images >/dev/null
		run 5 ramdax apply
		says "the message says how it differs" /tmp/err 'images.*mode is raw, not fsdax'
		run 0 ramdax apply --recreate=images
		is "it is what was declared" "$(status_of images mode)" fsdax
		is "the other is what it was" "$(namespace guest uuid)" "$guest"
		run 0 ramdax plan --check
	END
	vm_boot --memmap "$memmap"
}
