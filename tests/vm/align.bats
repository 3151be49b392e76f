#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where data starts: 1 GiB alignment and what it costs, carveouts at awkward addresses.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

@test "1 GiB alignment, and what it costs: 16 MiB, 1 GiB, or too much" {
	local starts=(0x13f000000 0x1c0000000 0x280000000) n
	for n in 0 1 2; do
		cat <<-END
			[[region]]
			name = "r$n"
			address = "${starts[n]}"
			[[region.namespace]]
			name = "huge$n"
			mode = "devdax"
			size = "1GiB"
		END
	done | { echo 'version = 1' && cat; } | vm_layout
	vm_script <<-'END'
		run 0 ramdax plan
		run 4 ramdax apply
		says "the message names what does not fit" /tmp/err '"huge2"|"r2"'
		is "the others are there" "$(namespaces)" 2
		for n in 0 1; do
			is "'huge$n' is exactly 1 GiB" "$(device_size "$(device huge$n)")" 1073741824
			is "aligned to 1 GiB" "$(namespace huge$n align)" 1073741824
		done
		for resource in $(cat /sys/bus/dax/devices/*/resource); do
			is "so is the first byte" $((resource % 1073741824)) 0
		done
	END
	# 16 MiB below a boundary; on one, with 2 GiB; on one, with 16 MiB too much and no more
	vm_boot --memory 12G --memmap \
		'1065088K!0x13f000000,2097280K!0x1c0000000,1065088K!0x280000000'
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
