#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where data starts: 1 GiB alignment and what it costs, carveouts at awkward addresses.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

gigabyte() {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "guests"
		[[region.namespace]]
		name = "huge"
		mode = "devdax"
		size = "1GiB"
	END
	vm_script <<-'END'
		run 0 ramdax plan
		run 0 ramdax apply
		is "'huge' is exactly 1 GiB" "$(device_size "$(device huge)")" 1073741824
		is "aligned to 1 GiB" "$(namespace huge align)" 1073741824
		resource=$(cat /sys/bus/dax/devices/*/resource)
		is "so is its first byte" $((resource % 1073741824)) 0
		run 0 ramdax plan --check
	END
}

@test "1 GiB alignment, 16 MiB below a 1 GiB boundary: 16 MiB are lost" {
	gigabyte
	vm_boot --memory 4G --memmap '1065088K!0x13f000000'
}

@test "1 GiB alignment, on a 1 GiB boundary: 1 GiB is lost" {
	gigabyte
	vm_boot --memory 4G --memmap '2097280K!4G'
}

@test "1 GiB alignment where it does not fit" {
	gigabyte
	vm_script <<-'END'
		run 4 ramdax apply
		says "the message names it" /tmp/err '"huge"|"guests"'
		is "nothing was made" "$(namespaces)" 0
	END
	vm_boot --memory 4G --memmap '1065088K!4G'
}

@test "carveouts that start at no round address" {
	local starts=(0x100001000 0x109f00000 0x114200000 0x11f000000) n
	for n in 0 1 2 3; do
		cat <<-END
			[[region]]
			name = "r$n"
			address = "${starts[n]}"
			[[region.namespace]]
			name = "raw$n"
			mode = "raw"
			size = "4KiB"
			[[region.namespace]]
			name = "fs$n"
			size = "20MiB"
			filesystem.type = "ext4"
			[[region.namespace]]
			name = "dax$n"
			mode = "devdax"
			size = "20MiB"
			[[region.namespace]]
			name = "sector$n"
			mode = "sector"
			size = "20MiB"
		END
	done | { echo 'version = 1' && cat; } | vm_layout
	vm_script <<-'END'
		run 0 ramdax apply
		is "all 16 are there" "$(namespaces)" 16
		for n in 0 1 2 3; do
			at_least "fs$n is large enough" "$(device_size "$(device fs$n)")" 20971520
			at_least "dax$n too" "$(device_size "$(device dax$n)")" 20971520
			at_least "sector$n too" "$(device_size "$(device sector$n)")" 20971520
			holds "fs$n mounts" mount -t ext4 -o dax=always "$(device fs$n)" /mnt
			umount /mnt
		done
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap \
		'92M!0x100001000,92M!0x109f00000,92M!0x114200000,92M!0x11f000000'
}
