# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables of lib.bash
#
# The life of the Debian package in a whole system: upgraded from an older one, and purged.

# older_before DEB: a package like it, but older, with other conffiles and another program, is
# installed, and then somebody edits one of the conffiles.
older_before() {
	local tree=$vm_dir/older file
	dpkg-deb -R "$1" "$tree" || return
	sed -i 's/^Version: .*/&~older/' "$tree/DEBIAN/control"
	for file in usr/sbin/ramdax etc/default/grub.d/ramdax.cfg etc/grub.d/42_ramdax; do
		echo '# older' >>"$tree/$file"
	done
	dpkg-deb -Znone -b "$tree" "$vm_dir/older.deb" || return
	distro_dpkg "$vm_dir/older.deb" || return
	rm -rf "$tree" "$vm_dir/older.deb"
	tail -n 1 "$distro_tree/etc/grub.d/42_ramdax" | grep -qx '# older' || return
	echo '# edited' >>"$distro_tree/etc/default/grub.d/ramdax.cfg"
}

# The upgrade has kept what was edited, replaced what was not, and put the new program into the image.
upgraded() {
	local etc=$distro_tree/etc
	tail -n 1 "$etc/default/grub.d/ramdax.cfg" | grep -qx '# edited' || return
	cmp "$vm_root/grub/42_ramdax" "$etc/grub.d/42_ramdax" || return
	# shellcheck disable=SC2016 # for the other shell
	distro_run 'unmkinitramfs /boot/initrd.img-* /image
		program=$(find /image -path "*/usr/sbin/ramdax")
		cmp /usr/sbin/ramdax "$program"
		rm -r /image'
}

# The machine without the package: it boots, and has all of its memory.
purged_boots() {
	vm_script <<-'END'
		is "the boot completed, and no unit failed" "$booted $(systemctl --failed --plain --no-legend)" \
			"running "
		fails "no carveout is on the command line" grep memmap= /proc/cmdline
		is "nor in the memory map" "$(grep -ci 'persistent memory' /proc/iomem)" 0
		is "nor is there a bus for any" "$(ls /sys/bus/nd/devices 2>/dev/null)" ""
		at_least "the system has all of its memory, in MiB" \
			$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo) / 1024)) 3600
		is "and nothing speaks of ramdax" "$(journalctl -b -q -t ramdax)" ""
	END
	distro_boot
}

# For the end of the last script before that.
purge() {
	cat <<-'END'
		sed -i /srv/d /etc/fstab
		run 0 dpkg --purge ramdax
		says "the initramfs was made again" /tmp/out 'Generating /boot/initrd'
		is "no boot entry has the line" "$(grep -c memmap= /boot/grub/grub.cfg)" 0
		at_least "entries are there" "$(grep -c '^[[:space:]]*linux' /boot/grub/grub.cfg)" 2
		is "nothing of the package is left" "$(find /etc /usr /var -name '*ramdax*' \
			! -path '/usr/lib/modules/*')" /etc/ramdax
	END
}
