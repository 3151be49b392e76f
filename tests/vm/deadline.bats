#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A boot ends, whatever hangs; and what another driver has is taken over or left alone.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

@test "a mkfs that never ends is stopped, and a later run finishes" {
	{ echo 'boot_timeout = 8' && vm_pool 'files 64MiB ext4' 'memory 64MiB devdax'; } | vm_layout
	vm_file /usr/lib/ramdax/mkfs.ext4 755 <<-'END'
		#!/bin/sh
		exec /busybox/sleep 600
	END
	vm_program script
	vm_program flock
	vm_script <<-'END'
		run 0 ramdax apply --boot
		is "the report tells the truth" "$(report .status)" 1
		is "nothing unfinished is there" "$(ndctl list -N | jq -r '.. | .name? // empty')" memory
		holds "the reason is told" grep -q 'files' /tmp/err
		holds "so is what to do" grep -q 'files.*"ramdax apply" does it now.*boot_timeout' /tmp/err
		holds "and that it goes on" grep -q 'making ext4 in namespace "files": 0:0. so far' /tmp/err
		# On a terminal: one that takes three seconds, and a kernel that takes two to bind.
		mkdir -p /dev/pts
		mount -t devpts -o ptmxmode=666 devpts /dev/pts
		printf '%s\n' '#!/bin/sh' '/busybox/sleep 3' 'exec /usr/sbin/mkfs.ext4 "$@"' >/usr/lib/ramdax/mkfs.ext4
		cat >/tmp/slow <<-'SLOW'
			#!/bin/sh
			exec strace -f -qq -o /dev/null -P /sys/bus/nd/drivers/nd_pmem/bind -e trace=write \
				-e inject=write:delay_enter=2000000:when=1..2 ramdax apply
		SLOW
		chmod 755 /tmp/slow
		run 0 script -qc /tmp/slow /tmp/terminal
		says "a terminal shows how long mkfs runs" /tmp/terminal \
			"$(printf '\r\033\\[Kmaking ext4 in namespace "files" 0:0[12]\r\033')"
		says "and how long the kernel takes to bind" /tmp/terminal \
			"$(printf '\r\033\\[Kbringing up namespace "files" 0:01\r\033')"
		says "none of which is left there" /tmp/terminal \
			"$(printf '\r\033\\[K\r?ramdax: created namespace "files"')"
		rm /usr/lib/ramdax/mkfs.ext4
		is "now it is made" "$(blkid -o value -s TYPE "$(device files)")" ext4
		run 0 ramdax plan --check

		# Somebody else has the lock all that time.
		printf '%s\n' '[[region.namespace]]' 'name = "brief"' 'mode = "raw"' 'size = "16MiB"' \
			'survives = "none"' >>/etc/ramdax/layout.toml
		run 0 ramdax apply
		echo precious >"$(device brief)"
		sed -i 's/^boot_timeout = 8/boot_timeout = 1/' /etc/ramdax/layout.toml
		flock /run/ramdax/lock sleep 15 &
		sleep 0.5
		run 0 ramdax apply --boot
		is "that it could not is reported" "$(report .status)" 1
		says "and said" /tmp/err 'not done after 1 s'
		is "what this boot has made is remembered" "$(reported brief)" created
		wait
		run 0 ramdax apply
		is "what survives nothing is of this boot still" "$(head -c 8 "$(device brief)")" precious
		is "which is reported" "$(reported brief)" created

		# Without loop devices there is no file system: it is said where to look.
		loop=$(find /usr/lib/modules -name 'loop.ko*')
		run 0 ramdax wipe --yes files
		run 0 modprobe -r loop
		mv "$loop" /tmp/
		run 1 ramdax apply
		says "a missing loop device has its remedy" /tmp/err \
			'namespace "files".*; see what "modprobe loop" says, then run "ramdax apply" again'
		mv /tmp/loop.ko* "${loop%/*}"
		run 0 ramdax apply
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "a required namespace that hangs is missing, and the boot is told" {
	{ echo 'boot_timeout = 5' && vm_pool 'files 64MiB ext4 required=true'; } | vm_layout
	vm_file /usr/lib/ramdax/mkfs.ext4 755 <<-'END'
		#!/bin/sh
		exec /busybox/sleep 600
	END
	vm_script <<-'END'
		run 1 ramdax apply --boot
		rm /run/ramdax/report.json
		ramdax apply --boot >/tmp/out 2>/tmp/err &
		for try in 1 2 3 4 5 6 7 8 9; do
			sleep 0.4
			child=$(cat /proc/$!/task/$!/children)
			! grep -qs sleep /proc/$(cat /proc/${child% }/task/*/children)/comm || break
		done
		kill -9 $child
		wait $!
		is "so is one whose work was killed" $? 1
		is "which is reported" "$(report .status)" 1
		is "of this boot" "$(report .boot_id)" "$(cat /proc/sys/kernel/random/boot_id)"
	END
	vm_boot --memory 2G --memmap '131200K!4G'
}

@test "nd_e820's device is taken over when nothing is on it, and not when something is" {
	vm_pool 'plain 64MiB raw' | vm_layout
	vm_script <<-'END'
		bound() { basename "$(readlink /sys/bus/platform/devices/e820_pmem/driver)"; }
		modprobe -a nd_e820 nd_pmem
		cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
		is "nd_e820 was first" "$(bound)" e820_pmem
		mke2fs -q -t ext4 /dev/pmem0
		mount /dev/pmem0 /mnt
		run 5 ramdax apply
		run 5 ramdax apply --recreate --prune --yes
		is "what is mounted stays" "$(bound)" e820_pmem
		umount /mnt
		run 5 ramdax apply
		is "so does a file system" "$(bound)" e820_pmem
		dd if=/dev/zero of=/dev/pmem0 bs=1M count=4 2>/dev/null
		run 0 ramdax apply
		is "an empty device is taken over" "$(bound)" ramdax
		is "and provisioned" "$(ndctl list -N | jq -r '.. | .name? // empty')" plain

		# Its name in /dev is somebody's disk.
		run 0 ramdax wipe --yes plain
		modprobe loop
		truncate -s 70M /tmp/disk
		printf precious | dd of=/tmp/disk conv=notrunc 2>/dev/null
		losetup /dev/loop7 /tmp/disk
		for node in /dev/pmem0 /dev/pmem0.1 /dev/pmem0.2; do
			rm -f $node
			mknod $node b 7 7
		done
		run 1 ramdax apply
		sync
		is "the disk is as it was" "$(head -c 8 /tmp/disk)" precious
		rm /dev/pmem0*
		run 0 ramdax apply
	END
	vm_boot --memory 2G --memmap '256M!4G'
}
