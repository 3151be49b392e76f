#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images of several versions of initramfs-tools: what is in them, and from a cold start to the real
# root.

load lib

setup() {
	initramfs_setup
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "ci"
		[[region.namespace]]
		name = "images"
		size = "256MiB"
		required = true
		[region.namespace.filesystem]
		type = "ext4"
		label = "images"
	END
}

teardown() {
	vm_teardown
}

# What a system with that layout gets: the script is before udev, the program and its layout are
# there, mkfs is not one of busybox's applets.
complete() {
	has usr/sbin/ramdax etc/ramdax/layout.toml etc/ramdax/required usr/lib/ramdax/mkfs.ext4 \
		etc/mke2fs.conf scripts/init-top/ramdax usr/lib/udev/rules.d/61-ramdax.rules
	grep -E '/ramdax\.ko(\.(xz|zst))?$' "$vm_dir/contents"
	grep -E '/nd_pmem\.ko(\.(xz|zst))?$' "$vm_dir/contents"
	run grep 'W: ramdax' "$vm_dir/build"
	[ "$status" -eq 1 ]
	sed '1,/^ORDER$/d' "$vm_dir/contents" | grep -oE '^init-top/(ramdax|udev)' | tr '\n' ' ' >"$vm_dir/order"
	[ "$(cat "$vm_dir/order")" = "init-top/ramdax init-top/udev " ]
}

cold() {
	vm_script <<-'END'
		provisioned
		is "it was made in this boot" "$(reported images)" created
		is "the initramfs gave it its name" "$(readlink -f /dev/ramdax/images)" "$(device images)"
		holds "mounts as fstab has it" mount UUID=aeaa7d06-fa4f-5d63-a5cd-5d3094daf764 /mnt
		is "with ext4" "$(sed -n 's,^/dev/pmem[^ ]* /mnt \([^ ]*\) .*,\1,p' /proc/mounts)" ext4
	END
	initramfs_image "$@"
	complete
	initramfs_boot --memmap '514M!4G' --append panic=
}

@test "initramfs-tools 0.142" {
	cold bookworm
}

@test "initramfs-tools 0.148, whose busybox has an mke2fs" {
	cold trixie
}

# bats test_tags=long
@test "initramfs-tools 0.151" {
	cold sid
}

@test "without busybox; and with quiet, nothing on the console" {
	initramfs_conf=BUSYBOX=n
	vm_script <<-'END'
		provisioned
	END
	initramfs_image bookworm
	has_not 'bin/busybox'
	initramfs_boot --memmap '514M!4G' --append 'panic= quiet'
	run grep -a 'ramdax' "$vm_dir/console"
	[ "$status" -eq 1 ]
}

@test "a warm reset finds everything as it was" {
	vm_ram 4G
	vm_script <<-'END'
		provisioned
		is "it was made in this boot" "$(reported images)" created
		mount /dev/disk/by-label/images /mnt
		echo precious >/mnt/file
		umount /mnt
	END
	initramfs_image trixie
	initramfs_boot --memmap '514M!4G'
	vm_script <<-'END'
		provisioned
		is "it was found" "$(reported images)" adopted
		mount /dev/disk/by-label/images /mnt
		is "with its contents" "$(cat /mnt/file)" precious
	END
	initramfs_boot --memmap '514M!4G'
}

@test "rd.ramdax=0 leaves everything alone" {
	vm_script <<-'END'
		untouched
		fails "nd_e820 has the carveout" test -z "$(bound_to e820_pmem)"
	END
	initramfs_image trixie
	initramfs_boot --memmap '514M!4G' --append rd.ramdax=0
}

@test "a crash kernel is left alone, whatever is required" {
	vm_script <<-'END'
		untouched
	END
	initramfs_image trixie
	initramfs_boot --memmap '514M!4G' --append elfcorehdr=0x1000000
}

@test "no carveout for what is required: a shell, and the machine stays on" {
	initramfs_image trixie
	boot_stops '^\(initramfs\)' --append panic=
	grep -a 'ramdax: a required namespace is missing (status 4)' "$vm_dir/console"
}

@test "no carveout, nothing required: the boot goes on" {
	sed -i '/^required/d' "$vm_tree/etc/ramdax/layout.toml"
	vm_script <<-'END'
		is "the report says so" "$(report .status)" 4
	END
	initramfs_image trixie
	has_not etc/ramdax/required
	initramfs_boot
}

@test "a layout with mistakes: a loud build, an image without ramdax, a boot" {
	vm_layout <<-'END'
		version = 1
		bad = 1
	END
	vm_script <<-'END'
		untouched
	END
	initramfs_image bookworm
	grep '^W: ramdax: .*WITHOUT RAMDAX' "$vm_dir/build"
	grep '^W: ramdax: .*layout.toml:2:1:.*bad' "$vm_dir/build"
	has_not ramdax
	has init scripts/init-top/udev
	initramfs_boot --memmap '514M!4G'
}

@test "without a layout, nothing of it and not a word" {
	rm "$vm_tree/etc/ramdax/layout.toml"
	initramfs_image trixie
	has_not ramdax
	has init scripts/init-top/udev
	run grep ramdax "$vm_dir/build"
	[ "$status" -eq 1 ]
}

nothing_for_kdump() {
	local suite
	for suite; do
		initramfs_image "$suite" kdump
		has init etc/kdump/sysctl.conf
		has_not ramdax
		rm -rf "$vm_dir"/{initrd,build,contents,overlay}
	done
}

@test "kdump-tools' images have nothing of it" {
	nothing_for_kdump bookworm trixie
}

# bats test_tags=long
@test "nor has the newest" {
	nothing_for_kdump sid
}

@test "a kernel without the driver: a loud build, and an image" {
	local suite
	for suite in bookworm trixie; do
		initramfs_image "$suite" bare
		grep '^W: ramdax: kernel .*-bare has no ramdax driver' "$vm_dir/build"
		has init usr/sbin/ramdax
		rm -rf "$vm_dir"/{initrd,build,contents,overlay}
	done
}
