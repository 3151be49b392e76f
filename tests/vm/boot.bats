#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# apply --boot: what the initramfs runs. It never stops a boot that need not stop.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax' | vm_layout
}
teardown() { vm_teardown; }

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
		is "status says this boot created it" "$(status_of files state)" created
		run 0 ramdax apply --boot
		is "'files' is still what this boot created" "$(status_of files state)" created
		is "the kernel log has one line for all" "$(dmesg | grep -c 'ramdax: 1 region, 2 namespaces: 2 created, 0 adopted, 0 conflicts; .* (status 0); volatile RAM')" 1
		run 0 ramdax apply
		fails "and none that speaks of another run" \
			[ "$(dmesg | grep -c 'ramdax: .* namespaces: ')" != 1 ]
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "does nothing where it must not, and stops no boot that need not stop" {
	vm_script <<-'END'
		# booted_with WORD: the kernel command line has that word, too
		cmdline=$(cat /proc/cmdline)
		booted_with() {
			umount /proc/cmdline 2>/dev/null
			echo "$cmdline $1" >/run/cmdline
			mount --bind /run/cmdline /proc/cmdline
		}
		untouched() {
			fails "$1: nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
			fails "$1: no module was loaded" grep -q ^ramdax /proc/modules
			is "$1: driver_override is as it was" \
				"$(cat /sys/devices/platform/e820_pmem/driver_override)" "(null)"
		}
		booted_with rd.ramdax=0
		run 0 ramdax apply --boot
		untouched 'rd.ramdax=0'

		booted_with elfcorehdr=0x20000000
		run 0 ramdax apply --boot
		untouched 'crash kernel'

		# page size - 10: where the signature of a hibernation image replaces that of swap
		truncate -s 8M /tmp/swap
		mkswap /tmp/swap >/dev/null
		printf S1SUSPEND | dd of=/tmp/swap bs=1 seek=4086 conv=notrunc 2>/dev/null
		modprobe loop
		losetup /dev/loop0 /tmp/swap
		booted_with resume=/dev/loop0
		run 0 ramdax apply --boot
		untouched 'resume='

		booted_with rd.ramdax=check
		run 0 ramdax apply --boot
		untouched 'rd.ramdax=check'
		holds "rd.ramdax=check leaves a report" report .status

		cp /etc/ramdax/layout.toml /tmp/good
		booted_with ''
		echo 'nonsense = [' >>/etc/ramdax/layout.toml
		run 3 ramdax apply
		says "mistakes have file, line and column" /tmp/err \
			'^/etc/ramdax/layout.toml:[0-9]+:[0-9]+: '
		run 0 ramdax apply --boot
		is "the report says that the layout is invalid" "$(report .status)" 3
		untouched 'invalid layout'

		echo 'version = 1' >/etc/ramdax/layout.toml
		run 0 ramdax apply --boot
		rm /etc/ramdax/layout.toml
		run 0 ramdax apply --boot
		run 3 ramdax apply
		run 0 ramdax status

		sed 's/mode = "devdax"/&\nrequired = true/;s/64MiB/512MiB/' /tmp/good \
			>/etc/ramdax/layout.toml
		booted_with rescue
		run 0 ramdax apply --boot
		ln -sf nowhere /run/ramdax/lock
		run 0 ramdax apply --boot
		says "whoever boots for a shell gets it, with no lock to be had, too" /tmp/err "cannot take the lock"
		rm /run/ramdax/lock
		booted_with ''
		ramdax apply --boot >/tmp/out 2>/tmp/err
		is "a required namespace that cannot be made fails" \
			"$(test $? -ne 0 && echo fails)" fails
		says "the message names it" /tmp/err '"memory"|"pool"'
		is "the report has the true status" "$(report .status)" 4
		sed -i 's/required = true/required = false/' /etc/ramdax/layout.toml
		run 0 ramdax apply --boot
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "required and there; two at once: the second waits" {
	vm_script <<-'END'
		sed -i 's/mode = "devdax"/&\nrequired = true/' /etc/ramdax/layout.toml
		ramdax apply --boot >/tmp/one 2>&1 &
		first=$!
		run 0 ramdax apply --boot
		wait $first
		is "so does the first" $? 0
		is "there are two namespaces" "$(namespaces)" 2
		is "one of them required" "$(report '.regions[0].namespaces[1].required')" true
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
