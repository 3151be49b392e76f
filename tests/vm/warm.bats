#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A warm reset: the RAM is as it was, and what is in it stays. Changed layouts, conflicts, and
# power that goes at a bad moment.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

four_modes() {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "kept"
		[[region.namespace]]
		name = "files"
		size = "64MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "64MiB"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "32MiB"
		[[region.namespace]]
		name = "plain"
		mode = "raw"
		size = "16MiB"
	END
}

# Fills what four_modes declares, and says where it is.
fill='
	mount -t ext4 -o dax=always "$(device files)" /mnt
	head -c 1000000 /dev/urandom >/mnt/file
	umount /mnt
	head -c 1000000 /dev/urandom | daxio write "$(device memory)" 4096 1000000
	head -c 1000000 /dev/urandom | dd of="$(device sectors)" bs=4096 conv=fsync 2>/dev/null
	head -c 1000000 /dev/urandom | dd of="$(device plain)" bs=4096 conv=fsync 2>/dev/null
	places
'

@test "everything is adopted, byte for byte" {
	four_modes
	vm_ram 2G
	vm_script <<-END
		run 0 ramdax apply
		$fill
	END
	vm_boot --memmap '262272K!4G'
	vm_keep
	[ "$(wc -l <"$vm_dir/places")" -eq 4 ]

	vm_script <<-'END'
		run 0 ramdax apply --boot
		document status /run/ramdax/report.json
		is "the status is 0" "$(report .status)" 0
		judge 0
		ramdax-verify --openmetrics >/tmp/metrics
		says "metrics have the boot" /tmp/metrics '^ramdax_namespaces_adopted 4$'
		says "and capacities" /tmp/metrics '^ramdax_region_capacity_bytes.* 268435456$'
		for name in files memory sectors plain; do
			is "'$name' was adopted" "$(reported $name)" adopted
		done
		is "nothing is written afterwards" "$(writes ramdax apply)" ""
		holds "the file system mounts" \
			mount -t ext4 -o ro,dax=always "$(device files)" /mnt
		is "and has the file" "$(stat -c %s /mnt/file)" 1000000
		umount /mnt
	END
	vm_boot --memmap '262272K!4G'
	vm_kept
	vm_documents 1
}

@test "what differs is kept and reported; one more is made, one less is left alone" {
	four_modes
	vm_ram 2G
	vm_script <<-END
		run 0 ramdax apply
		$fill
	END
	vm_boot --memmap '262272K!4G'
	vm_keep

	vm_script <<-'END'
		cp /etc/ramdax/layout.toml /tmp/good
		sed -i 's/"plain"/"fresh"/' /etc/ramdax/layout.toml
		run 6 ramdax plan --check
		run 0 ramdax apply
		judge 0 'plain +undeclared'
		is "the new one is there" "$(namespace fresh mode)" raw
		is "the old one too" "$(namespace plain mode)" raw
		is "and the rest" "$(namespaces)" 5
		run 0 ramdax plan --check

		cp /tmp/good /etc/ramdax/layout.toml
		sed -i '/name = "memory"/,/size/s/64MiB/96MiB/' /etc/ramdax/layout.toml
		run 5 ramdax plan --check
		ramdax plan --json >/tmp/out
		document plan /tmp/out
		run 5 ramdax apply
		says "the message names it" /tmp/err '"memory"'
		judge 5 'memory +different .*its device offers'
		ramdax-verify --json >/tmp/out
		document verify /tmp/out
		is "a second time it writes nothing" "$(writes ramdax apply)" ""
		sed 's/type = "ext4"/type = "ext2"/' /tmp/good >/etc/ramdax/layout.toml
		run 5 ramdax apply
		says "the message names the file system" /tmp/err 'ext4'
		judge 5 'files +different .*its contents are ext4, not ext2'
		head -n -4 /tmp/good >/etc/ramdax/layout.toml # all but "plain"
		cat >>/etc/ramdax/layout.toml <<-'LAYOUT'
			[[region.namespace]]
			name = "plain"
			mode = "sector"
			size = "24MiB"
			[[region.namespace]]
			name = "new"
			mode = "raw"
			size = "4MiB"
		LAYOUT
		judge 5 'new +absent'
		run 0 ramdax apply --boot
		judge 5 'plain +different .*mode is raw, not sector'
		document status /run/ramdax/report.json
		is "the report has the status" "$(report .status)" 5
		is "and the conflict" "$(reported plain)" conflict
		is "the rest is done" "$(reported new)" created
	END
	vm_boot --memmap '262272K!4G'
	vm_kept
	vm_documents 3
}

@test "interrupted by a power cut, the next boot finishes" {
	four_modes
	local delays=(0.2 0.8) delay
	[ -z "${RAMDAX_LONG-}" ] || mapfile -t delays < <(seq 0 0.07 4)
	for delay in "${delays[@]}"; do
		vm_ram 2G
		vm_scramble 4G 16M
		vm_script <<-'END'
			ok "begun"
			ramdax apply
			sleep 600
		END
		vm_boot --memmap '262272K!4G' --kill-at 'begun' --kill-after "$delay"
		vm_script <<-'END'
			run 0 ramdax apply
			is "there are four namespaces" "$(namespaces)" 4
			holds "the file system is clean" e2fsck -fn "$(device files)"
			is "nothing half-made is left" "$(scaffolds)" ""
			run 0 ramdax plan --check
		END
		vm_boot --memmap '262272K!4G'
	done
}

@test "a scaffold somebody left is remade" {
	four_modes
	vm_ram 2G
	vm_script <<-'END'
		echo ramdax >/sys/devices/platform/e820_pmem/driver_override
		modprobe -a nd_pmem ramdax
		cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
		cd /sys/bus/nd/devices/"$(cat /sys/bus/nd/devices/region0/namespace_seed)"
		printf %s .ramdax-files >alt_name
		cat /proc/sys/kernel/random/uuid >uuid
		echo $((80 << 20)) >size
		echo 1 >force_raw
		holds "a scaffold is in the way" grep -qx .ramdax-files alt_name
		cd /
		judge 4 'ramdax-files +different .*never finished'
		run 0 ramdax apply
		is "there are four namespaces" "$(namespaces)" 4
		is "it is gone" "$(scaffolds)" ""
		run 0 ramdax plan --check
	END
	vm_boot --memmap '262272K!4G'
}

@test "what somebody took from its driver only is brought up again" {
	four_modes
	vm_ram 2G
	vm_script <<-END
		run 0 ramdax apply
		$fill
		cd /sys/bus/nd/drivers
		for each in nd_pmem/pfn* nd_pmem/btt* dax_pmem/dax*; do
			echo "\${each#*/}" >"\${each%/*}/unbind"
			holds "\${each#*/} has no driver" test ! -e "\$each"
		done
		cd /
		run 0 ramdax apply
		run 0 ramdax plan --check
	END
	vm_boot --memmap '262272K!4G'
	vm_keep
	vm_script <<-'END'
		run 0 ramdax apply
	END
	vm_boot --memmap '262272K!4G'
	vm_kept
}
