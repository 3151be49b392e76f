#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What stands in the way of a layout and is kept: namespaces of a carveout that was moved, seeds,
# slots and space that others hold.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

@test "a carveout moved under its labels: a conflict, until --recreate" {
	vm_ram 2G
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax' | vm_layout
	vm_script <<-'END'
		run 0 ramdax apply
		head -c 1000000 /dev/urandom | daxio write "$(device memory)" 4096 1000000
		places
	END
	vm_boot --memmap '245888K!0x101000000'
	vm_keep

	# 16 MiB earlier, with the same end, and the labels in it
	vm_script <<-'END'
		run 0 ramdax apply --boot
		is "the status is 5" "$(report .status)" 5
		for name in files memory; do
			is "'$name' is a conflict" "$(reported $name)" conflict
		done
		run 5 ramdax apply
		says "the message says what was found" /tmp/err '"files".*mode is raw'
		is "a second time it writes nothing" "$(writes ramdax apply)" ""
	END
	vm_boot --memmap '262272K!4G'
	vm_kept

	vm_script <<-'END'
		run 0 ramdax apply --recreate
		is "made anew" "$(namespace files mode) $(namespace memory mode)" "fsdax devdax"
		holds "clean" e2fsck -fn "$(device files)"
		run 0 ramdax plan --check
	END
	vm_boot --memmap '262272K!4G'
}

@test "seeds begun by others, no room, no label slot" {
	layout() {
		printf 'version = 1\n[[region]]\nname = "pool"\n'
		cat
	}
	layout <<-'END' | vm_layout
		[[region.namespace]]
		name = "one"
		mode = "raw"
		raw_size = "16MiB"
	END
	vm_script <<-'END'
		layout() {
			printf 'version = 1\n[[region]]\nname = "pool"\n' >/etc/ramdax/layout.toml
			cat >>/etc/ramdax/layout.toml
		}
		# half_set NAME: a seed that has a name and a uuid, and no size
		half_set() {
			cd /sys/bus/nd/devices/"$(cat /sys/bus/nd/devices/region0/namespace_seed)"
			printf %s "$1" >alt_name
			cat /proc/sys/kernel/random/uuid >uuid
			at_least "the seed is half-set" "$(wc -c <uuid)" 36
			cd /
		}
		run 0 ramdax apply
		half_set .ramdax-ours
		layout <<-'LAYOUT'
			[[region.namespace]]
			name = "one"
			mode = "raw"
			raw_size = "16MiB"
			[[region.namespace]]
			name = "two"
			mode = "raw"
			raw_size = "4MiB"
		LAYOUT
		run 0 ramdax apply
		is "one of ours is reset" "$(namespace two mode)" raw

		half_set theirs
		sed 's/two/three/' -i /etc/ramdax/layout.toml
		run 1 ramdax apply
		says "somebody's is named" /tmp/err '"three".*namespace0\.[0-9]+.*name "theirs"'
		is "and is still there" \
			"$(cat /sys/bus/nd/devices/"$(cat /sys/bus/nd/devices/region0/namespace_seed)"/alt_name)" theirs
		echo 0 >/sys/bus/nd/devices/"$(cat /sys/bus/nd/devices/region0/namespace_seed)"/size
		run 0 ramdax apply
		is "once it is free, it is taken" "$(namespace three mode)" raw

		layout <<-'LAYOUT'
			[[region.namespace]]
			name = "large"
			mode = "raw"
			raw_size = "20MiB"
		LAYOUT
		run 5 ramdax apply
		says "no room: what is wanted" /tmp/err '"large".*20 ?MiB wanted'
		says "no room: what is free" /tmp/err '8 ?MiB free'
		says "no room: who holds it" /tmp/err 'held by "one" \(16 ?MiB\), "(two|three)"'
		is "nothing was done" "$(namespaces)" 3
		run 0 ramdax apply --prune
		is "with room it is made" "$(namespaces) $(namespace large mode)" "1 raw"

		layout <<-'LAYOUT'
			[[region.namespace]]
			name = "a"
			mode = "raw"
			raw_size = "8KiB"
			count = 509
		LAYOUT
		run 0 ramdax apply --prune
		is "there are 509" "$(namespaces)" 509
		layout <<-'LAYOUT'
			[[region.namespace]]
			name = "a"
			mode = "raw"
			raw_size = "8KiB"
			count = 508
			[[region.namespace]]
			name = "more"
			mode = "raw"
			raw_size = "8KiB"
		LAYOUT
		run 5 ramdax apply
		says "no slot: who holds them" /tmp/err '"more".*509 label slots.*held by "a-.* more'
		is "there are still 509" "$(namespaces)" 509
		is "the kernel has not warned" "$(dmesg | grep -c 'ate our last label')" 0
		run 0 ramdax apply --prune
		is "with a slot it is made" "$(namespaces) $(namespace more mode)" "509 raw"
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap '32896K!4G'
}
