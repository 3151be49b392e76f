# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables of lib.bash
#
# What every distribution shall do with the same layout and the same fstab, cold and warm:
# whole_life SUITE GENERATOR, or in parts.

whole_life_files() {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "main"
		required = true
		[[region.namespace]]
		name = "images"
		size = "256MiB"
		required = true
		[region.namespace.filesystem]
		type = "ext4"
		label = "images"
		[[region.namespace]]
		name = "pool"
		size = "320MiB"
		[region.namespace.filesystem]
		type = "xfs"
		label = "pool"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "64MiB"
		[[region.namespace]]
		name = "log"
		mode = "sector"
		size = "64MiB"
		filesystem.type = "ext4"
		filesystem.label = "log"
	END
	distro_file /etc/fstab <<-'END'
		UUID=aeaa7d06-fa4f-5d63-a5cd-5d3094daf764 /srv/images ext4 dax=always,nofail 0 2
		UUID=5077dc08-944b-59b4-be81-6ad49a3e0d8d /srv/pool xfs dax=always,nofail 0 2
		LABEL=log /srv/log ext4 nofail 0 2
	END
}

# boot_says STATE [UNIT], more of the script on standard input: what is true after every boot, by those
# who do not know ramdax. No unit has failed but that one.
boot_says() {
	{
		echo "state=$1 unit=${2-}"
		cat <<-'END'
			is "the boot completed, with the units that may have failed" \
				"$booted $(systemctl --failed --plain --no-legend | cut -d ' ' -f 1 | xargs)" \
				"$([ "$unit" ] && echo degraded || echo running) $unit"
			is "the kernel has the line that was stored" "$(grep -o 'memmap=[^ ]*' /proc/cmdline)" \
				"$(sed -n s/^cmdline=//p /var/lib/ramdax/cmdline)"
			is "ramdax has the carveout" "$(driver)" ramdax
			is "nd_e820 has nothing" "$(bound_to e820_pmem)" ""
			ndctl list -RNv >/tmp/ndctl
			is "one region" "$(jq -r '.regions | length' /tmp/ndctl)" 1
			is "each namespace has its mode and no less than its size" \
				"$(jq -r '.regions[0].namespaces | sort_by(.name)[] |
					"\(.name) \(.mode) \(.size / 1048576 | floor)M"' /tmp/ndctl)" \
				"guest devdax 64M
			images fsdax 256M
			log sector 64M
			pool fsdax 320M"
			is "and its UUID" \
				"$(jq -r '.regions[0].namespaces[] | select(.name == "images") | .raw_uuid' /tmp/ndctl)" \
				2f62bc6e-b3ce-5422-ae6e-0bda41420139
			is "the report says what was done" "$(report .status) $(report \
				'[.regions[0].namespaces[] | "\(.name) \(.state)"] | sort | join(", ")')" \
				"0 guest $state, images $state, log $state, pool $state"
			holds "and the journal says that the initramfs did it" \
				eval 'journalctl -b | grep -q "ramdax: bound device"'
			journalctl -b -t ramdax -o json RAMDAX_STATE=$state >/tmp/entries
			is "and has an entry for each namespace" \
				"$(jq -r .RAMDAX_NAMESPACE /tmp/entries | sort | xargs)" "guest images log pool"
			id=$(jq -r .MESSAGE_ID /tmp/entries | sort -u)
			holds "which its catalog explains" \
				eval 'journalctl --list-catalog $id | grep -q "^$id ramdax: Namespace"'
			is "the kernel log has one line for all" "$(dmesg | grep -c 'ramdax: 1 region, 4 namespaces: ')" 1
			findmnt -r -n -o TARGET,FSTYPE,LABEL,UUID | grep ^/srv | sort >/tmp/mounts
			is "fstab's mounts are there" "$(cat /tmp/mounts)" \
				"/srv/images ext4 images aeaa7d06-fa4f-5d63-a5cd-5d3094daf764
			/srv/log ext4 log 6b57b7aa-e0ee-5683-8992-8b945dd764bb
			/srv/pool xfs pool 5077dc08-944b-59b4-be81-6ad49a3e0d8d"
			is "with DAX where it is fsdax" "$(sed -n 's,^[^ ]* \(/srv/[^ ]*\) .*dax=always.*,\1,p' \
				/proc/mounts | sort | xargs)" "/srv/images /srv/pool"
			is "it is of the same program and layout as the initramfs" \
				"$(report '[.image.program == .program, .image.outdated, .layout.resolved == .image.resolved] | tostring')" \
				'[true,false,true]'
			run 0 ramdax check --machine
			is "which finds nothing to warn of" "$(cat /tmp/out /tmp/err)" ""
			run 0 ramdax plan --check
			systemctl start systemd-hibernate.service >/tmp/out 2>&1
			is "and the machine does not hibernate" \
				"$(systemctl show -P AssertResult systemd-hibernate.service)" no
		END
		cat
	} | vm_script
}

# For the end of the first script: writes what the second one, after whatever keeps RAM, looks for.
first_boot() {
	cat <<-'END'
		holds "and what it made" eval 'journalctl -b | grep -q "ramdax: created.*images"'
		for mount in images pool log; do
			is "nothing is in $mount" "$(find /srv/$mount -mindepth 1 ! -name lost+found)" ""
			echo precious >/srv/$mount/file
		done
		holds "written to guest" eval 'echo precious | daxio write "$(device guest)" 0 9'
	END
}

second_boot() {
	cat <<-'END'
		for mount in images pool log; do
			is "$mount has what it had" "$(cat /srv/$mount/file)" precious
		done
		is "guest has what it had" "$(daxio read "$(device guest)" 0 8)" precious
	END
}

whole_life() {
	whole_life_files
	distro_install "$1" "$2"

	vm_ram 4G
	first_boot | boot_says created
	distro_boot
	stopped_cleanly

	second_boot | boot_says adopted
	distro_boot
	stopped_cleanly
}

# Nothing of the last shutdown failed.
stopped_cleanly() {
	! grep -aE 'Failed (to )?(unmount|stop)|BUG:|Oops' "$vm_dir/console"
}
