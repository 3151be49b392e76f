#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Dracut images of several versions, with systemd and without, from a cold start to the real root.

load lib

setup() {
	dracut_setup
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

without_systemd=(--omit "systemd systemd-initrd dracut-systemd")
# Which unit ran when, in the kernel log.
log="systemd.log_target=kmsg systemd.log_level=info printk.devkmsg=on"

with_unit() {
	vm_script <<-'END'
		provisioned
		before "the unit was done before udev" \
			'Finished ramdax-initrd.service' 'Starting systemd-udevd.service'
		before "and before coldplug" \
			'Finished ramdax-initrd.service' 'Starting systemd-udev-trigger.service'
	END
	dracut_image "$@"
	grep usr/lib/systemd/system/ramdax-initrd.service "$vm_dir/contents"
	run grep hooks/pre-udev/10-ramdax "$vm_dir/contents"
	[ "$status" -eq 1 ]
	dracut_boot --memmap '514M!4G' --append "$log"
}

with_hook() {
	vm_script <<-'END'
		provisioned
	END
	dracut_image "$@" "${without_systemd[@]}"
	grep hooks/pre-udev/10-ramdax-pre-udev.sh "$vm_dir/contents"
	run grep ramdax-initrd.service "$vm_dir/contents"
	[ "$status" -eq 1 ]
	dracut_boot --memmap '514M!4G' --append rd.debug=0
}

@test "dracut 059, systemd, host-only" {
	with_unit bookworm "${host_only[@]}"
}

@test "dracut 059, without systemd" {
	with_hook bookworm --no-hostonly
}

@test "dracut 106, systemd" {
	with_unit trixie --no-hostonly
}

@test "dracut 106, without systemd, host-only" {
	with_hook trixie "${host_only[@]}"
}

# bats test_tags=long
@test "dracut 112, systemd, host-only" {
	with_unit sid "${host_only[@]}"
}

# bats test_tags=long
@test "dracut 112, without systemd" {
	with_hook sid --no-hostonly
}

@test "rd.ramdax=0 leaves everything alone" {
	vm_script <<-'END'
		untouched
	END
	dracut_image trixie --no-hostonly
	dracut_boot --memmap '514M!4G' --append rd.ramdax=0
}

@test "a crash kernel is left alone, whatever is required" {
	vm_script <<-'END'
		untouched
	END
	dracut_image trixie --no-hostonly
	dracut_boot --memmap '514M!4G' --append elfcorehdr=0x1000000
}

@test "no carveout for what is required: the emergency shell" {
	dracut_image trixie --no-hostonly
	boot_stops 'emergency mode'
	grep -a 'ramdax' "$vm_dir/console"
}

@test "no carveout for what is required, without systemd: the emergency shell" {
	dracut_image trixie "${host_only[@]}" "${without_systemd[@]}"
	boot_stops 'Dropping to debug shell'
	grep -a 'a required namespace is missing' "$vm_dir/console"
}

@test "no carveout, nothing required: the boot goes on" {
	sed -i '/^required/d' "$vm_tree/etc/ramdax/layout.toml"
	vm_script <<-'END'
		is "the report says so" "$(report .status)" 4
	END
	dracut_image trixie "${host_only[@]}"
	dracut_boot
}

@test "a layout with mistakes: a loud build, an image without ramdax, a boot" {
	vm_layout <<-'END'
		version = 1
		bad = 1
	END
	vm_script <<-'END'
		untouched
	END
	dracut_image trixie "${host_only[@]}"
	grep 'WITHOUT RAMDAX' "$vm_dir/build"
	grep 'layout.toml:2:1:.*bad' "$vm_dir/build"
	run grep -E 'sbin/ramdax|ramdax-initrd|etc/ramdax/' "$vm_dir/contents"
	[ "$status" -eq 1 ]
	dracut_boot --memmap '514M!4G'
}

@test "asked for by name where there is no layout: the same, and the build does not fail" {
	rm "$vm_tree/etc/ramdax/layout.toml"
	dracut_image trixie --modules base --no-kernel --add ramdax
	grep 'WITHOUT RAMDAX' "$vm_dir/build"
	run grep sbin/ramdax "$vm_dir/contents"
	[ "$status" -eq 1 ]
}

@test "an image for crash kernels has nothing of it, though dracut.conf.d asks for ramdax" {
	dracut_image trixie --modules base --no-kernel --add ramdax
	grep sbin/ramdax "$vm_dir/contents"
	dracut_environment=(IN_KDUMP=1)
	dracut_image trixie --modules base --no-kernel --add ramdax
	grep -w init "$vm_dir/contents"
	run grep -E 'sbin/ramdax|ramdax-initrd|etc/ramdax' "$vm_dir/contents"
	[ "$status" -eq 1 ]
}
