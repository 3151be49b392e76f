#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine whose carveout is far larger than what is reserved for its crash kernel panics, and its
# memory can be read from the crash kernel: kexec -p, with images as initramfs-tools builds them.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

setup() {
	initramfs_setup
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "guests"
		[[region.namespace]]
		name = "images"
		size = "256MiB"
		scrub = false
		[region.namespace.filesystem]
		type = "ext4"
		label = "images"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "11GiB"
		align = "2MiB"
		scrub = false
	END
	program "$(command -v kexec)" kexec
	vm_file /vmlinuz <"$("$vm_here/fetch-kernel")/vmlinuz"
}

teardown() {
	vm_teardown
}

# program PATH NAME: of this machine, with the libraries that it needs.
program() {
	local library
	vm_file "/usr/sbin/$2" 755 <"$1"
	while read -r library; do
		[ -e "$vm_tree/usr$library" ] || vm_file "/usr${library#/usr}" 755 <"$library"
	done < <(ldd "$1" | sed -n 's,.* \(/[^ ]*\) (0x.*,\1,p' | grep -v ld-linux)
}

# crashes IMAGE SED: the machine boots with the ordinary image, has its namespaces, and panics with
# IMAGE for its crash kernel, whose command line is made by SED. The script's end is what the crash
# kernel does, from standard input.
crashes() {
	vm_script <<-END
		planted() {
			printf 'planted-%s\n' "in the memory of the system"
		}
		if [ ! -e /proc/vmcore ]; then
			is "the carveout is there" "\$(namespace memory size)" $((11 << 30))
			is "ramdax has the carveout" "\$(driver)" ramdax
			is "the file system is there" "\$(blkid -o value -s LABEL "\$(device images)")" images
			planted >/tmp/line
			yes "\$(cat /tmp/line)" | dd of=/tmp/planted bs=1M count=128 iflag=fullblock 2>/dev/null
			line=\$(sed -E '$2' /proc/cmdline)
			run 0 kexec -p /vmlinuz --initrd=/$1 --command-line="\$line nr_cpus=1 reset_devices"
			is "a crash kernel is loaded" "\$(cat /sys/kernel/kexec_crash_loaded)" 1
			[ \$failures -gt 0 ] || echo c >/proc/sysrq-trigger
			return
		fi
		# System RAM is 1.25 GiB, of which the crash kernel has 256 MiB; the carveout has 12 GiB.
		size=\$(stat -c %s /proc/vmcore)
		at_least "the dump holds the system's memory" "\$size" $((960 << 20))
		at_least "and not the carveout" $((1280 << 20)) "\$size"
		is "it is a core file" "\$(dd if=/proc/vmcore bs=4 count=1 2>/dev/null)" \
			"\$(printf '\\177ELF')"
		# A tenth of the memory has it, so that a look at 64 KiB in every 4 MiB finds it.
		at=0
		until dd if=/proc/vmcore bs=64k skip=\$((at << 6)) count=1 2>/dev/null |
			tr '\0' '\n' | grep -qxF "\$(planted)" ||
			[ \$((at << 22)) -gt "\${size:-0}" ]; do
			at=\$((at + 1))
		done
		at_least "the dump has what was in memory" "\$size" \$((at << 22))
		$(cat)
	END
	initramfs_image trixie
	# The root of the guest has no room for more than one of these.
	vm_file "/$1" <"$vm_dir/${3-initrd}"
	initramfs_boot --memory 13568M --memmap '12G!4G' --append 'crashkernel=256M'
}

@test "kdump-tools' image, memmap= taken out as the manual says: a dump" {
	initramfs_image trixie kdump
	cp -L "$vm_dir/initrd" "$vm_dir/crash"
	crashes crash-initrd "$(sed -n "s/^KDUMP_CMDLINE=.*sed -E .(aq\(.*\).(aq .proc.*/\1/p" \
		"$vm_root/man/ramdax.8")" crash <<-'END'
		is "the crash kernel was not told of carveouts" "$(grep -c memmap= /proc/cmdline)" 0
		is "and those that kexec told it of are nobody's" "$(bound_to e820_pmem)" ""
		is "there is nothing of ramdax" "$(ls -d /run/ramdax /sys/bus/platform/drivers/ramdax 2>/dev/null)" ""
	END
}

@test "the ordinary image, memmap= left in: nothing is bound, and there is a dump" {
	crashes initrd 's/$/ modprobe.blacklist=nd_e820/' <<-'END'
		is "the crash kernel has a carveout" "$(grep -c Persistent /proc/iomem)" 1
		untouched
		run 0 ramdax apply --boot
		says "it says why nothing is done" /tmp/err 'this is a crash kernel'
		untouched
	END
}
