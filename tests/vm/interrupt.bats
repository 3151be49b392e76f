#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# apply, stopped before any system call that changes something, or refused any call at all: what it
# leaves behind is never taken for finished, nothing is reported that is not so, what was there
# before is byte for byte what it was, and the next apply reaches the same end. To be stopped before
# each call is to be stopped after each as well: between two of them nothing changes.
#
# The calls are those of an undisturbed run, of its threads, its modprobe and its mkfs, as fault.c
# counts them. One region is empty, where everything is made in bulk; in the other are namespaces of
# ours and of somebody else's, beside which things are made one by one. A sample of the calls;
# RAMDAX_LONG: all that change something, of the tool with each error, and a hundred of each that
# does not; RAMDAX_PART=K/N: the Kth part of them.
#
# shellcheck disable=SC2154 # variables of lib.bash

load lib
setup() {
	vm_setup
	vm_fault
	"${CC:-cc}" -O2 -Wall -Wextra -Werror -static -o "$vm_tree/usr/sbin/ram" "$vm_here/ram.c"
	cp "$vm_here"/guest/{faults,honest}.sh "$vm_tree/guest/"
	echo "${RAMDAX_LONG:-0} ${RAMDAX_SEED:-1} ${RAMDAX_PART:-1/1}" | vm_file /long
	vm_file /first.toml <<-'END'
		version = 1
		[[region]]
		name = "pool"
		address = "0x100000000"
		size = "478MiB"
		[[region]]
		name = "kept"
		address = "0x11e000000"
		[[region.namespace]]
		name = "old"
		size = "14MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "oldmem"
		mode = "devdax"
		size = "14MiB"
	END
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		address = "0x100000000"
		[[region.namespace]]
		name = "files"
		size = "14MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "fat"
		size = "14MiB"
		filesystem.type = "vfat"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		raw_size = "16MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "xfs"
		mode = "raw"
		size = "300MiB"
		scrub = false
		filesystem.type = "xfs"
		[[region.namespace]]
		name = "btrfs"
		mode = "raw"
		size = "112MiB"
		scrub = false
		filesystem.type = "btrfs"
		[[region]]
		name = "kept"
		address = "0x11e000000"
		[[region.namespace]]
		name = "old"
		size = "14MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "oldmem"
		mode = "devdax"
		size = "14MiB"
		[[region.namespace]]
		name = "more"
		size = "14MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "14MiB"
	END
}
teardown() { vm_teardown; }

@test "killed before any call that changes something, or any call failed" {
	vm_script <<-END
		. /guest/faults.sh
		begin
		undisturbed
		all 4
		fails "no oops" eval 'dmesg | grep -E "BUG:|Oops|general protection"'
	END
	vm_boot --memory 2560M --memmap '480M!4G,82M!0x11e000000' --timeout 36000
}
