#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From one owner to the next: wipe, scrub, and what the RAM held before, which is nobody's to read,
# whatever interrupts the zeroing.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_pool 'files 32MiB ext4' 'block 32MiB fsdax' 'memory 32MiB devdax' 'sectors 32MiB sector' \
		'plain 32MiB raw' | vm_layout
}
teardown() { vm_teardown; }

# For the guest: a tenant, who leaves something in each.
tenants='
	all="block memory sectors plain"
	move_in() {
		mount -t ext4 "$(device files)" /mnt
		yes "tenant secret" | head -c 8000000 >/mnt/file
		umount /mnt
		yes "tenant secret" | head -c 30000000 >/tmp/secret
		for name in $all; do
			if [ -b "$(device $name)" ]; then
				dd if=/tmp/secret of="$(device $name)" bs=1M conv=fsync status=none
			else
				daxio write "$(device $name)" 0 30000000 </tmp/secret
			fi
			holds "the tenant is in \"$name\"" eval "contents \"\$(device $name)\" | grep -qaF secret"
		done
	}
	# what the kernel says of each that must stay
	shapes() {
		ndctl list -N -v | jq -S "[.[] | {name, mode, map, size, raw_uuid, uuid, align, sector_size}] | sort_by(.name)"
	}
	is_empty() {
		is "\"$1\" is all zeros" "$(contents "$(device "$1")" | tr -d "\0" | wc -c)" 0
	}
'

@test "scrub: every mode is empty, and still there" {
	vm_script <<-END
		$tenants
		run 0 ramdax apply
		move_in
		shapes >/tmp/before
		uuid=\$(blkid -p -s UUID -o value "\$(device files)")
		run 2 ramdax scrub
		run 2 ramdax scrub blok
		says "the message knows better" /tmp/err 'did you mean "block"'
		run 0 ramdax scrub files memory plain
		fails "the file system is gone" blkid -p "\$(device files)"
		is_empty files
		is_empty memory
		is_empty plain
		holds "others are as they were" eval 'contents "\$(device block)" | grep -qaF secret'
		run 6 ramdax plan --check
		is "status says why" "\$(status_of files scrubbed)" true
		run 0 ramdax scrub pool
		for name in files \$all; do
			is_empty \$name
		done
		shapes >/tmp/after
		is "all are what they were" "\$(cat /tmp/after)" "\$(cat /tmp/before)"
		run 0 ramdax apply --no-format
		is "without formatting, that it was scrubbed is kept" "\$(status_of files scrubbed)" true
		run 0 ramdax apply
		holds "there is a new file system" e2fsck -fn "\$(device files)"
		is "with the same UUID" "\$(blkid -p -s UUID -o value "\$(device files)")" "\$uuid"
		run 0 ramdax plan --check

		# what somebody has written since then is not taken for what was scrubbed
		run 0 ramdax scrub files
		dd if=/tmp/secret of="\$(device files)" bs=1M count=1 seek=20 conv=fsync status=none
		is "status sees it" "\$(status_of files scrubbed)" ""
		run 5 ramdax plan --check
		run 5 ramdax apply
		says "it is kept, and said what can be done" /tmp/err '"files" was kept.*no file system.*--recreate=files'
		holds "it is there" eval 'contents "\$(device files)" | grep -qaF secret'
		run 5 ramdax apply
		run 0 ramdax scrub files
		run 0 ramdax apply

		# a file system that somebody else took away is a conflict as ever
		dd if=/dev/zero of="\$(device files)" bs=64K count=1 conv=fsync status=none
		run 5 ramdax apply
		run 0 ramdax apply --recreate=files

		move_in
		mount -t ext4 "\$(device files)" /mnt
		memory=\$(device memory)
		sleep 1000 <"\$memory" &
		sleeper=\$!
		until [ "\$(readlink /proc/\$sleeper/fd/0)" = "\$memory" ]; do sleep 0.1; done
		run 5 ramdax scrub files memory block
		says "what is mounted is kept" /tmp/err '"files".*mounted on /mnt'
		says "what is open is kept" /tmp/err '"memory".*in use'
		is_empty block
		holds "it is mounted still" cmp -n 8000000 /mnt/file /tmp/secret
		holds "and open" eval 'contents "\$(device memory)" | grep -qaF secret'
		run 5 ramdax wipe --yes --zero
		holds "nor wiped" cmp -n 8000000 /mnt/file /tmp/secret
		is "those two are left" "\$(namespaces)" 2
		kill \$sleeper
		umount /mnt
		run 0 ramdax apply
		run 0 ramdax plan --check
	END
	vm_boot --memory 3G --memmap '263M!4G'
}

@test "wipe: with and without the contents, and without being asked" {
	vm_script <<-END
		$tenants
		run 0 ramdax apply
		move_in
		places >/tmp/places
		run 2 ramdax wipe
		run 2 ramdax wipe --yes nobody
		cp /etc/ramdax/layout.toml /tmp/layout
		chmod 666 /tmp/layout
		run 3 ramdax wipe --yes --layout /tmp/layout
		run 3 ramdax apply --layout /tmp/layout
		is "nothing was wiped" "\$(namespaces)" 5
		asked() { ramdax udev "\$(readlink -f "/sys/class/block/\$(basename "\$(device plain)")" |
			sed 's,^/sys,,')" 2>/dev/null | sort; }
		is "udev is told who owns it" "\$(asked)" \
			"\$(printf 'RAMDAX_DECLARED=1\nRAMDAX_NAME=plain')"
		chmod 666 /etc/ramdax/layout.toml
		is "but not by such a layout" "\$(asked)" RAMDAX_NAME=plain
		chmod 644 /etc/ramdax/layout.toml
		run 0 ramdax wipe --yes plain
		is "one is gone" "\$(namespaces)" 4
		run 0 ramdax wipe --yes plain
		run 0 ramdax wipe --yes
		is "all are gone" "\$(namespaces)" 0
		is "nothing half-made is left" "\$(scaffolds)" ""

		# The same places, taken raw by somebody who trusts signatures: none are left.
		modprobe nd_pmem
		holds "another takes the memory" ndctl create-namespace -r region0 -m raw
		fails "no file system, no info block" blkid -p /dev/pmem0
		is "and none further on" "\$(grep -caF NVDIMM_PFN_INFO /dev/pmem0)" 0
		is "nor a BTT" "\$(grep -caF BTT_ARENA_INFO /dev/pmem0)" 0
		holds "but contents, as documented" grep -qaF secret /dev/pmem0
		ndctl destroy-namespace -f all

		run 0 ramdax apply
		move_in
		run 0 ramdax wipe --yes --zero pool
		is "all are gone again" "\$(namespaces)" 0
		holds "another takes the memory" ndctl create-namespace -r region0 -m raw
		fails "no contents are left" grep -qaF secret /dev/pmem0
	END
	vm_boot --memory 3G --memmap '263M!4G'
}

@test "export: what ndctl made comes back the same" {
	vm_script <<-'END'
		modprobe -a nd_pmem dax_pmem device_dax nd_btt ext4 xfs
		echo ramdax >/sys/bus/platform/devices/e820_pmem/driver_override
		modprobe ramdax
		cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
		make() {
			holds "'$1' is made" ndctl create-namespace -r region0 -n "$@"
		}
		make files -m fsdax -s 64M
		make tree -m fsdax -s 352M
		make host -m fsdax -s 64M -M mem
		make guest -m devdax -s 64M
		make small -m devdax -s 64M -M mem -a 4096
		make sectors -m sector -s 64M
		make narrow -m sector -s 64M -l 512
		make plain -m raw -s 64M
		mkfs.ext4 -q -b 4096 -L images "$(device files)"
		mkfs.xfs -q "$(device tree)"
		mkfs.vfat -n SAFE "$(device sectors)" >/dev/null

		shapes() {
			ndctl list -N -v | jq -S '[.[] | {name, mode, map, size, raw_uuid: (.raw_uuid // .uuid), align, sector_size}] | sort_by(.name)'
			for name in files tree sectors; do
				blkid -p -s TYPE -s UUID -s LABEL -o value "$(device $name)"
			done
		}
		shapes >/tmp/before
		run 0 ramdax export
		is "nothing stands against it" "$(cat /tmp/err)" ""
		mkdir -p /etc/ramdax
		cp /tmp/out /etc/ramdax/layout.toml
		run 0 ramdax check
		run 0 ramdax plan --check
		is "apply writes nothing" "$(writes ramdax apply)" ""
		run 0 ramdax wipe --yes --zero
		is "all are gone" "$(namespaces)" 0
		run 0 ramdax apply
		shapes >/tmp/after
		is "all are what they were" "$(cat /tmp/after)" "$(cat /tmp/before)"
		run 0 ramdax plan --check
		run 0 ramdax export
		is "and exported the same" "$(cat /tmp/out)" "$(cat /etc/ramdax/layout.toml)"

		holds "a name that no layout has" ndctl create-namespace -r region0 -n "a/b" -m raw -s 16M
		run 0 ramdax export
		says "is made valid" /tmp/out '^name = "a_b"'
		says "and told" /tmp/out '^# its name is "a/b"'
		cp /tmp/out /tmp/layout
		run 0 ramdax plan --check --layout /tmp/layout
	END
	rm -f "$vm_tree/etc/ramdax/layout.toml"
	vm_boot --memory 4G --memmap '1025M!4G'
}
