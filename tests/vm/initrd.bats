#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The boot loader puts the initrd into a carveout, which to it is memory like any other: what lies
# under it is damaged, whatever its labels and info blocks say.
#
# shellcheck disable=SC2154 # variables of lib.bash

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

# QEMU puts the initrd at the end of the memory below 4 GiB, 1 GiB here, where the carveout ends.
carveout='132992K!0x37e00000'
labels=0x3ffc0000

@test "the initrd was put into a namespace: it is damaged, the others are adopted" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "below"
		mode = "devdax"
		size = "48MiB"
		[[region.namespace]]
		name = "under"
		mode = "devdax"
		size = "76MiB"
	END
	vm_script <<-'END'
		run 0 ramdax apply --boot
		is "made in spite of the initrd, which the kernel had moved away" "$(reported under)" created
		holds "written to" eval 'yes precious | daxio write "$(device below)" 0 50331648'
	END
	vm_ram 2G
	vm_boot --memmap "$carveout"
	vm_peek "$labels" 128K >"$vm_dir/labels"

	# An initrd that ends in the label area as it was: it overwrites data only.
	vm_prepare() {
		vm_initrd
		truncate -s %4096 "$vm_dir/initrd"
		cat "$vm_dir/labels" >>"$vm_dir/initrd"
	}
	vm_script <<-'END'
		run 0 ramdax apply --boot
		is "the one is damaged" "$(reported under)" damaged
		is "that is a conflict" "$(report .status)" 5
		is "and told" "$(report '.regions[0].namespaces[] | select(.name == "under") | .reason')" \
			"the boot loader put the initrd into it"
		is "the other is adopted" "$(reported below)" adopted
		is "with what it had" "$(daxio read "$(device below)" 50331636 8)" precious
		run 5 ramdax apply
		run 0 ramdax apply --recreate=under --yes
		run 0 ramdax plan --check
	END
	vm_boot --memmap "$carveout"
}
