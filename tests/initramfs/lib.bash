# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Real images of initramfs-tools, booted, for bats: as tests/dracut/lib.bash, whose disk and waiting
# they share.
#
#	setup() { initramfs_setup; }
#	teardown() { vm_teardown; }
#
#	initramfs_image trixie		# $vm_dir/initrd, what was said in $vm_dir/build
#	initramfs_image trixie kdump	# as kdump-tools builds it
#	initramfs_image trixie bare	# for a kernel that has no modules
#	initramfs_boot --memmap '514M!4G'
#
# $vm_dir/contents lists the image, and after that "ORDER" and the scripts of init-top as they run.
# initramfs_conf is a file of conf.d. Needs root.

# shellcheck source=tests/dracut/lib.bash
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../dracut/lib.bash"

initramfs_setup() {
	dracut_setup
	dracut_packages=(initramfs-tools busybox kdump-tools)
	initramfs_conf=
}

initramfs_image() {
	dracut_environment=("CONF=$initramfs_conf") # so that tests share images by it, too
	dracut_image "$@"
}

# Every image has nd_e820: as little as udev needs to take the carveouts, were it first.
dracut_build() {
	local kernel
	kernel=$("$vm_here/fetch-kernel")
	# shellcheck disable=SC2016 # for the inner shell
	dracut_overlay "$1" "$kernel" env "${dracut_environment[@]}" bash -e -c '
		cd /etc/initramfs-tools
		echo "$CONF" >conf.d/test
		printf "%s\n" "#!/bin/sh" "[ \"\$1\" = prereqs ] && exit" \
			". /usr/share/initramfs-tools/hook-functions" "manual_add_modules nd_e820" >hooks/nd_e820
		chmod 755 hooks/nd_e820
		version=$2
		image=/boot/initrd.img-$version
		case $1 in
		kdump)
			image=/var/lib/kdump/initrd.img-$version
			echo MODULES=list >>conf.d/test # or it asks /sys for what the root is on
			printf "%s\n" virtio_pci virtio_blk ext4 >>modules # which is that
			;;
		bare)
			version=$2-bare
			image=$image-bare
			mount -t tmpfs none /usr/lib/modules
			mkdir "/usr/lib/modules/$version"
			: >"/usr/lib/modules/$version/modules.order"
			: >"/usr/lib/modules/$version/modules.builtin"
			;;
		esac
		echo CONFIG_RD_ZSTD=y >"/boot/config-$version"
		: >"/boot/vmlinuz-$version"
		if [ "$1" = kdump ]; then
			/etc/kernel/postinst.d/kdump-tools "$version"
		else
			update-initramfs -c -k "$version"
		fi
		cp "$image" /out/initrd
		lsinitramfs /out/initrd >/out/contents
		unmkinitramfs /out/initrd /tmp/unpacked
		echo ORDER >>/out/contents
		find /tmp/unpacked -path "*/init-top/ORDER" -exec sed -n "s,^/scripts/,,p" {} + >>/out/contents
	' build "${2-}" "$(cat "$kernel/release")" >"$vm_dir/build" 2>&1 || {
		cat "$vm_dir/build"
		return 1
	}
}

initramfs_boot() {
	dracut_boot "$@"
}

# has PATH..., has_not PATTERN: what is in the image (PATTERN: an extended regular expression).
has() {
	local path
	for path; do
		grep -qxF -e "$path" "$vm_dir/contents" || {
			echo "not in the image: $path"
			return 1
		}
	done
}

has_not() {
	! grep -E -e "$1" "$vm_dir/contents"
}
