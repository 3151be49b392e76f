#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# apply --boot: what the initramfs runs. It never stops a boot that need not stop.
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
		name = "files"
		size = "64MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "64MiB"
	END
}
teardown() { vm_teardown; }

# Nothing was done: no driver, no module, no override.
untouched='
	fails "nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
	fails "no module was loaded" grep -q ^ramdax /proc/modules
	is "driver_override is as it was" \
		"$(cat /sys/devices/platform/e820_pmem/driver_override)" "(null)"
'

@test "makes everything and leaves a report" {
	vm_script <<-'END'
		run 0 ramdax apply --boot
		is "the report's status is 0" "$(report .status)" 0
		is "its version is 1" "$(report .version)" 1
		is "this boot" "$(report .boot_id)" "$(cat /proc/sys/kernel/random/boot_id)"
		is "this layout" "$(report .layout.sha256)" \
			"$(sha256sum </etc/ramdax/layout.toml | cut -d' ' -f1)"
		is "and where it was" "$(report .layout.path)" /etc/ramdax/layout.toml
		is "one region" "$(report '.regions | length')" 1
		is "at its address" "$(report '.regions[0].start')" $((1 << 32))
		is "'files' was created" "$(reported files)" created
		is "'memory' was created" "$(reported memory)" created
		is "with its UUID" "$(report '.regions[0].namespaces[0].uuid')" \
			"$(namespace files raw_uuid)"
		is "and its file system" "$(report '.regions[0].namespaces[0].filesystem.type')" ext4
		holds "the kernel log has it" eval 'dmesg | grep -q ramdax:'
		is "status says this boot created it" "$(status_of files state)" created
		run 0 ramdax apply --boot
		is "'files' is still what this boot created" "$(status_of files state)" created
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "rd.ramdax=0 does nothing" {
	vm_script <<-END
		run 0 ramdax apply --boot
		$untouched
	END
	vm_boot --memory 2G --memmap '262272K!4G' --append rd.ramdax=0
}

@test "rd.ramdax=check looks, reports and binds nothing" {
	vm_script <<-END
		run 0 ramdax apply --boot
		$untouched
		holds "there is a report" report .status
	END
	vm_boot --memory 2G --memmap '262272K!4G' --append rd.ramdax=check
}

@test "a crash kernel is left alone" {
	vm_script <<-END
		run 0 ramdax apply --boot
		$untouched
	END
	vm_boot --memory 2G --memmap '262272K!4G' --append elfcorehdr=0x20000000
}

@test "resuming from hibernation is left alone" {
	vm_script <<-END
		truncate -s 8M /tmp/swap
		mkswap /tmp/swap >/dev/null
		# page size - 10: where the hibernation signature replaces that of swap
		printf S1SUSPEND | dd of=/tmp/swap bs=1 seek=4086 conv=notrunc 2>/dev/null
		modprobe loop
		losetup /dev/loop0 /tmp/swap
		run 0 ramdax apply --boot
		$untouched
	END
	vm_boot --memory 2G --memmap '262272K!4G' --append resume=/dev/loop0
}

@test "a required namespace that cannot be made fails, and only then" {
	vm_script <<-'END'
		sed -i 's/mode = "devdax"/&\nrequired = true/;s/64MiB/512MiB/' /etc/ramdax/layout.toml
		ramdax apply --boot >/tmp/out 2>/tmp/err
		is "the status says that it is missing" "$(test $? -ne 0 && echo fails)" fails
		says "so does the message" /tmp/err '"memory"|"pool"'
		is "the report has the true status" "$(report .status)" 4
		sed -i 's/required = true/required = false/' /etc/ramdax/layout.toml
		run 0 ramdax apply --boot
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "required, and there" {
	vm_script <<-'END'
		sed -i 's/mode = "devdax"/&\nrequired = true/' /etc/ramdax/layout.toml
		run 0 ramdax apply --boot
		is "it was created" "$(reported memory)" created
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "in rescue mode nothing is required" {
	vm_script <<-'END'
		sed -i 's/mode = "devdax"/&\nrequired = true/;s/64MiB/512MiB/' /etc/ramdax/layout.toml
		run 0 ramdax apply --boot
	END
	vm_boot --memory 2G --memmap '262272K!4G' --append rescue
}

@test "an invalid layout does not stop a boot" {
	vm_script <<-'END'
		echo 'nonsense = [' >>/etc/ramdax/layout.toml
		run 3 ramdax apply
		says "file, line and column" /tmp/err '^/etc/ramdax/layout.toml:[0-9]+:[0-9]+: '
		run 0 ramdax apply --boot
		is "the report says so" "$(report .status)" 3
		fails "nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "two at once: the second waits" {
	vm_script <<-'END'
		ramdax apply >/tmp/one 2>&1 &
		run 0 ramdax apply
		holds "so does the first" wait $!
		is "there are two namespaces" "$(namespaces)" 2
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "under UEFI" {
	vm_script <<-'END'
		run 0 ramdax apply --boot
		is "the status is 0" "$(report .status)" 0
		is "there are two namespaces" "$(namespaces)" 2
		holds "the file system mounts" mount -t ext4 -o dax=always "$(device files)" /mnt
	END
	vm_boot --memory 2G --memmap '262272K!4G' --firmware uefi
}
