#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# RAM that changed between two boots: labels, superblocks. What may be somebody's data is kept.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

# The first boot, whose RAM every test starts from.
setup_file() {
	vm_setup
	vm_ram 2G
	vm_pool 'files 64MiB ext4' 'cache 304MiB xfs' | vm_layout
	vm_script <<-'END'
		run 0 ramdax apply
		places
	END
	vm_boot --memmap "$carveout"
	vm_keep
	cp --sparse=always "$vm_ram_file" "$vm_dir"/{places,sums} \
		"$vm_tree/etc/ramdax/layout.toml" "$BATS_FILE_TMPDIR"
	BATS_TEST_COMPLETED=1 vm_teardown
}

setup() {
	vm_setup
	vm_ram 2G
	cp --sparse=always "$BATS_FILE_TMPDIR/ram" "$vm_ram_file"
	cp "$BATS_FILE_TMPDIR"/{places,sums} "$vm_dir"
	vm_layout <"$BATS_FILE_TMPDIR/layout.toml"
}
teardown() { vm_teardown; }

carveout='393344K!4G'
labels=0x118000000 # its last 128 KiB

# The physical address of the first byte of the file system $1.
data_of() {
	sed -n "s/^place $1 \(0x[^ ]*\) .*/\1/p" "$vm_dir/places"
}

# The second boot, with the script on standard input.
again() {
	vm_script
	vm_boot --memmap "$carveout"
}

@test "one label index is bad: the other is as good" {
	head -c 256 /dev/urandom | vm_poke "$labels"
	again <<-'END'
		run 0 ramdax apply
		is "both are there" "$(namespaces)" 2
		run 0 ramdax apply --boot
		is "adopted" "$(reported files)" adopted
		holds "clean" e2fsck -fn "$(device files)"
	END
}

@test "the whole carveout is lost: made anew" {
	vm_scramble 4G 393344K
	again <<-'END'
		run 0 ramdax apply
		is "both are there" "$(namespaces)" 2
		holds "clean" e2fsck -fn "$(device files)"
	END
}

@test "a file system is gone: that is a conflict" {
	local at
	at=$(data_of files)
	[ "$at" ]
	head -c 64K /dev/zero | vm_poke "$at"
	vm_sums >"$vm_dir/sums"
	again <<-'END'
		run 5 ramdax apply
		says "the message names it" /tmp/err '"files"'
		run 0 ramdax apply --boot
		is "the report says conflict" "$(reported files)" conflict
		is "the other is adopted" "$(reported cache)" adopted
		node=$(device files)
		mv "$node" /dev/away
		run 5 ramdax apply
		says "nor is it there where nobody can look" /tmp/err '"files".*cannot be looked at.*/dev/pmem'
		mv /dev/away "$node"
	END
	vm_kept
}

@test "an xfs that mkfs did not finish is made again, a damaged one is kept" {
	local at
	at=$(data_of cache)
	[ "$at" ]
	printf '\001' | vm_poke "$(printf '0x%x' $((at + 126)))" # sb_inprogress
	again <<-'END'
		run 5 ramdax apply
		holds "the sum that does not fit is why" grep 'cache.*damaged' /tmp/err
		run 5 ramdax plan --check
	END
	vm_peek "$(printf '0x%x' "$at")" 32K >"$vm_dir/superblock"
	python3 - "$vm_dir/superblock" <<-'END'
		import struct, sys
		sector = bytearray(open(sys.argv[1], 'rb').read())
		sector = sector[:struct.unpack_from('>H', sector, 102)[0]]
		crc = 0xffffffff
		for i, byte in enumerate(sector):
		    crc ^= 0 if 224 <= i < 228 else byte
		    for _ in range(8):
		        crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
		struct.pack_into('<I', sector, 224, crc ^ 0xffffffff)
		open(sys.argv[1], 'wb').write(sector)
	END
	vm_poke "$(printf '0x%x' "$at")" <"$vm_dir/superblock"
	again <<-'END'
		run 6 ramdax plan --check
		run 0 ramdax apply
		holds "it is sound" xfs_repair -n "$(device cache)"
		holds "it mounts" mount -t xfs -o dax=always "$(device cache)" /mnt
		umount /mnt
		run 0 ramdax plan --check
	END
}

@test "labels that overlap: the region is left alone, until --recreate" {
	# the second label (slot 1) claims the first one's start, with a checksum that fits
	vm_peek "$labels" 128K >"$vm_dir/labels"
	python3 - "$vm_dir/labels" <<-'END'
		import struct, sys
		area = bytearray(open(sys.argv[1], 'rb').read())
		seq = [struct.unpack_from('<I', area, i * 256 + 0x14)[0] for i in (0, 1)]
		index = 256 if seq[1] == seq[0] % 3 + 1 else 0
		used = [512 + slot * 256 for slot in range(510)
		    if not area[index + 0x48 + slot // 8] >> slot % 8 & 1]
		one, two = used
		area[two + 0x68:two + 0x70] = area[one + 0x68:one + 0x70] # dpa
		area[two + 0xf8:two + 0x100] = bytes(8)
		low = high = 0 # fletcher64
		for word in struct.unpack_from('<64I', area, two):
		    low = (low + word) & 0xffffffff
		    high = (high + low) & 0xffffffff
		struct.pack_into('<Q', area, two + 0xf8, high << 32 | low)
		open(sys.argv[1], 'wb').write(area)
	END
	vm_poke "$labels" <"$vm_dir/labels"
	vm_peek 4G 393344K | sha256sum >"$vm_dir/before"
	again <<-'END'
		run 5 ramdax apply
		says "the message names the region" /tmp/err '"pool"'
		run 0 ramdax apply --boot
		is "the report says conflict" "$(report '.regions[0].state')" conflict
	END
	vm_peek 4G 393344K | sha256sum | diff "$vm_dir/before" -

	again <<-'END'
		run 5 ramdax apply --recreate=files
		run 0 ramdax apply --recreate=pool
		is "both are made anew" "$(namespaces)" 2
		holds "clean" e2fsck -fn "$(device files)"
		run 0 ramdax plan --check
	END
}

# In $vm_dir/labels, the label area: a bad checksum for the label of $1, or another cookie.
damage_label() {
	vm_peek "$labels" 128K >"$vm_dir/labels"
	python3 - "$vm_dir/labels" "$@" <<-'END'
		import struct, sys
		path, name, what = sys.argv[1:]
		area = bytearray(open(path, 'rb').read())
		at = next(512 + slot * 256 for slot in range(510)
		    if area[512 + slot * 256 + 16:].startswith(name.encode() + b'\0'))
		if what == 'checksum':
		    area[at + 0xf8] ^= 1
		else:
		    area[at + 0x58] ^= 1 # cookie
		    area[at + 0xf8:at + 0x100] = bytes(8)
		    low = high = 0
		    for word in struct.unpack_from('<64I', area, at):
		        low = (low + word) & 0xffffffff
		        high = (high + low) & 0xffffffff
		    struct.pack_into('<Q', area, at + 0xf8, high << 32 | low)
		open(path, 'wb').write(area)
	END
	vm_poke "$labels" <"$vm_dir/labels"
}

@test "damaged labels: shown, their place is taken, cleared with the region only" {
	local what
	for what in checksum cookie; do
		cp --sparse=always "$BATS_FILE_TMPDIR/ram" "$vm_ram_file"
		damage_label files $what
		again <<-END
			run 0 ramdax apply --boot
			is "the status is 5" "\$(report .status)" 5
			is "'files' is a conflict" "\$(reported files)" conflict
			is "'cache' is adopted" "\$(reported cache)" adopted
			run 5 ramdax apply
			says "the message says why" /tmp/err '"files".*$what'
			is "nothing was made" "\$(namespaces)" 1
			is "a second time it writes nothing" "\$(writes ramdax apply)" ""
			sed 's/"files"/"other"/' -i /etc/ramdax/layout.toml
			mv /dev/nmem0 /dev/away
			run 5 ramdax apply
			says "without the label area nobody knows what is free" /tmp/err 'cannot be read.*/dev/nmem0'
			is "nothing was made then" "\$(namespaces)" 1
			mv /dev/away /dev/nmem0
			run 5 ramdax apply
			says "its place is not given away" /tmp/err 'no room.*"other".*"files" \\('
			is "it is foreign" "\$(status_of files state)" foreign
			is "and it is said why" "\$(status_of files reason | grep -c $what)" 1
			ramdax export >/tmp/exported
			says "export leaves it out, and says why" /tmp/exported 'left out: .*$what'
			is "its name is not exported" "\$(grep -c '"files"' /tmp/exported)" 0
			run 5 ramdax apply --prune
			run 5 ramdax apply --recreate=other
			is "still there is one" "\$(namespaces)" 1
		END
		vm_kept
	done
	again <<-'END'
		sed 's/"files"/"other"/' -i /etc/ramdax/layout.toml
		run 0 ramdax apply --recreate=pool
		is "with the region it is made" "$(namespace other mode)" fsdax
		is "'cache' is still there" "$(namespace cache mode)" fsdax
		run 0 ramdax plan --check
	END
	diff <(vm_sums | grep ' cache ') <(grep ' cache ' "$vm_dir/sums")
}
