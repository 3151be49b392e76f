#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Machines that cannot carry the layout safely: nothing is bound, nothing else binds, the boot
# goes on.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "a"
		raw_size = "64MiB"
	END
}
teardown() { vm_teardown; }

# What every refusal is like: status 4, a sentence that holds the pattern $1, and no driver bound.
refused() {
	cat <<-END
		run 4 ramdax apply
		says "the reason is given" /tmp/err '$1'
		is "in one sentence or two" "\$([ "\$(wc -l </tmp/err)" -le 3 ] && echo yes)" yes
		fails "nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
		is "nothing else may bind" \
			"\$(cat /sys/devices/platform/e820_pmem/driver_override)" ramdax
		run 4 ramdax plan --check
		run 4 ramdax check --machine
		run 0 ramdax apply --boot
		is "the report says so" "\$(report .status)" 4
		is "and that the namespace is absent" "\$(reported a)" absent
		fails "still nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
	END
}

@test "a carveout beyond the RAM" {
	refused 'RAM|memory' | vm_script
	vm_boot --memory 2G --memmap '65664K!64G'
}

@test "a carveout half beyond the RAM" {
	refused 'RAM|memory' | vm_script
	vm_boot --memory 2G --memmap '65664K!0x13e000000'
}

@test "a carveout over reserved addresses" {
	refused 'RAM|memory' | vm_script
	vm_boot --memory 2G --memmap '65664K!0xfc000000'
}

@test "a second carveout of 64 KiB, which the driver would trip over" {
	refused '0x110000000|small' | vm_script
	vm_boot --memory 2G --memmap '65664K!4G,64K!0x110000000'
}

@test "no carveout" {
	vm_script <<-'END'
		run 4 ramdax apply
		says "the message names the region" /tmp/err '"pool"'
		run 4 ramdax check --machine
		run 0 ramdax apply --boot
		is "the report says so" "$(report .status)" 4
	END
	vm_boot --memory 2G
}

@test "a kernel without the driver" {
	vm_script <<-'END'
		rm /lib/modules/*/kernel/drivers/nvdimm/ramdax.ko
		depmod
		run 4 ramdax apply
		says "the message says what is missing" /tmp/err 'driver|module'
		run 4 ramdax check --machine
		run 0 ramdax apply --boot
		is "the report says so" "$(report .status)" 4
	END
	vm_boot --memory 2G --memmap '65664K!4G'
}

@test "held by nd_e820: taken over when nothing of it is used, and by root" {
	vm_script <<-'END'
		run 1 setpriv --reuid 1000 --clear-groups ramdax apply
		says "the message says so" /tmp/err 'root'
		fails "nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
		run 0 setpriv --reuid 1000 --clear-groups ramdax check
		modprobe -a nd_e820 nd_pmem
		cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
		is "nd_e820 has it" "$(basename "$(readlink /sys/devices/platform/e820_pmem/driver)")" \
			e820_pmem
		run 0 ramdax apply
		is "ramdax has it" "$(basename "$(readlink /sys/devices/platform/e820_pmem/driver)")" \
			ramdax
		is "the namespace is there" "$(namespace a mode)" fsdax
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap '66M!4G'
}

@test "held by nd_e820 and carrying a file system: kept" {
	vm_script <<-'END'
		modprobe -a nd_e820 nd_pmem
		cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
		holds "somebody has a file system on it" mkfs.ext4 -q -b 4096 /dev/pmem0
		run 5 ramdax apply
		says "the message says what it is" /tmp/err 'ext4'
		is "nd_e820 still has it" \
			"$(basename "$(readlink /sys/devices/platform/e820_pmem/driver)")" e820_pmem
		holds "the file system is intact" e2fsck -fn /dev/pmem0
		holds "even mounted" mount -t ext4 /dev/pmem0 /mnt
		run 5 ramdax apply
		holds "it stays mounted" touch /mnt/file
	END
	# whole 2 MiB, here and above: nd_e820 maps nothing else
	vm_boot --memory 2G --memmap '66M!4G'
}
