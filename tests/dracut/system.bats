#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real system behind the image: systemd in the real root, ramdax.service, an fstab that wants the
# file system, or mount_point and udev's links. The real root is the distribution that the image was
# built on.

load lib

setup() {
	dracut_setup
	keep_disk=
	echo 'LABEL=images /mnt ext4 dax=always 0 2' >"$vm_dir/fstab"
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
	vm_args=(-drive "file=$vm_dir/disk,format=raw,if=virtio,cache=unsafe")
	vm_cmdline="root=LABEL=guest rw"
	[ -z "$keep_disk" ] || return 0
	cp -a --reflink=auto "$("$vm_here/../distribution" trixie "${dracut_packages[@]}")" "$root"
	cp -a "$vm_dir/overlay/upper/." "$vm_tree/guest" "$root/"
	cp "$vm_tree/init" "$root/guest/init"
	cp -a "$("$vm_here/fetch-kernel")/lib/modules" "$root/usr/lib/"
	"$vm_here/../lean" "$root"
	cat "$vm_dir/fstab" >"$root/etc/fstab"
	mkdir -p "$root/var/log/journal" # outlives a boot
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
}

@test "an image without ramdax: ramdax.service does it" {
	vm_script <<-'END'
		udevadm settle
		is "nothing in the initramfs" "$(journalctl -b -u ramdax-initrd.service -o cat)" ""
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
	dracut_image trixie "${host_only[@]}" --omit ramdax
	dracut_boot --memmap '514M!4G'
}

# Everything that a namespace is in the real root: its mount, its link, its owner.
mounts_layout() {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "ci"
		size = "512MiB"
		[[region.namespace]]
		name = "images"
		size = "128MiB"
		required = true
		[region.namespace.filesystem]
		type = "ext4"
		mount_point = "/srv/my-images"
		mount_options = ["noatime", "x-initrd.mount"]
		[[region.namespace]]
		name = "odd name%"
		mode = "sector"
		size = "32MiB"
		owner = "daemon"
		[region.namespace.filesystem]
		type = "ext4"
		mount_point = "/srv/odd 100%"
		[[region.namespace]]
		name = "plain"
		size = "32MiB"
		filesystem = {type = "ext4", label = "plain"}
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "32MiB"
		owner = "daemon"
		group = "disk"
		access = "0660"
		[[region]]
		name = "absent"
		address = "0x900000000"
		[[region.namespace]]
		name = "absent"
		size = "32MiB"
		[region.namespace.filesystem]
		type = "ext4"
		mount_point = "/srv/absent"
		mount_options = ["x-systemd.device-timeout=5s"]
	END
}

@test "cold and warm: the initramfs does it, ramdax.service finds nothing left to do; mounts, DAX, links and owners are the layout's" {
	mounts_layout
	echo 'LABEL=plain /mnt ext4 dax=always 0 2' >"$vm_dir/fstab"
	: >"$vm_tree/guest/clean"
	vm_script <<-'END'
		systemctl is-system-running --wait >/dev/null
		udevadm settle

		is "ramdax has the carveouts" "$(driver)" ramdax
		is "nd_e820 has nothing" "$(bound_to e820_pmem)" ""
		is "ramdax.service ran" "$(systemctl is-active ramdax.service)" active
		is "fstab's mount is there" "$(systemctl is-active mnt.mount)" active
		is "with the file system" "$(findmnt -n -o LABEL /mnt)" plain
		before_mount=$(systemctl show -P ActiveEnterTimestampMonotonic ramdax.service)
		at_least "mounted after ramdax.service" \
			"$(systemctl show -P InactiveExitTimestampMonotonic mnt.mount)" "$before_mount"
		is "the required mount is there" "$(findmnt -n -o SOURCE,FSTYPE /srv/my-images)" \
			"/dev/$(basename "$(readlink /dev/ramdax/images)") ext4"
		holds "with DAX and its options" eval \
			"findmnt -n -o OPTIONS /srv/my-images | grep noatime | grep -q dax=always"
		is "the initramfs mounted it" "$(journalctl -b -o cat -u 'sysroot-srv-my\x2dimages.mount' |
			grep -c '^Mounted')" 1
		is "the other one, too" "$(findmnt -n -o FSTYPE '/srv/odd 100%')" ext4
		is "what has no carveout is not" "$(systemctl is-active srv-absent.mount)" inactive
		is "and was waited for as long as it says" \
			"$(systemctl show -P JobRunningTimeoutUSec dev-ramdax-absent.device)" 5s
		is "multi-user is reached" "$(systemctl is-active multi-user.target)" active
		is "no unit failed" "$(systemctl --failed --plain --no-legend)" ""
		journalctl -b -o cat -u ramdax-mounts.service >/tmp/mounts
		holds "what is missing is said" grep -q '"/srv/absent": its namespace is not there' /tmp/mounts
		fails "what is there is not" grep -q my-images /tmp/mounts
		run 5 ramdax fstab --check
		mount -o remount,dax=never /srv/my-images 2>/dev/null ||
			{ umount /srv/my-images && mount -o dax=never /dev/ramdax/images /srv/my-images; }
		run 5 ramdax fstab --check
		says 'a mount without DAX is told' /tmp/err 'my-images": mounted, but DAX is not active'
		umount /srv/my-images
		systemctl start 'srv-my\x2dimages.mount'

		linked() {
			is "link of $1" "$(cat "/sys/bus/nd/devices/$(nd_of "$2")/alt_name")" "$1"
		}
		# The namespace behind a link, by what the kernel says of the device's number.
		nd_of() {
			_dir=$(readlink -f "/sys/dev/$([ -b "$1" ] && echo block || echo char)/$(
				stat -L -c '%Hr:%Lr' "$1")")
			_dir=${_dir%/block/*}
			case $_dir in */dax*/dax*) _dir=${_dir%/*} ;; esac
			cat "$_dir/namespace" 2>/dev/null || basename "$_dir"
		}
		links() {
			linked images /dev/ramdax/images
			linked "odd name%" '/dev/ramdax/odd\x20name\x25'
			linked guest /dev/ramdax/guest
			is "owner, group and access" "$(stat -L -c '%U %G %a' /dev/ramdax/guest)" \
				"daemon disk 660"
			is "an owner alone is alone" "$(stat -L -c '%U %a' '/dev/ramdax/odd\x20name\x25')" \
				"daemon 600"
			is "none said: the system's" "$(stat -L -c '%U %G %a' /dev/ramdax/images)" \
				"root disk 660"
		}
		links

		if [ ! -e /var/lib/second ]; then
			: >/var/lib/second
			echo kept >/srv/my-images/file
			holds "status says that this boot made it" \
				eval 'ramdax status | grep -q "images *created"'
			holds "and the report says so" grep -q '"state": *"created"' /run/ramdax/report.json
			holds "in the initramfs, as the journal has it" \
				eval 'journalctl -b -u ramdax-initrd.service -o cat | grep -q images'
		else
			is "the warm boot kept what was there" "$(cat /srv/my-images/file)" kept
			holds "and status says so" eval 'ramdax status | grep -q "images *adopted"'
			journalctl -b -1 -o cat >/tmp/before
			holds "the first shutdown unmounted" grep -q 'Unmounted srv-odd' /tmp/before
			fails "and was clean" grep -E 'Failed (un)?mounting|Failed to unmount|target is busy|: Failed with result' \
				/tmp/before

			sed -i '/^name = "guest"/i name = "live"\nmode = "raw"\nsize = "16MiB"\ngroup = "daemon"\naccess = "0640"\nfilesystem = {type = "ext4", mount_point = "/srv/live"}\n[[region.namespace]]' \
				/etc/ramdax/layout.toml
			run 4 ramdax apply
			udevadm settle
			linked live /dev/ramdax/live
			is "as declared" "$(stat -L -c '%U %G %a' /dev/ramdax/live)" "root daemon 640"
			systemctl daemon-reload
			holds "and mounted without a reboot" systemctl start /srv/live
			is "where it says" "$(findmnt -n -o FSTYPE /srv/live)" ext4
			systemctl stop /srv/live
			sed -i '/^name = "live"/,/^\[\[/d' /etc/ramdax/layout.toml
			run 4 ramdax apply --prune
			udevadm settle
			fails "a link goes with its device" test -L /dev/ramdax/live

			# Strangers take the place of what is made anew behind them, and numbers with it.
			umount /srv/my-images '/srv/odd 100%' /mnt
			run 0 ramdax wipe --yes 'odd name%'
			printf 'version = 1\n[[region]]\nname = "ci"\n[[region.namespace]]\nname = "stranger"\nmode = "raw"\nsize = "16MiB"\ncount = 2\n' \
				>/tmp/strangers.toml
			run 0 ramdax --layout /tmp/strangers.toml apply
			before=$(basename "$(readlink -f /dev/ramdax/guest)")
			echo e820_pmem >/sys/bus/platform/drivers/ramdax/unbind
			udevadm settle
			is "no device, no links" "$(ls /dev/ramdax 2>/dev/null)" ""
			run 4 ramdax apply
			udevadm settle
			links
			fails "another number than before" \
				test "$before" = "$(basename "$(readlink -f /dev/ramdax/guest)")"
		fi
	END
	dracut_image trixie "${host_only[@]}"
	vm_ram 4G
	dracut_boot --memmap '514M!4G'
	keep_disk=yes
	dracut_boot --memmap '514M!4G'
}
