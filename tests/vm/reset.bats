#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machine, reset at any moment of a boot that has something to adopt and something to make: the
# next boot reaches the declared state, and what was adopted is byte for byte what it was. Nothing
# is reported before or after that ndctl and libblkid see otherwise. Moments of a fixed seed;
# RAMDAX_LONG: 100 of them.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	cp "$vm_here/guest/honest.sh" "$vm_tree/guest/"
}
teardown() { vm_teardown; }

carveout='393344K!4G'

kept='
	[[region.namespace]]
	name = "files"
	size = "32MiB"
	filesystem.type = "ext4"
	[[region.namespace]]
	name = "memory"
	mode = "devdax"
	size = "32MiB"
'

@test "reset while things are made beside what is there" {
	local moment moments=4

	vm_layout <<-END
		version = 1
		[[region]]
		name = "pool"
		$kept
	END
	vm_script <<-'END'
		run 0 ramdax apply --boot
		mount -t ext4 "$(device files)" /mnt
		yes precious | head -n 100000 >/mnt/file
		umount /mnt
		yes precious | daxio write "$(device memory)" 0 33554432
		places
	END
	vm_ram 2G
	vm_boot --memmap "$carveout"
	vm_keep
	cp --sparse=always "$vm_ram_file" "$vm_dir/first"

	vm_layout <<-END
		version = 1
		[[region]]
		name = "pool"
		$kept
		[[region.namespace]]
		name = "more"
		mode = "sector"
		size = "32MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "guests"
		mode = "devdax"
		count = 3
		size = "32MiB"
		[[region.namespace]]
		name = "raw"
		mode = "raw"
		size = "32MiB"
	END
	[ -z "${RAMDAX_LONG-}" ] || moments=100
	RANDOM=${RAMDAX_SEED:-1}
	for ((moment = 0; moment < moments; moment++)); do
		cp --sparse=always "$vm_dir/first" "$vm_ram_file"
		vm_script <<-'END'
			echo begin
			run 0 ramdax apply --boot
			sleep 100
		END
		vm_boot --memmap "$carveout" --kill-at begin --kill-after "$(printf '%d.%03d' $((RANDOM % 3)) $((RANDOM % 1000)))"
		vm_kept
		vm_script <<-'END'
			. /guest/honest.sh
			modprobe -a ramdax nd_pmem dax_pmem device_dax
			echo ramdax >/sys/bus/platform/devices/e820_pmem/driver_override
			echo e820_pmem >/sys/bus/platform/drivers/ramdax/bind
			ramdax status --json >/tmp/before
			honest /tmp/before "as the reset left it"
			run 0 ramdax apply --boot
			honest /run/ramdax/report.json "after the next boot"
			judge 0
			is "files is adopted" "$(reported files)" adopted
			is "memory is adopted" "$(reported memory)" adopted
			is "all are there" "$(namespaces)" 7
			is "nothing half-made is left" "$(scaffolds)" ""
			holds "the new file system is clean" e2fsck -fn "$(device more)"
			holds "and so is the old one" e2fsck -fn "$(device files)"
			for guest in guests-0 guests-1 guests-2 raw; do
				is "$guest is empty" "$(contents "$(device $guest)" | tr -d '\0' | head -c 1)" ""
			done
			run 0 ramdax plan --check
			places
		END
		vm_boot --memmap "$carveout"
		vm_kept
	done
}
