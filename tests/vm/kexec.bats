#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kexec: another kernel, the same RAM, never out of the kernels' hands. And what the layout says
# does not survive one.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_file /vmlinuz <"$("$vm_here/fetch-kernel")/vmlinuz"
}
teardown() { vm_teardown; }

# kexec_again: packs the guest's own root, with /second in it, and boots that.
kexec_again='
	kexec_again() {
		: >/second
		(cd / && find . -xdev | cpio -o -H newc) >/run/initrd 2>/dev/null
		kexec /vmlinuz /run/initrd "$(cat /proc/cmdline)"
	}
'

@test "kept over kexec, unless it does not survive one" {
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
		survives = "kexec"
		[[region.namespace]]
		name = "scratch"
		mode = "devdax"
		size = "32MiB"
		survives = "none"
	END
	vm_script <<-END
		$kexec_again
		if [ ! -e /second ]; then
			run 0 ramdax apply --boot
			mount -t ext4 -o dax=always "\$(device files)" /mnt
			echo letter >/mnt/file
			umount /mnt
			echo letter | daxio write "\$(device memory)" 0 6
			echo letter | daxio write "\$(device scratch)" 0 6
			kexec_again
		fi
		run 0 ramdax apply --boot
		is "this is a kexec boot" "\$(report .boot_kind)" kexec
		is "'files' was adopted" "\$(reported files)" adopted
		is "'memory' was adopted" "\$(reported memory)" adopted
		is "the memory holds what it held" "\$(daxio read "\$(device memory)" 0 6)" letter
		holds "the file system mounts" mount -t ext4 -o dax=always "\$(device files)" /mnt
		is "and has the file" "\$(cat /mnt/file)" letter
		is "'scratch' was made anew" "\$(reported scratch)" created
		is "and is empty" "\$(daxio read "\$(device scratch)" 0 6 | tr -d '\\0')" ""
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}
