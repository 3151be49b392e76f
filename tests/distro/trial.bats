#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Safety nets of the boot loader, each of them pulled, on one disk with real GRUB: a line on trial
# that is good, one that the kernel does not survive, no line to be had, another machine's line.

load lib

setup() {
	distro_setup
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "main"
		size = "320MiB"
		[[region.namespace]]
		name = "images"
		size = "256MiB"
		[region.namespace.filesystem]
		type = "ext4"
	END
	vm_file /guest/trial.sh <<-'END'
		running() { grep -o 'memmap=[^ ]*' /proc/cmdline; }
		stored() { sed -n s/^cmdline=//p /var/lib/ramdax/cmdline; }
		lines() { grep -o 'memmap=[^ ]*' /boot/grub/grub.cfg | sort -u | xargs; }
		failed() { systemctl --failed --plain --no-legend | cut -d ' ' -f 1 | xargs; }
		region_size() { sed -i "/^name = \"main\"/{n;s/.*/size = \"$1\"/}" /etc/ramdax/layout.toml; }
	END
}

teardown() {
	vm_teardown
}

# boot_with WHAT [OPTION VALUE]...: boots to the end, and runs the script on standard input there.
boot_with() {
	{
		echo ". /run/guest/trial.sh; echo '# $1'"
		cat
	} | vm_script
	distro_boot "${@:2}"
}

@test "no line to be had, a good one on trial, and one that panics" {
	distro_install trixie initramfs-tools
	vm_ram 4G

	boot_with "the first line" <<-'END'
		is "the boot completed" "$booted $(failed)" "running "
		is "with the stored line" "$(running)" "$(stored)"

		region_size 384GiB
		run 4 ramdax gen-cmdline
		run 0 update-grub
		says "update-grub tells that no line was found" /tmp/err 'stays as it was'
		is "and every entry keeps the old one" "$(lines)" "$(running)"

		region_size 512MiB
		run 0 ramdax-update-bootloader --trial
		line=$(ramdax gen-cmdline 2>/dev/null)
		fails "the larger region needs another line" [ "$line" = "$(running)" ]
		is "which one entry has" "$(grep -c -e "$line" /boot/grub/grub.cfg)" 1
		run 0 ramdax status
		says "status tells that it is on trial" /tmp/err "$line.* is on trial"
	END

	vm_ram 4G # or what is in the carveout that is given up would be kept as it is
	boot_with "on trial" <<-'END'
		is "the boot completed" "$booted $(failed)" "running "
		is "every entry has the line that was tried" "$(lines)" "$(running)"
		is "which is the stored one" "$(running)" "$(stored)"
		fails "the trial is over" test -e /var/lib/ramdax/trial
		is "the namespace is there" "$(namespace images size)" 268435456

		# chooses all memory but 128 MiB, which no kernel boots with
		printf '%s\n' '#!/bin/sh' '[ "$*" = gen-cmdline ] || exec /usr/sbin/ramdax "$@"' \
			'echo "memmap=896M!128M,3G!4G"' >/usr/local/sbin/chooser
		chmod 755 /usr/local/sbin/chooser
		RAMDAX=/usr/local/sbin/chooser run 0 ramdax-update-bootloader --trial
		is "one entry has that" "$(grep -c '896M!128M,3G!4G' /boot/grub/grub.cfg)" 1
	END

	distro_boot --kill-at 'Kernel panic' # it waits for a minute then: somebody resets it

	boot_with "after the panic" <<-'END'
		is "the boot completed, with the old line" "$booted $(running)" "degraded $(stored)"
		is "only the trial failed" "$(failed)" ramdax-trial.service
		is "every entry has the old line" "$(lines)" "$(running)"
		run 0 ramdax status
		says "status tells why" /tmp/err 'given up after its trial: .*another command line'
		is "the namespace is there" "$(namespace images size)" 268435456
		run 0 ramdax-update-bootloader
		is "run again, it chooses what runs" "$(lines)" "$(running)"
		fails "and the trial is forgotten" test -e /var/lib/ramdax/trial
	END
}

# bats test_tags=long
@test "another memory map under a stored line, and removal" {
	distro_install trixie initramfs-tools
	vm_ram 1280M
	boot_with "with less memory, where the carveout ends beyond it" <<-'END'
		is "the boot completed" "$booted $(failed)" "running "
		is "the old line is on the command line" "$(running)" "$(stored)"
		is "ramdax leaves alone what is not RAM" "$(bound_to ramdax)" ""
		run 4 ramdax check --machine

		region_size 384GiB
		run 0 update-grub
		says "the stored line is known as another machine's" /tmp/err 'another machine'
		is "and no entry has it" "$(lines)" ""
		region_size 300MiB
		run 0 update-grub
		is "what can be had is put in" "$(lines)" "$(stored)"
		fails "and differs" [ "$(lines)" = "$(running)" ]

		run 0 ramdax-update-bootloader --remove
		run 0 update-grub
		is "nothing is left" "$(lines)$(ls /var/lib/ramdax/cmdline /var/lib/ramdax/trial 2>/dev/null)" ""
	END
}
