#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Suspended to RAM, with everything mounted: carveouts are RAM, and are refreshed like all of it.
#
# shellcheck disable=SC2154 # variables of lib.bash

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

@test "suspend to RAM with everything mounted" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "files"
		size = "64MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "32MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "32MiB"
	END
	vm_script <<-'END'
		run 0 ramdax apply --boot
		mkdir /tmp/sectors
		mount -t ext4 -o dax=always "$(device files)" /mnt
		mount -t ext4 "$(device sectors)" /tmp/sectors
		yes precious | head -n 100000 | tee /mnt/file >/tmp/sectors/file
		yes precious | daxio write "$(device memory)" 0 33554432
		sums() {
			{ cat /mnt/file /tmp/sectors/file; daxio read "$(device memory)" 0 33554432; } | sha256sum
		}
		before=$(sums)
		echo 0 >/sys/class/rtc/rtc0/wakealarm
		echo +8 >/sys/class/rtc/rtc0/wakealarm
		holds "it slept" eval 'echo mem >/sys/power/state'
		holds "deeply, and woke up" eval 'dmesg | grep -q "ACPI: PM: Waking up from system sleep state S3"'
		is "all is as it was" "$(sums)" "$before"
		is "the mounts are there" "$(grep -c '^/dev/pmem' /proc/mounts)" 2
		echo more >>/mnt/file
		run 0 ramdax apply
		run 0 ramdax plan --check
		umount /mnt /tmp/sectors
		holds "clean" e2fsck -fn "$(device files)"
		holds "clean, too" e2fsck -fn "$(device sectors)"
	END
	vm_boot --memory 2G --memmap '150M!4G'
}
