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
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax survives="kexec"' \
		'scratch 32MiB devdax survives="none"' | vm_layout
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
		echo letter | daxio write "\$(device scratch)" 0 6
		cp /etc/ramdax/layout.toml /tmp/layout
		sed -i 's/"32MiB"/"48MiB"/' /etc/ramdax/layout.toml
		run 5 ramdax apply
		cp /tmp/layout /etc/ramdax/layout.toml
		run 0 ramdax apply
		is "after a mistake in the layout it is that of this boot" \
			"\$(daxio read "\$(device scratch)" 0 6)" letter
		truncate -s 9M /run/ramdax/report.json
		run 0 ramdax apply
		is "and when what was reported cannot be read" "\$(daxio read "\$(device scratch)" 0 6)" letter
		rm /run/ramdax/report.json
		run 0 ramdax apply
		is "or nothing was reported" "\$(daxio read "\$(device scratch)" 0 6)" letter
		rm -r /run/ramdax
		mkdir /run/ramdax
		mount -t tmpfs -o size=4k small /run/ramdax
		head -c 4096 /dev/zero >/run/ramdax/full
		run 0 ramdax apply
		is "where nothing is known it is made anew" \
			"\$(daxio read "\$(device scratch)" 0 6 | tr -d '\0')" ""
		echo letter | daxio write "\$(device scratch)" 0 6
		run 0 ramdax apply
		is "but not if that cannot be noted" "\$(daxio read "\$(device scratch)" 0 6)" letter
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

# into BOOT ARGUMENTS: kexecs with the command line of this boot without memmap=, and ARGUMENTS.
into='
	into() {
		: >"/$1"
		rm -f "/$2"
		shift
		(cd / && find . -xdev | cpio -o -H newc) >/run/initrd 2>/dev/null
		kexec /vmlinuz /run/initrd \
			"$(sed "s/ *memmap=[^ ]*//g" /proc/cmdline) $*"
	}
'

@test "kexec with what gen-cmdline says, without labels, and without memmap=" {
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax' 'plain 4MiB raw' | vm_layout
	vm_script <<-END
		$into
		sums() {
			daxio read "\$(device memory)" 0 67108864 | sha256sum
			mount -t ext4 -o dax=always "\$(device files)" /mnt
			sha256sum </mnt/file
			umount /mnt
			sha256sum <"\$(device plain)"
		}
		if [ -e /fourth ]; then
			run 4 ramdax apply
			says "it says what happened" /tmp/err 'kexec.*memmap=.*lost'
			run 0 ramdax apply --boot
			is "the report says 4" "\$(report .status)" 4
		elif [ -e /third ]; then
			run 0 ramdax apply --boot
			is "without labels, the status is 5" "\$(report .status)" 5
			is "the region is a conflict" "\$(report '.regions[0].state')" conflict
			is "nothing is there" "\$(namespaces)" 0
			run 5 ramdax apply
			says "the message says why" /tmp/err '"pool".*labels.*kexec'
			run 0 ramdax apply --repair-labels
			sums >/tmp/sums
			is "repaired, everything is as it was" "\$(cat /tmp/sums)" "\$(cat /sums)"
			into fourth third
		elif [ -e /second ]; then
			run 0 ramdax apply --boot
			is "this is a kexec boot" "\$(report .boot_kind)" kexec
			for name in files memory plain; do
				is "'\$name' was adopted" "\$(reported \$name)" adopted
				is "and is as it was left" "\$(status_of \$name integrity)" ""
			done
			sums >/tmp/sums
			is "devdax and file are as they were" "\$(cat /tmp/sums)" "\$(cat /sums)"
			line=\$(ramdax gen-cmdline --kexec)
			ndctl disable-region region0 >/dev/null 2>&1
			ndctl disable-dimm nmem0 >/dev/null 2>&1
			holds "the labels are lost" ndctl zero-labels nmem0
			into third second "\$line"
		else
			run 0 ramdax apply --boot
			is "'memory' is of this boot" "\$(status_of memory since)" \
				"\$(cat /proc/sys/kernel/random/boot_id)"
			mount -t ext4 -o dax=always "\$(device files)" /mnt
			head -c 9000000 /dev/urandom >/mnt/file
			umount /mnt
			head -c 67108864 /dev/urandom | daxio write "\$(device memory)" 0 67108864
			head -c 1000000 /dev/urandom | dd of="\$(device plain)" bs=4096 conv=fsync 2>/dev/null
			sums >/sums
			run 0 ramdax gen-cmdline --kexec
			is "it is the line of this boot" "\$(cat /tmp/out)" \
				"\$(grep -o 'memmap=[^ ]*' /proc/cmdline)"
			into second none "\$(cat /tmp/out)"
		fi
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}
