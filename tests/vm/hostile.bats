#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# RAM that anybody may have written to: labels, info blocks and superblocks, damaged at random and on
# purpose (harm.c). Whatever is there, apply ends with a status of its table, adopts nothing that is
# not what it was, reports no device that is not there, and writes to nothing but free space and what
# the layout declares disposable. A sample of the seeds; RAMDAX_LONG: 2,200 of them, of which
# RAMDAX_FIRST is the first.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

setup() {
	vm_setup
	"${CC:-cc}" -O2 -Wall -Wextra -Werror -static -o "$vm_tree/usr/sbin/harm" \
		"$vm_here"/harm*.c -ljson-c
}

teardown() { vm_teardown; }

# hostile MIB ROUNDS LONG: so many rounds on a carveout of that size, which holds the layout and a
# namespace of somebody else's.
hostile() {
	local first=${RAMDAX_FIRST:-1} rounds=$2 last

	[ -z "${RAMDAX_LONG-}" ] || rounds=$3
	last=$((first + rounds - 1))
	vm_script <<-END
		modprobe -a ramdax nd_pmem dax_pmem
		echo ramdax >/sys/bus/platform/devices/e820_pmem/driver_override
		echo e820_pmem >/sys/bus/platform/drivers/ramdax/bind
		holds "somebody's own, too" ndctl create-namespace -r region0 -n theirs -m fsdax -s 16M
		run 0 ramdax apply
		ramdax status --json >/tmp/report
		jq -r '.regions[].namespaces[] | .name + " " + .device' /tmp/report | while read -r name device; do
			case \$device in
			/dev/dax*) yes "of \$name" | daxio write \$device 4194304 1048576 ;;
			*) yes "of \$name" | dd of=\$device bs=64K seek=40 count=16 2>/dev/null ;;
			esac
		done
		harm $(($1 * MIB)) $first $last /tmp/report
		is "all rounds were well" \$? 0
		dmesg | grep -B 2 -A 30 -E "BUG:|Oops|general protection"
	END
	vm_boot --memory 2560M --memmap "$1M!4G" --timeout 7200
}

@test "whatever is in the RAM: no crash, no wrong adoption, no write to what was not to be made" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "files"
		size = "14MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "14MiB"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "15316KiB"
		[[region.namespace]]
		name = "scratch"
		size = "14MiB"
		on_conflict = "recreate"
		[[region.namespace]]
		name = "fat"
		mode = "raw"
		size = "4MiB"
		filesystem.type = "vfat"
		[[region.namespace]]
		name = "plain"
		mode = "raw"
		size = "4MiB"
	END
	hostile 122 40 2000
}

@test "the same with file systems that are larger" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "xfs"
		mode = "raw"
		size = "300MiB"
		filesystem.type = "xfs"
		[[region.namespace]]
		name = "btrfs"
		size = "126MiB"
		filesystem.type = "btrfs"
	END
	hostile 480 10 200
}
