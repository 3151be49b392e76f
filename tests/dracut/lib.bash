# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Real dracut images, booted, for bats: the guests of tests/vm with an initramfs in front.
#
#	vm_layout <<-'END'		# the system's /etc/ramdax/layout.toml
#	END
#	vm_script <<-'END'		# runs in the real root: guest/lib.sh and guest.sh
#		provisioned
#	END
#	dracut_image trixie --no-hostonly	# $vm_dir/initrd, $vm_dir/build says what dracut said
#	dracut_boot --memmap '514M!4G'
#
# An image is built in an overlay over the distribution, in mount and PID namespaces of its own:
# nothing of it is left on this machine. Needs root.

# shellcheck source=tests/vm/lib.bash
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../vm/lib.bash"

dracut_here=$vm_here/../dracut

dracut_setup() {
	vm_setup
	dracut_environment=()
	dracut_packages=(dracut-core) # what the distribution has beyond systemd
	cp "$dracut_here/init" "$vm_tree/init"
	cp "$dracut_here/guest.sh" "$vm_tree/guest/dracut.sh"
}

# Options for a host-only image on a machine where neither ramdax nor the disk's driver is loaded.
# shellcheck disable=SC2034 # for the tests
host_only=(--hostonly --add-drivers "virtio_pci virtio_blk ext4")

# dracut_image SUITE [OPTION]...: what "dracut OPTION..." makes on that distribution with this
# tree's ramdax installed, not compressed. Its messages go to $vm_dir/build, a listing to
# $vm_dir/contents. The tests of one file share an image if they ask for the same one.
# dracut_environment: for dracut.
dracut_image() {
	local kept
	kept=$BATS_FILE_TMPDIR/$({
		echo "${dracut_environment[*]} $*"
		cat "$vm_tree/etc/ramdax/layout.toml"
	} 2>/dev/null | sha256sum | cut -c 1-16)
	rm -f "$vm_dir"/{initrd,build,contents}
	if [ ! -e "$kept" ]; then
		dracut_build "$@" || return
		mkdir "$kept.new"
		mv "$vm_dir"/{initrd,build,contents} "$kept.new/"
		mv "$kept.new" "$kept"
	fi
	ln -s "$kept"/{initrd,build,contents} "$vm_dir/"
}

dracut_build() {
	local kernel
	kernel=$("$vm_here/fetch-kernel")
	dracut_overlay "$1" "$kernel" env "${dracut_environment[@]}" \
		dracut --force --no-early-microcode --no-compress --kver "$(cat "$kernel/release")" "${@:2}" \
		/out/initrd >"$vm_dir/build" 2>&1 || {
		cat "$vm_dir/build"
		return 1
	}
	dracut_overlay "$1" "$kernel" lsinitrd /out/initrd >"$vm_dir/contents"
}

# dracut_overlay SUITE KERNEL COMMAND...: runs the command in the distribution with ramdax, the
# layout and the kernel's modules where they belong; $vm_dir is /out.
dracut_overlay() {
	local distribution
	distribution=$("$vm_here/../distribution" "$1" "${dracut_packages[@]}") || return
	mkdir -p "$vm_dir"/overlay/{upper,work,root}
	make -s -C "$vm_root" install VERIFY=no DESTDIR="$vm_dir/overlay/upper" >/dev/null || return
	[ -z "${RAMDAX-}" ] || cp "$RAMDAX" "$vm_dir/overlay/upper/usr/sbin/ramdax"
	[ ! -e "$vm_tree/etc/ramdax/layout.toml" ] ||
		install -D -m 644 -t "$vm_dir/overlay/upper/etc/ramdax" "$vm_tree/etc/ramdax/layout.toml"
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork bash -e -c '
		root=$3/overlay/root
		mount -t overlay -o "lowerdir=$1,upperdir=$3/overlay/upper,workdir=$3/overlay/work" none "$root"
		if [ -e /proc/modules ]; then
			mount -t proc proc "$root/proc"
		else
			# a kernel without modules: dracut-install would give up host-only mode; so it
			# sees that none is loaded, the strictest case
			mkdir -p "$root/real-proc"
			mount -t proc proc "$root/real-proc"
			mount -t tmpfs tmpfs "$root/proc"
			(cd "$root/real-proc" && ls -d [a-z]*) |
				sed s,^,/real-proc/, | xargs ln -s -t "$root/proc"
			: >"$root/proc/modules"
		fi
		mount --rbind /dev "$root/dev"
		mkdir -p "$root/out" "$root/usr/lib/modules"
		mount --bind "$3" "$root/out"
		mount --bind "$2/lib/modules" "$root/usr/lib/modules"
		shift 3
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
	' dracut_overlay "$distribution" "$2" "$vm_dir" "${@:3}"
}

# What vm_start boots: the dracut image, and a disk with the real root, which has the programs and
# modules of the other guests and this scenario's script.
vm_prepare() {
	local root=$vm_dir/root
	mkdir -p "$root"
	cpio -i -d -m --quiet -D "$root" <"$("$vm_here/image")"
	cp -a "$vm_tree/." "$root/"
	mkdir -p "$root/sysroot"
	echo 'ID=guest' >"$root/etc/os-release" # without it this is no system to systemd
	rm -f "$vm_dir/disk"
	mke2fs -q -t ext4 -L guest -d "$root" "$vm_dir/disk" 160M 2>/dev/null
	rm -rf "$root"
	vm_args=(-drive "file=$vm_dir/disk,format=raw,if=virtio,cache=unsafe")
	vm_cmdline="root=LABEL=guest init=/init"
}

# dracut_boot [OPTION VALUE]...: vm_boot, with the time that a distribution's boot takes, and one
# processor: two, emulated, sometimes trip over code that the other one is just patching.
dracut_boot() {
	vm_boot --cpus 1 "$@"
}

# boot_stops TEXT [OPTION VALUE]...: the boot (options as vm_boot's) comes to where the console says
# TEXT, and then neither goes on nor powers off: for another 10 seconds the guest is there and the
# real root is not.
boot_stops() {
	local text=$1 memory='' below='' memmap='' append='' cpus=1 numa='' deadline
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		--memmap) memmap="memmap=$2" ;;
		--append) append=$2 ;;
		esac
		shift 2
	done
	vm_start
	deadline=$((SECONDS + 300))
	until grep -qaE -e "$text" "$vm_dir/console" 2>/dev/null; do
		kill -0 "$vm_pid" || {
			echo "boot_stops: the guest ended"
			return 1
		}
		[ $SECONDS -lt $deadline ] || {
			echo "boot_stops: not there after 300 seconds"
			return 1
		}
		sleep 0.5
	done
	sleep 10
	kill -0 "$vm_pid" || {
		echo "boot_stops: the guest powered off"
		return 1
	}
	cat "$vm_dir/output"
	[ ! -s "$vm_dir/output" ]
}
