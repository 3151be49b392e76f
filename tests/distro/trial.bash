# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Safety nets of the boot loader, pulled on a disk with real GRUB: parts of scripts, each for the end
# of a boot, in this order. The layout is whole_life's.

# trial_setup: what they share.
trial_setup() {
	vm_file /guest/trial.sh <<-'END'
		running() { grep -o 'memmap=[^ ]*' /proc/cmdline; }
		stored() { sed -n s/^cmdline=//p /var/lib/ramdax/cmdline; }
		lines() { grep -o 'memmap=[^ ]*' /boot/grub/grub.cfg | sort -u | xargs; }
		failed() { systemctl --failed --plain --no-legend | cut -d ' ' -f 1 | xargs; }
		region_size() {
			sed -i -e '/^name = "main"/,/^\[\[/{/^size/d}' -e "/^name = \"main\"/a size = \"$1\"" \
				/etc/ramdax/layout.toml
		}
	END
}

# No line is to be had, and then one on trial that leaves the kernel 128 MiB, too little for any.
panicking_next() {
	cat <<-'END'
		. /run/guest/trial.sh
		cp -p /etc/ramdax/layout.toml /tmp/layout
		region_size 384GiB
		run 4 ramdax gen-cmdline
		run 0 update-grub
		says "update-grub tells that no line was found" /tmp/err 'stays as it was'
		is "and every entry keeps the old one" "$(lines)" "$(running)"
		cp -p /tmp/layout /etc/ramdax/layout.toml

		printf '%s\n' '#!/bin/sh' '[ "$*" = gen-cmdline ] || exec /usr/sbin/ramdax "$@"' \
			'echo "memmap=896M!128M,3G!4G"' >/usr/local/sbin/chooser
		chmod 755 /usr/local/sbin/chooser
		RAMDAX=/usr/local/sbin/chooser run 0 ramdax-update-bootloader --trial
		is "one entry has that" "$(grep -c '896M!128M,3G!4G' /boot/grub/grub.cfg)" 1
	END
}

# In the boot after the panic; then a good one on trial.
good_next() {
	cat <<-'END'
		. /run/guest/trial.sh
		is "every entry has the old line" "$(lines)" "$(running)"
		run 0 ramdax status
		says "status tells why" /tmp/err 'given up after its trial: .*another command line'
		run 0 ramdax-update-bootloader
		is "run again, it chooses what runs" "$(lines)" "$(running)"
		fails "and the trial is forgotten" test -e /var/lib/ramdax/trial

		region_size 1GiB
		run 0 ramdax-update-bootloader --trial
		line=$(ramdax gen-cmdline 2>/dev/null)
		fails "the larger region needs another line" [ "$line" = "$(running)" ]
		is "which one entry has" "$(grep -c -e "$line" /boot/grub/grub.cfg)" 1
		run 0 ramdax status
		says "status tells that it is on trial" /tmp/err "$line.* is on trial"
	END
}

# In the boot with the good one.
good_kept() {
	cat <<-'END'
		. /run/guest/trial.sh
		is "the boot completed" "$booted $(failed)" "running "
		at_least "the region is the larger one" "$(cat /sys/bus/nd/devices/region0/size)" $((1 << 30))
		is "every entry has the line that was tried" "$(lines)" "$(running)"
		is "which is the stored one" "$(running)" "$(stored)"
		fails "the trial is over" test -e /var/lib/ramdax/trial
		is "the namespace is there" "$(namespace images size)" 268435456
	END
}
