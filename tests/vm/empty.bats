#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A region without labels in which nothing is found is filled through the scaffold through which it
# was looked at, all such regions at once. Reset in between, it is known for one that was being
# filled, whatever is in it by then.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_fault
	echo "${RAMDAX_LONG:-0}" | vm_file /long
	vm_file /guest/empty.sh <<-'END'
		driver=/sys/bus/platform/drivers/ramdax

		# Nothing is known of what the regions hold, and they hold nothing.
		empty() {
			run 0 ramdax wipe -q --yes
			for region in region0 region1; do
				[ -e /sys/bus/nd/devices/$region ] || continue
				ndctl disable-region $region >/dev/null 2>&1
				ndctl disable-dimm "nmem${region#region}" >/dev/null 2>&1
				ndctl zero-labels "nmem${region#region}" >/dev/null 2>&1
			done
			reset
		}

		# What a reset leaves is the memory.
		reset() {
			[ ! -e $driver/e820_pmem ] || echo e820_pmem >$driver/unbind
			rm -rf /run/ramdax
		}

		# Counts what apply calls where it finds the regions empty.
		count() {
			run 0 ramdax apply
			empty
			fault list /tmp/calls ramdax apply >/dev/null 2>&1
		}

		# last CALL: how often it was made.
		last() {
			awk -v call="$1" '$1 == "tool" && $2 == call { print $3 }' /tmp/calls
		}

		# points CALL...: of those lines "CALL N", some of each.
		points() {
			most=6
			[ "$(cat /long)" = 0 ] || most=1000
			for call; do
				awk -v n="$(last "$call")" -v most=$most -v call="$call" 'BEGIN {
					for (i = 1; i <= n; i += n > most ? n / most : 1) print call, int(i)
				}'
			done
		}

		# all_there WHEN NUMBER
		all_there() {
			is "all are there ($1)" "$(namespaces)" "$2"
			is "nothing half-made is left ($1)" "$(scaffolds)" ""
			run 0 ramdax plan --check
		}
	END
}
teardown() { vm_teardown; }

@test "reset at any write while it is filled: made all the same" {
	vm_pool 'files 30MiB ext4 survives="reset"' 'memory 30MiB devdax survives="reset"' \
		'sectors 20MiB sector survives="reset"' | vm_layout
	vm_script <<-'END'
		. /guest/empty.sh
		count
		points write pwrite64 fsync ioctl rename unlinkat >/tmp/points
		at_least "there are points" "$(wc -l </tmp/points)" 18
		unfinished=0
		while read -r call n; do
			empty
			fault kill tool "$call" "$n" ramdax apply >/dev/null 2>&1
			[ -z "$(scaffolds)" ] || unfinished=$((unfinished + 1))
			reset
			run 0 ramdax apply
			all_there "killed at $call $n" 3
			holds "the file system is clean" e2fsck -fn "$(device files)"
			is "memory is empty" "$(contents "$(device memory)" | tr -d '\0' | head -c 1)" ""
		done </tmp/points
		at_least "many were while there was a scaffold" $unfinished 6
	END
	vm_boot --memory 2G --memmap '131200K!4G'
}

# pools 'FIRST' SIZE: a layout of two regions, with FIRST, of SIZE, at their start.
pools() {
	echo 'version = 1'
	for region in a b; do
		printf '%s\n' '[[region]]' "name = \"$region\"" 'size = "128MiB"' \
			'[[region.namespace]]' "name = \"first-$region\"" "mode = \"$1\"" \
			"raw_size = \"$2\"" '[[region.namespace]]' "name = \"second-$region\"" \
			'size = "30MiB"' 'filesystem.type = "ext4"'
	done
}

@test "two regions at once, whatever is first in them" {
	pools fsdax 32MiB | vm_file /fsdax.toml
	pools raw 4MiB | vm_file /raw.toml
	pools sector 20MiB | vm_file /sector.toml
	vm_script <<-'END'
		. /guest/empty.sh
		for first in fsdax raw sector; do
			cp /$first.toml /etc/ramdax/layout.toml
			[ $first = fsdax ] || empty
			holds "apply ($first)" strace -f -qq -o /tmp/trace -e trace=openat ramdax apply
			all_there "$first" 4
			# of a raw or sector one, the first page is its own
			is "scaffolds that came and went ($first)" "$(grep -c nd_pmem/unbind /tmp/trace)" \
				$([ $first = fsdax ] && echo 2 || echo 4)
			is "numbers begin with 0" "$(namespace first-a dev) $(namespace first-b dev)" \
				"namespace0.0 namespace1.0"
			for name in first-a first-b second-a second-b; do
				is "made now" "$(reported $name)" created
			done
			for name in second-a second-b; do
				holds "the file system is clean" e2fsck -fn "$(device $name)"
			done
		done
	END
	vm_boot --memory 2G --memmap '131200K!4G,131200K!4608M'
}

@test "reset twice while it is filled: made all the same" {
	vm_pool 'files 30MiB ext4' 'memory 30MiB devdax' 'third 20MiB fsdax' | vm_layout
	vm_script <<-'END'
		. /guest/empty.sh
		count
		last_block=$(last pwrite64)
		points write pwrite64 fsync ioctl >/tmp/points
		while read -r call n; do
			empty
			# all info blocks but one are written
			fault kill tool pwrite64 "$last_block" ramdax apply >/dev/null 2>&1
			is "it was being filled" "$(scaffolds)" .ramdax-look
			reset
			fault kill tool "$call" "$n" ramdax apply >/dev/null 2>&1
			reset
			run 0 ramdax apply
			all_there "killed again at $call $n" 3
		done </tmp/points
	END
	vm_boot --memory 2G --memmap '131200K!4G'
}

@test "interrupted before a kexec: made if it was being filled, kept if only looked at" {
	vm_pool 'files 30MiB ext4' 'memory 30MiB devdax' | vm_layout
	vm_script <<-'END'
		. /guest/empty.sh
		count
		echo 208 >/tmp/type # what kexec says it is
		for n in 2 "$(last pwrite64)"; do
			empty
			fault kill tool pwrite64 "$n" ramdax apply >/dev/null 2>&1
			is "it was being filled" "$(scaffolds)" .ramdax-look
			reset
			mount --bind /tmp/type /proc/sys/kernel/bootloader_type
			run 0 ramdax apply
			all_there "killed at pwrite64 $n" 2
			umount /proc/sys/kernel/bootloader_type
		done
		empty
		fault kill tool pwrite64 1 ramdax apply >/dev/null 2>&1 # which is the mark
		is "it was being looked at" "$(scaffolds)" .ramdax-look
		reset
		mount --bind /tmp/type /proc/sys/kernel/bootloader_type
		run 5 ramdax apply
		is "there is nothing" "$(namespaces)" 0
		run 5 ramdax apply
		run 0 ramdax apply --recreate=pool
		all_there "recreated" 2
	END
	vm_boot --memory 2G --memmap '131200K!4G'
}

@test "what cannot be made at once is made one by one" {
	vm_pool 'sectors 20MiB sector filesystem={type="ext4"}' | vm_file /sectors.toml
	vm_pool 'files 30MiB ext4' 'memory 30MiB devdax' | vm_layout
	vm_script <<-'END'
		. /guest/empty.sh
		count
		# among the last are those that write the labels
		told=0
		for n in $(seq $(($(last ioctl) - 9)) "$(last ioctl)"); do
			empty
			fault EIO tool ioctl "$n" ramdax apply >/tmp/out 2>/tmp/err
			! grep -q 'cannot be made at once, but one by one' /tmp/err || told=$((told + 1))
			is "all are there, whatever failed ($n)" "$(namespaces)" 2
			is "nothing half-made is left ($n)" "$(scaffolds)" ""
			run 0 ramdax apply
		done
		at_least "that they could not be made at once is told" "$told" 2

		empty
		cp /sectors.toml /etc/ramdax/layout.toml
		modprobe -r loop
		rm "$(find /lib/modules -name 'loop.ko*')"
		run 0 ramdax apply
		all_there "through a BTT" 1
		is "with its file system" "$(blkid -o value -s TYPE "$(device sectors)")" ext4
	END
	vm_boot --memory 2G --memmap '131200K!4G'
}
