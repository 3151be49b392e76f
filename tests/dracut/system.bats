#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real system behind the image: systemd in the real root, ramdax.service, an fstab that wants the
# file system. The real root is the distribution that the image was built on.

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
		[region.namespace.filesystem]
		type = "ext4"
		label = "images"
	END
}

teardown() {
	vm_teardown
}

# Instead of lib.bash's disk: the distribution, with what was installed into it and the script as
# its last service.
vm_prepare() {
	local root=$vm_dir/system
	cp -a --reflink=auto "$("$vm_here/../distribution" trixie "${dracut_packages[@]}")" "$root"
	cp -a "$vm_dir/overlay/upper/." "$vm_tree/guest" "$root/"
	cp "$vm_tree/init" "$root/guest/init"
	cp -a "$("$vm_here/fetch-kernel")/lib/modules" "$root/usr/lib/"
	echo 'LABEL=images /mnt ext4 dax=always 0 2' >"$root/etc/fstab"
	cat >"$root/etc/systemd/system/guest.service" <<-'END'
		[Unit]
		After=multi-user.target
		[Service]
		ExecStart=/bin/sh /guest/init
	END
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	ln -s ../guest.service "$root/etc/systemd/system/multi-user.target.wants/guest.service"
	rm -f "$vm_dir/disk"
	mke2fs -q -t ext4 -L guest -d "$root" "$vm_dir/disk" 600M 2>/dev/null
	rm -rf --one-file-system "$root"
	vm_args=(-drive "file=$vm_dir/disk,format=raw,if=virtio,cache=unsafe")
	vm_cmdline="root=LABEL=guest rw"
}

script() {
	vm_script <<-'END'
		udevadm settle
		is "ramdax has the carveouts" "$(driver)" ramdax
		is "nd_e820 has nothing" "$(bound_to e820_pmem)" ""
		is "fstab's mount is there" "$(systemctl is-active mnt.mount)" active
		is "with the file system" "$(findmnt -n -o LABEL,UUID /mnt)" \
			"images aeaa7d06-fa4f-5d63-a5cd-5d3094daf764"
		is "ramdax.service ran" "$(systemctl is-active ramdax.service)" active
		is "no unit failed" "$(systemctl --failed --plain --no-legend)" ""
		before_mount=$(systemctl show -P ActiveEnterTimestampMonotonic ramdax.service)
		at_least "before file systems were mounted" \
			"$(systemctl show -P InactiveExitTimestampMonotonic mnt.mount)" "$before_mount"
	END
	cat >>"$vm_tree/guest/script"
}

@test "the initramfs does it, ramdax.service finds nothing left to do" {
	script <<-'END'
		holds "the journal has the initramfs's run" \
			eval 'journalctl -b -u ramdax-initrd.service -o cat | grep -q images'
		holds "and the report says it was made in this boot" \
			grep -q '"state": *"created"' /run/ramdax/report.json
	END
	dracut_image trixie "${host_only[@]}"
	dracut_boot --memmap '514M!4G'
}

@test "an image without ramdax: ramdax.service does it" {
	script <<-'END'
		is "nothing in the initramfs" "$(journalctl -b -u ramdax-initrd.service -o cat)" ""
	END
	dracut_image trixie "${host_only[@]}" --omit ramdax
	dracut_boot --memmap '514M!4G'
}
