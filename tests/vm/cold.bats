#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A power cycle: nothing is there, everything the layout declares comes to be, and what the RAM
# held before is nobody's to read.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

@test "every mode and every file system, by ndctl, blkid, fsck and mount" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "all"
		[[region.namespace]]
		name = "images"
		size = "128MiB"
		[region.namespace.filesystem]
		type = "ext4"
		label = "images"
		[[region.namespace]]
		name = "cache"
		size = "304MiB"
		[region.namespace.filesystem]
		type = "xfs"
		[[region.namespace]]
		name = "old"
		size = "32MiB"
		[region.namespace.filesystem]
		type = "ext2"
		[[region.namespace]]
		name = "tree"
		size = "128MiB"
		[region.namespace.filesystem]
		type = "btrfs"
		[[region.namespace]]
		name = "safe"
		mode = "sector"
		size = "64MiB"
		[region.namespace.filesystem]
		type = "vfat"
		label = "SAFE"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "64MiB"
		[[region.namespace]]
		name = "plain"
		mode = "raw"
		size = "20MiB"
	END
	mkdir -p "$vm_tree"/guest/{examples,desk/captured}
	for page in man/{ramdax,ramdax-gen-cmdline,ramdax-verify}.8 doc/runbook.md; do
		"$vm_root/tests/docs/examples" "$vm_root/$page" "$vm_tree/guest/examples" "${page##*/}."
	done
	printf '#!/bin/sh\n' | vm_file /usr/sbin/systemctl 755 # systemd: tests/dracut/system.bats
	cp -a "$vm_root/tests/machines/cold-7.3.4" "$vm_tree/guest/desk/captured/host7"
	cp "$vm_tree/etc/ramdax/layout.toml" "$vm_tree/guest/desk/new.toml"
	vm_script <<-'END'
		run 0 ramdax check
		run 0 ramdax plan
		modprobe -a nd_pmem ramdax
		judge 4 'region "all": absent'
		run 0 ramdax plan --json
		document plan /tmp/out
		run 0 ramdax apply
		document status /run/ramdax/report.json
		run 0 ramdax-verify --json
		document verify /tmp/out
		is "there are seven namespaces" "$(namespaces)" 7
		judge 0 '7 declared: 7 equal'
		says "and of which medium they are" /tmp/verdict 'the medium is RAM'

		found() { # NAME MODE BYTES
			is "'$1' is $2" "$(namespace "$1" mode)" "$2"
			at_least "'$1' is as large as declared" "$(device_size "$(device "$1")")" "$3"
		}
		found images fsdax 134217728
		found cache fsdax 318767104
		found old fsdax 33554432
		found tree fsdax 134217728
		found safe sector 67108864
		found guest devdax 67108864
		found plain raw 20971520
		is "fsdax keeps its page map on the device" "$(namespace images map)" dev
		is "devdax keeps its page map in memory" "$(namespace guest map)" mem
		is "sectors are 4 KiB" "$(namespace safe sector_size)" 4096

		filesystem() { # NAME TYPE
			is "'$1' holds $2" "$(blkid -p -s TYPE -o value "$(device "$1")")" "$2"
		}
		filesystem images ext4
		filesystem cache xfs
		filesystem old ext2
		filesystem tree btrfs
		filesystem safe vfat
		is "'plain' holds nothing" "$(blkid -p "$(device plain)")" ""

		is "the label's UUID is the derived one" "$(namespace images raw_uuid)" \
			2f62bc6e-b3ce-5422-ae6e-0bda41420139
		is "the file system's UUID is the derived one" \
			"$(blkid -p -s UUID -o value "$(device images)")" aeaa7d06-fa4f-5d63-a5cd-5d3094daf764
		is "the file system's label is the declared one" \
			"$(blkid -p -s LABEL -o value "$(device images)")" images
		is "so is vfat's" "$(blkid -p -s LABEL -o value "$(device safe)")" SAFE
		is "vfat's sectors are the BTT's" \
			"$(od -An -tu2 -j11 -N2 "$(device safe)" | tr -d ' ')" 4096

		modprobe -a vfat nls_cp437 nls_ascii nls_utf8 2>/dev/null
		use() { # NAME TYPE [OPTIONS]
			holds "'$1' mounts as $2 ${3:+with $3}" \
				mount -t "$2" -o "${3:-rw}" "$(device "$1")" /mnt
			[ -z "$3" ] || holds "DAX is on" grep -q "/mnt $2.*$3" /proc/mounts
			holds "and can be written" eval 'echo hello > /mnt/file && sync'
			[ -z "$3" ] || run 0 ramdax status --json
			[ -z "$3" ] || document status /tmp/out
			holds "and is done with" umount /mnt
		}
		use images ext4 dax=always
		use cache xfs dax=always
		use old ext2
		use tree btrfs
		use safe vfat
		holds "e2fsck finds ext4 clean" e2fsck -fn "$(device images)"
		holds "e2fsck finds ext2 clean" e2fsck -fn "$(device old)"
		holds "xfs_repair finds xfs clean" xfs_repair -n "$(device cache)"
		holds "btrfs check finds btrfs clean" btrfs check "$(device tree)"
		holds "fsck finds vfat clean" fsck.vfat -n "$(device safe)"
		holds "device DAX can be written" \
			eval 'echo hello | daxio write "$(device guest)" 1048576 6'
		is "and read" "$(daxio read "$(device guest)" 1048576 6)" hello

		cd /guest/desk
		mkdir -p /var/lib/prometheus/node-exporter
		# kexec.bats does those with kexec, and there is no journal here.
		for example in $(grep -LE 'kexec|journalctl' /guest/examples/*); do
			holds "the example ${example##*/} works" sh -e "$example"
		done
		is "as does that for a device" "$(sh "$(grep -l '"guest"' /guest/examples/*)")" "$(device guest)"
		says "and that for metrics" /var/lib/prometheus/node-exporter/ramdax.prom \
			'^ramdax_namespaces_equal 7$'
		cd /tmp
		run 0 ramdax plan --check
		is "a second apply writes nothing" "$(writes ramdax apply)" ""
		run 0 ramdax apply
		run 0 ramdax status
		is "status has all of them" \
			"$(ramdax status --json | jq '[.regions[].namespaces[].name] | length')" 7
		is "status gives the kernel's size" "$(status_of guest size)" \
			"$(device_size "$(device guest)")"
		is "status knows the device" "/dev/$(status_of images device | sed 's,/dev/,,')" \
			"$(device images)"
	END
	vm_boot --memmap '1048704K!4G' --memory 3G
	vm_documents 5
}

@test "what a previous owner left in the RAM neither disturbs nor can be read" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "shared"
		[[region.namespace]]
		name = "known"
		mode = "raw"
		size = "16MiB"
		scrub = false
		[[region.namespace]]
		name = "block"
		size = "32MiB"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "32MiB"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "32MiB"
		[[region.namespace]]
		name = "files"
		size = "32MiB"
		filesystem.type = "ext4"
	END
	vm_script <<-'END'
		run 0 ramdax apply
		is "there are five namespaces" "$(namespaces)" 5
		for name in block memory sectors; do
			is "'$name' is all zeroes" \
				"$(contents "$(device $name)" | tr -d '\0' | wc -c)" 0
		done
		holds "the file system is clean" e2fsck -fn "$(device files)"
		fails "nothing else is in it" \
			eval 'contents "$(device files)" | grep -qaF "tenant secret"'
		holds "scrub = false leaves it" \
			eval 'contents "$(device known)" | grep -qaF "tenant secret"'
		run 0 ramdax plan --check
	END
	vm_ram 2G
	yes 'tenant secret' | head -c $((160 * MIB)) | vm_poke 4G
	vm_scramble 0x108000000 36M
	vm_boot --memmap '164M!4G'
}

@test "64 namespaces" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "many"
		[[region.namespace]]
		name = "n"
		size = "14MiB"
		count = 64
	END
	vm_script <<-'END'
		run 0 ramdax apply
		is "there are 64 namespaces" "$(namespaces)" 64
		is "all are fsdax of the declared size" "$(ndctl list -N |
			jq '[.[] | select(.mode == "fsdax" and .size == 14680064)] | length')" 64
		is "named one by one" "$(ndctl list -N | jq -r '.[].name' | sort -V | tail -n 1)" n-63
		run 0 ramdax plan --check
	END
	vm_boot --memory 3G --cpus 2 --memmap '1048704K!4G'
}

@test "file systems are made at the same time" {
	vm_pool 'one 62MiB ext4' 'two 62MiB ext4' | vm_layout
	vm_script <<-'END'
		holds "apply" strace -f -qq -o /tmp/trace -e trace=openat ramdax apply
		is "each through a loop device of its own" \
			"$(grep -o '"/dev/loop[0-9]*"' /tmp/trace | sort -u | tr '\n' ' ')" \
			'"/dev/loop0" "/dev/loop1" '
		run 0 ramdax plan --check
	END
	vm_boot --cpus 2 --memmap '131200K!4G'
}
