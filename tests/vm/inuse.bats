#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who uses a device: the kernel itself would let every one of them be unbound.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

setup() {
	vm_setup
	"${CC:-cc}" -O2 -Wall -Wextra -static -o "$vm_tree/usr/sbin/hold" "$vm_here/hold.c"
}

teardown() { vm_teardown; }

# A namespace per line: its name, its mode and its size.
make='
	modprobe -a nd_pmem dax_pmem device_dax nd_btt loop dm_mod btrfs xfs
	echo ramdax >/sys/bus/platform/devices/e820_pmem/driver_override
	modprobe ramdax
	cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
	make() {
		holds "namespace $1 is made" ndctl create-namespace -r region0 -n "$1" -m "$2" -s "$3"
	}
	# user NAME: who uses the namespace
	user() {
		ramdax status --json >/tmp/status
		jq -r --arg n "$1" ".regions[].namespaces[] | select(.name == \$n) | .user // \"nobody\"" </tmp/status
	}
'

@test "mounts, in any namespace and of any kind" {
	vm_script <<-END
		$make
		make plain fsdax 64M
		make elsewhere fsdax 64M
		make lazy fsdax 64M
		make tree fsdax 128M
		make parts sector 384M
		make nobody fsdax 64M
		mkfs.ext4 -q -b 4096 "\$(device plain)"
		mkdir "/tmp/a place"
		mount -t ext4 -o dax=always "\$(device plain)" "/tmp/a place"
		is "mounted here" "\$(user plain)" "mounted on /tmp/a place"

		mkfs.ext4 -q -b 4096 "\$(device elsewhere)"
		mkdir /tmp/theirs
		unshare -m sh -c "mount -t ext4 \$(device elsewhere) /tmp/theirs; sleep 1000" &
		sleep 1
		fails "not mounted here" grep theirs /proc/self/mountinfo
		is "mounted in another namespace" "\$(user elsewhere)" "mounted on /tmp/theirs"

		mkfs.ext4 -q -b 4096 "\$(device lazy)"
		mkdir /tmp/gone
		mount -t ext4 "\$(device lazy)" /tmp/gone
		touch /tmp/gone/file
		sleep 1000 </tmp/gone/file &
		sleep 0.5
		umount -l /tmp/gone
		is "unmounted, but a file is open" "\$(user lazy)" "claimed by the kernel"

		mkfs.btrfs -q "\$(device tree)" >/dev/null
		mkdir /tmp/tree
		mount -t btrfs "\$(device tree)" /tmp/tree
		is "btrfs, which has a device number of its own" "\$(user tree)" "mounted on /tmp/tree"

		printf "o\nn\np\n1\n\n\nw\n" | fdisk "\$(device parts)" >/dev/null 2>&1
		mkfs.xfs -q -f "\$(device parts)1"
		mkdir /tmp/part
		mount -t xfs "\$(device parts)1" /tmp/part
		is "a partition" "\$(user parts)" "mounted on /tmp/part"
		umount /tmp/part
		is "no longer" "\$(user parts)" nobody
		is "nobody" "\$(user nobody)" nobody
	END
	vm_boot --memmap '1025M!4G'
}

@test "swap, loop devices, system memory" {
	vm_script <<-END
		$make
		make swap fsdax 64M
		make loop raw 16M
		make memory devdax 512M
		mkswap "\$(device swap)" >/dev/null
		swapon "\$(device swap)"
		is "swap" "\$(user swap)" swap
		swapoff "\$(device swap)"
		is "no longer" "\$(user swap)" nobody
		losetup /dev/loop3 "\$(device loop)"
		is "a loop device" "\$(user loop)" loop3
		daxctl reconfigure-device -m system-ram --force "\$(device memory | sed s,/dev/,,)" >/dev/null
		is "system memory" "\$(user memory)" "driver kmem"
	END
	vm_boot --memmap '1025M!4G'
}

@test "processes that have it open or mapped, by any name" {
	vm_script <<-END
		$make
		make open fsdax 64M
		make char devdax 64M
		make mapped devdax 64M
		make file fsdax 64M
		sleep 1000 <"\$(device open)" &
		open=\$!
		sleep 1000 <"\$(device char)" &
		char=\$!
		name=\$(device mapped)
		mknod /tmp/other-name c \$(tr : ' ' <"/sys/bus/dax/devices/\${name#/dev/}/dev")
		hold /tmp/other-name &
		mapped=\$!
		mkfs.ext4 -q -b 4096 "\$(device file)"
		mount -t ext4 -o dax=always "\$(device file)" /mnt
		truncate -s 4M /mnt/file
		hold /mnt/file &
		file=\$!
		sleep 1
		umount -l /mnt
		is "block device open" "\$(user open)" "open by process \$open"
		is "dax device open" "\$(user char)" "open by process \$char"
		is "dax device mapped by another name" "\$(user mapped)" "mapped by process \$mapped"
		is "file mapped, file system gone from sight" "\$(user file)" "mapped by process \$file"
		kill \$open \$mapped
		sleep 0.5
		is "no longer open" "\$(user open)" nobody
		is "no longer mapped" "\$(user mapped)" nobody
	END
	vm_boot --memmap '1025M!4G'
}
