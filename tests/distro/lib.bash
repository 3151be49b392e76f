# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Whole systems, for bats: a Debian on a disk, with its own GRUB and initramfs, as an administrator
# sets it up. Guests, their RAM and what scripts say are those of tests/vm.
#
#	vm_layout <<-'END'		# the system's /etc/ramdax/layout.toml
#	END
#	distro_file /etc/fstab <<-'END'	# more files of the system, before its initramfs is made
#	END
#	distro_install trixie dracut	# the disk, the Debian package, GRUB and its kernel command line
#	vm_ram 4G			# a power cycle
#	vm_script <<-'END'		# runs at the end of the boot, which then is shut down
#	END
#	distro_boot			# SeaBIOS, GRUB, kernel, initramfs, systemd
#	distro_boot			# the same RAM: a warm reset
#
# Nothing of it is mounted or left on this machine. Needs root.

# shellcheck source=tests/vm/lib.bash
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../vm/lib.bash"

distro_here=$vm_here/../distro

# What each generator's system has beyond systemd.
distro_packages() {
	case $1 in
	dracut) echo dracut ;;
	initramfs-tools) echo initramfs-tools busybox ;;
	esac
	echo grub-pc-bin grub2-common ndctl jq
}

distro_setup() {
	vm_setup
	install -m 755 "$distro_here/init" "$vm_tree/guest/init"
	cp "$vm_here/../dracut/guest.sh" "$vm_tree/guest/dracut.sh"
	distro_booted=() # instead of the disk
	distro_tree=$vm_dir/system # the system's files, until they are on the disk
	mkdir -p "$vm_dir/files"
}

# distro_file PATH: standard input becomes that file of the system.
distro_file() {
	install -D -m 644 /dev/stdin "$vm_dir/files$1"
}

# distro_install SUITE GENERATOR: $vm_dir/disk. GRUB and its configuration are made where they
# belong, in the system itself: a guest that is booted without them once.
distro_install() {
	local kernel release
	kernel=$("$vm_here/fetch-kernel")
	release=$(cat "$kernel/release")
	distro_unpack "$1" "$2" "$kernel" || return
	distro_package "$release" >"$vm_dir/build" 2>&1 || {
		cat "$vm_dir/build"
		return 1
	}
	distro_disk || return
	vm_script <<-'END'
		run 0 grub-install --target=i386-pc /dev/vda
		: >/boot/grub/grub.cfg
		run 0 ramdax-update-bootloader
		entries=$(grep -c '^[[:space:]]*linux' /boot/grub/grub.cfg)
		is "every entry but that for recovery has the line" "$(grep -c memmap= /boot/grub/grub.cfg)" \
			$((entries - $(grep -c '^[[:space:]]*linux.* single ' /boot/grub/grub.cfg)))
	END
	cp "$distro_here/install" "$vm_tree/init"
	vm_initrd
	distro_booted=(-kernel "$kernel/vmlinuz" -initrd "$vm_dir/initrd"
		-append "console=ttyS0 panic=-1 no_timer_check quiet")
	vm_boot || return
	distro_booted=()
}

# The distribution with a kernel, and what scenarios need.
distro_unpack() {
	local packages
	read -ra packages < <(distro_packages "$2" | xargs)
	cp -a "$("$vm_here/../distribution" "$1" "${packages[@]}")" "$distro_tree" || return
	install -D -m 644 -t "$distro_tree/etc/ramdax" "$vm_tree/etc/ramdax/layout.toml"
	cp -a "$3/lib/modules" "$distro_tree/usr/lib/"
	cp "$3/vmlinuz" "$distro_tree/boot/vmlinuz-$(cat "$3/release")"
	echo CONFIG_RD_ZSTD=y >"$distro_tree/boot/config-$(cat "$3/release")"
	cp -r "$vm_tree/guest" "$distro_tree/"
	cpio -i -d -m --quiet -D "$distro_tree" usr/bin/daxio <"$("$vm_here/image")"
	echo 'LABEL=system / ext4 rw 0 1' >"$distro_tree/etc/fstab"
	cat >"$distro_tree/etc/default/grub" <<-'END'
		GRUB_TIMEOUT=0
		GRUB_TERMINAL=serial
		GRUB_DISABLE_OS_PROBER=true
		GRUB_CMDLINE_LINUX_DEFAULT="quiet"
		GRUB_CMDLINE_LINUX="console=ttyS0 panic=-1 no_timer_check systemd.log_color=0"
	END
	cat >"$distro_tree/etc/systemd/system/guest.service" <<-'END'
		[Unit]
		After=multi-user.target
		[Service]
		ExecStart=/bin/sh /guest/init
	END
	mkdir -p "$distro_tree/etc/systemd/system/multi-user.target.wants"
	ln -s ../guest.service "$distro_tree/etc/systemd/system/multi-user.target.wants/"
	"$vm_here/../lean" "$distro_tree"
	cp -r "$vm_dir/files/." "$distro_tree/"
	[ ! -e "$vm_dir/files/etc/fstab" ] ||
		sed -i '1i LABEL=system / ext4 rw 0 1' "$distro_tree/etc/fstab"
	# what systemd would do at a first boot, in every boot of a new disk
	echo 0123456789abcdef0123456789abcdef >"$distro_tree/etc/machine-id"
	touch "$distro_tree"/{etc,var}/.updated
}

# This tree's package, which has the initramfs made. $distro_before and $distro_after, if set, are
# functions called then, the first one with the package.
distro_package() {
	local deb image=$distro_tree/boot/initrd.img-$1
	deb=$(make -s -C "$vm_root" deb) || return
	: >"$image" # only what is there is made again
	if [ "${distro_before-}" ]; then
		"$distro_before" "$deb" || return
	fi
	distro_dpkg "$deb" || return
	if [ "${RAMDAX-}" ]; then
		cp "$RAMDAX" "$distro_tree/usr/sbin/ramdax"
		distro_run 'dpkg-trigger --by-package=ramdax update-initramfs; dpkg --triggers-only -a' || return
	fi
	[ -s "$image" ] && { [ ! "${distro_after-}" ] || "$distro_after"; }
}

# distro_dpkg DEB: installs it, as apt would without anybody to ask.
distro_dpkg() {
	cp "$1" "$distro_tree/new.deb"
	distro_run 'dpkg --force-confdef --force-confold -i /new.deb; rm /new.deb'
}

# distro_run SCRIPT: in the system's files.
distro_run() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork bash -e -c '
		mount -t proc proc "$1/proc"
		mount --rbind /dev "$1/dev"
		exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			DEBIAN_FRONTEND=noninteractive sh -e -c "$2"
	' run "$distro_tree" "$1" </dev/null 3>&-
}

# One partition with the system, from 1 MiB on, where GRUB finds room before it.
distro_disk() {
	local sectors=$((1200 * 2048))
	rm -f "$vm_dir/disk"
	truncate -s $((sectors * 512)) "$vm_dir/disk"
	mke2fs -q -t ext4 -L system -E offset=1048576 -d "$distro_tree" "$vm_dir/disk" \
		$(((sectors - 2048) / 2))K 2>/dev/null || return
	rm -rf --one-file-system "$distro_tree"
	# an active Linux partition (0x83) as MBRs have it, in little endian, and the signature
	printf '%b' "\\x80\\xfe\\xff\\xff\\x83\\xfe\\xff\\xff$(distro_le32 2048)$(distro_le32 $((sectors - 2048)))" |
		dd of="$vm_dir/disk" bs=1 seek=446 conv=notrunc status=none
	printf '\x55\xaa' | dd of="$vm_dir/disk" bs=1 seek=510 conv=notrunc status=none
}

distro_le32() {
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' \
		$(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# What vm_start boots: the disk. The scenario's script is on a second one, as a tar archive.
vm_prepare() {
	tar -C "$vm_tree/guest" -cf "$vm_dir/scenario" .
	vm_args=(-drive "file=$vm_dir/disk,format=raw,if=virtio,cache=unsafe"
		-drive "file=$vm_dir/scenario,format=raw,if=virtio,readonly=on")
}

vm_kernel() {
	vm_booted=("${distro_booted[@]}")
}

distro_boot() {
	vm_boot --timeout 900 "$@"
}
