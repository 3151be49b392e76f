#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the RAM held before: nobody reads it, whatever interrupts the zeroing, and file systems made
# over it survive a crash.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

bats_require_minimum_version 1.5.0
load lib
setup() {
	vm_setup
	vm_pool 'block 32MiB fsdax' 'memory 32MiB devdax' 'sectors 32MiB sector' 'plain 32MiB raw' |
		vm_layout
}
teardown() { vm_teardown; }

plant() {
	vm_ram 2G
	yes 'tenant secret' | head -c $((150 * MIB)) | vm_poke 4G
}

@test "the guest is killed while the RAM is being zeroed" {
	vm_script <<-'END'
		# Slowed down, so that it can be seen at work.
		exec >/dev/ttyS1
		strace -f -qq -o /dev/null -e trace=pwrite64 -e inject=pwrite64:delay_exit=200000 \
			ramdax apply &
		until [ -b /dev/pmem0 ]; do sleep 0.1; done
		sleep 2
		echo "zeroing now"
		wait
	END
	plant
	vm_boot --memmap '150M!4G' --kill-at 'zeroing now'
	# It was at work, and not done.
	run ! vm_find 'tenant secret' 4G 1M
	vm_find 'tenant secret' 0x108000000 16M

	vm_script <<-'END'
		run 0 ramdax apply
		is "there are four namespaces" "$(namespaces)" 4
		is "nothing half-made is left" "$(scaffolds)" ""
		for name in block memory sectors plain; do
			is "'$name' is all zeros" "$(contents "$(device $name)" | tr -d '\0' | wc -c)" 0
		done
		run 0 ramdax plan --check
	END
	vm_boot --memmap '150M!4G'
}

@test "memory that fails while it is zeroed: that namespace is not published, the rest goes on" {
	vm_script <<-'END'
		# Which of the writes is the 9th of 4 MiB, or all of them but the page that marks the region:
		# into the second namespace, in the order of the layout.
		strace -f -qq -o /tmp/trace -e trace=pwrite64 ramdax apply
		n=$(grep -nE ', 419(4304|0208), ' /tmp/trace | sed -n '9s/:.*//p')
		at_least "the RAM was zeroed in pieces" "$(grep -cE ', 419(4304|0208), ' /tmp/trace)" 32
		is "by one process" "$(cut -d ' ' -f 1 /tmp/trace | sort -u | wc -l)" 1
		ndctl destroy-namespace -f all >/dev/null 2>&1

		# It fails, and so does the first of its pages.
		strace -f -qq -o /dev/null -e trace=pwrite64 -e "inject=pwrite64:error=EIO:when=$n..$((n + 1))" \
			ramdax apply >/tmp/out 2>/tmp/err
		is "the failure has its status" $? 1
		says "the message names the namespace and the address" /tmp/err 'memory.* 0x[0-9a-f]{9}'
		says "and what to do about memory that fails" /tmp/err \
			'namespace "memory".*; see what "dmesg" says of the memory; replace it, or give region "pool" another address'
		is "it is not there" "$(namespace memory mode)" ""
		for name in block sectors plain; do
			is "'$name' is" "$(namespace $name mode | wc -l)" 1
		done
		run 0 ramdax apply
		is "with sound memory it is" "$(namespace memory mode)" devdax
		is "nothing half-made is left" "$(scaffolds)" ""
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap '150M!4G'
}

@test "ext4 and xfs over old ones survive a crash" {
	vm_pool 'journal 64MiB ext4 scrub=false survives="none"' \
		'tree 320MiB xfs scrub=false survives="none"' | vm_layout
	# A first life leaves many blocks that bear the file systems' UUIDs and late log positions.
	vm_script <<-'END'
		modprobe -a ext4 xfs
		run 0 ramdax apply
		work() {
			mkdir -p /tmp/journal /tmp/tree
			for name in journal tree; do
				mount "$(device $name)" /tmp/$name
			done
			for i in $(seq "$1" "$2"); do
				for name in journal tree; do
					mkdir -p /tmp/$name/d$i
					echo "$1 $i" >/tmp/$name/d$i/file
				done
			done
		}
		uuid() { blkid -p -s UUID -o value "$(device $1)"; }
		work 1 400
		is "the RAM bears them" "$(uuid tree | wc -c)" 37
		umount /tmp/journal /tmp/tree
		old="$(uuid journal) $(uuid tree)"

		# Made anew over all that, and crashed: what was synced is there.
		run 0 ramdax wipe --yes
		run 0 ramdax apply
		fails "the new ones bear other UUIDs" [ "$(uuid journal) $(uuid tree)" = "$old" ]
		work 1 50
		sync
		sha256sum /tmp/journal/d*/file /tmp/tree/d*/file >/tmp/sums
		is "there are 100 files" "$(wc -l </tmp/sums)" 100
		sha256sum /tmp/sums
		echo "sums $(sha256sum </tmp/sums)"
		echo "crash now"
		while :; do sleep 1; done
	END
	vm_ram 3G
	vm_boot --memmap '514M!4G' --kill-at 'crash now'
	run ! vm_said '^not ok'
	sums=$(vm_said '^sums ')

	# "none" would make them anew: this boot adopts them.
	sed -i '/^survives/d' "$vm_tree/etc/ramdax/layout.toml"
	vm_script <<-END
		modprobe -a ext4 xfs
		run 0 ramdax apply
		mkdir -p /tmp/journal /tmp/tree
		holds "ext4 recovers" mount "\$(device journal)" /tmp/journal
		holds "xfs recovers" mount "\$(device tree)" /tmp/tree
		is "all is there" "sums \$(sha256sum /tmp/journal/d*/file /tmp/tree/d*/file | sha256sum)" '$sums'
		umount /tmp/journal /tmp/tree
		holds "ext4 is clean" e2fsck -fn "\$(device journal)"
		holds "xfs is clean" xfs_repair -n "\$(device tree)"
		is "the kernel found nothing corrupt" "\$(dmesg | grep -ciE 'corrupt|EXT4-fs error')" 0
	END
	vm_boot --memmap '514M!4G'
}
