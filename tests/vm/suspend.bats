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
	vm_pool 'files 64MiB ext4' 'sectors 32MiB sector filesystem.type="ext4"' \
		'memory 32MiB devdax' | vm_layout
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

@test "a hibernated system finds carveouts as the firmware left them" {
	vm_pool 'files 64MiB ext4' 'memory 32MiB devdax' | vm_layout
	vm_ram 2G
	truncate -s 1G "$vm_dir/swap"
	mkswap "$vm_dir/swap" >/dev/null
	vm_args=(-drive "file=$vm_dir/swap,format=raw,if=virtio")
	# From the write to /sys/power/state on it goes on in the next guest.
	vm_script <<-'END'
		modprobe virtio_blk
		run 0 ramdax apply --boot
		mount -t ext4 -o dax=always "$(device files)" /mnt
		yes precious | head -n 100000 >/mnt/file
		yes precious | daxio write "$(device memory)" 0 33554432
		sums() { { cat /mnt/file; daxio read "$(device memory)" 0 33554432; } | sha256sum; }
		before=$(sums)
		swapon /dev/vda
		echo shutdown >/sys/power/disk
		echo hibernates >/dev/console
		echo disk >/sys/power/state
		exec >/dev/ttyS1 2>&1
		ok "resumed"
		is "all is as it was" "$(sums)" "$before"
		run 0 ramdax apply
		run 0 ramdax plan --check
		umount /mnt
		holds "clean" e2fsck -fn "$(device files)"
	END
	vm_boot --memmap '150M!4G' >"$vm_dir/first" || grep -q 'hibernates' "$vm_dir/console"

	vm_script <<-'END'
		modprobe virtio_blk
		mkdir -p /dev/disk
		run 0 ramdax apply --boot
		fails "nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
		echo 254:0 >/sys/power/resume
		not_ok "it did not resume" "$(dmesg | tail)"
	END
	vm_boot --memmap '150M!4G' --append 'resume=/dev/vda'
}
