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
		losetup -d /dev/loop3
		is "no longer" "\$(user loop)" nobody
		mkdir /tmp/theirs
		numbers="\$((0x\$(stat -c %t "\$(device loop)"))) \$((0x\$(stat -c %T "\$(device loop)")))"
		unshare -m sh -c "mount -t tmpfs theirs /tmp/theirs && mknod /tmp/theirs/name b \$numbers &&
			losetup /dev/loop3 /tmp/theirs/name; >/tmp/attached; sleep 1000" &
		until [ -e /tmp/attached ]; do sleep 0.1; done
		is "one that was made in another namespace, of another name" "\$(user loop)" loop3
		printf '%s\n' 'version = 1' '[[region]]' 'name = "pool"' '[[region.namespace]]' \
			'name = "memory"' 'mode = "devdax"' 'raw_size = "512MiB"' \
			>/etc/ramdax/layout.toml
		daxctl disable-device "\$(device memory | sed s,/dev/,,)" 2>/dev/null
		run 6 ramdax plan --check
		run 0 ramdax apply
		holds "its device can be opened again" daxio read "\$(device memory)" 0 6
		daxctl reconfigure-device -m system-ram --force "\$(device memory | sed s,/dev/,,)" >/dev/null
		is "system memory" "\$(user memory)" "driver kmem"
		run 5 ramdax apply --recreate --yes
		says "the message says so" /tmp/err '"memory".*kmem.*--mode=devdax'
	END
	vm_boot --memmap '1025M!4G'
}

@test "processes that have it open or mapped, by any name" {
	vm_script <<-END
		$make
		make open fsdax 64M
		make char devdax 64M
		make mapped devdax 64M
		make thread devdax 64M
		make file fsdax 64M
		make ring raw 16M
		sleep 1000 <"\$(device open)" &
		open=\$!
		sleep 1000 <"\$(device char)" &
		char=\$!
		name=\$(device mapped)
		mknod /tmp/other-name c \$(tr : ' ' <"/sys/bus/dax/devices/\${name#/dev/}/dev")
		hold /tmp/other-name &
		mapped=\$!
		hold "\$(device thread)" thread &
		hold "\$(device ring)" ring &
		ring=\$!
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
		is "registered with io_uring, and closed" "\$(user ring)" "open by process \$ring"
		is "whose first thread has ended" "\$(user thread | sed 's/[0-9]*\$//')" "mapped by process "
		is "in a container, who uses what outside is unknown" \
			"\$(unshare -p -f --mount-proc ramdax status --json | jq -r '.regions[].namespaces[] |
				select(.name == "open") | .user')" "unknown, /proc shows only processes of a container"
		kill \$open \$mapped
		sleep 0.5
		is "no longer open" "\$(user open)" nobody
		is "no longer mapped" "\$(user mapped)" nobody
		mount --bind /proc/1/mem /proc/1/maps
		is "who cannot be looked at may use anything" "\$(user mapped)" \
			"unknown, cannot read /proc/1/maps: Input/output error"
		umount /proc/1/maps
		is "and no longer" "\$(user mapped)" nobody
	END
	vm_boot --memmap '1025M!4G'
}

@test "no option gets at what is in use, and nothing oopses" {
	vm_pool 'mapped 64MiB ext4' 'elsewhere 64MiB ext4' 'swap 32MiB fsdax' 'mapper 32MiB raw' \
		'raid 32MiB sector' 'opened 32MiB devdax' 'memory 32MiB devdax' 'tree 128MiB btrfs' \
		'looped 32MiB raw' 'parts 64MiB sector' 'plain 32MiB raw' | vm_layout
	vm_script <<-'END'
		modprobe -a ext4 btrfs loop dm_mod md_mod raid0
		run 0 ramdax apply
		number() { echo $((0x$(stat -L -c %t "$1"))):$((0x$(stat -L -c %T "$1"))); }

		# mapped: the file system is gone from sight, and a file of it still mapped with DAX, which
		# the kernel does not survive when the namespace is unbound
		mount -t ext4 -o dax=always "$(device mapped)" /mnt
		truncate -s 4M /mnt/file
		hold /mnt/file &
		mapped=$!
		sleep 1
		umount -l /mnt
		mkdir /tmp/theirs
		unshare -m sh -c "mount -t ext4 $(device elsewhere) /tmp/theirs; echo precious >/tmp/theirs/file
			sync; sleep 1000" &
		mkswap "$(device swap)" >/dev/null
		holds "swap is on" swapon "$(device swap)"
		holds "device-mapper has one" dmsetup create held --table "0 2048 linear $(device mapper) 0"
		echo md_held >/sys/module/md_mod/parameters/new_array
		md=/sys/block/md_held/md
		holds "md has one" eval 'echo none >$md/metadata_version && echo raid0 >$md/level &&
			echo 1 >$md/raid_disks && number "$(device raid)" >$md/new_dev'
		sleep 1000 <"$(device opened)" &
		hold "$(device memory)" &
		memory=$!
		mkdir /tmp/tree /tmp/part
		holds "btrfs is mounted" mount -t btrfs "$(device tree)" /tmp/tree
		holds "a loop device has one" losetup /dev/loop5 "$(device looped)"
		printf "o\nn\np\n1\n\n\nw\n" | fdisk "$(device parts)" >/dev/null 2>&1
		mkfs.ext4 -q "$(device parts)1"
		holds "a partition is mounted" mount -t ext4 "$(device parts)1" /tmp/part
		sleep 1000 <"$(device plain)" &
		sleep 1
		before=$(ndctl list -N | jq -c 'sort_by(.name) | map({name, uuid, mode, size})')
		is "all are there" "$(echo "$before" | jq length)" 11
		user() {
			jq -r --arg n $1 '.regions[].namespaces[] | select(.name == $n) | .user // "nobody"' /tmp/status
		}
		names="mapped elsewhere swap mapper raid opened memory tree looped parts plain"
		ramdax status --json >/tmp/status
		for name in $names; do
			echo "# $name: $(user $name)"
			fails "somebody uses $name" test "$(user $name)" = nobody
		done

		# attack WHAT COMMAND...: it destroys nothing
		attack() {
			_what=$1
			shift
			"$@" >/tmp/out 2>/tmp/err
			_status=$?
			is "$_what: kept ($_status)" "$_status" 5
			is "$_what: all as before" \
				"$(ndctl list -N | jq -c 'sort_by(.name) | map({name, uuid, mode, size})')" "$before"
		}
		cp /etc/ramdax/layout.toml /tmp/layout
		attack wipe ramdax wipe --yes
		attack "wipe --zero" ramdax wipe --zero --yes
		attack scrub ramdax scrub --yes $names
		sed -i 's/128MiB/144MiB/; s/64MiB/80MiB/; s/32MiB/48MiB/' /etc/ramdax/layout.toml
		attack "--recreate" ramdax apply --recreate --prune --yes
		attack "--recreate=REGION" ramdax apply --recreate=pool --yes
		for name in $names; do
			attack "--recreate=$name" ramdax apply --recreate=$name --yes
		done
		attack "--repair-labels" ramdax apply --repair-labels --yes
		sed -i 's/^size/on_conflict = "recreate"\nsize/' /etc/ramdax/layout.toml
		attack "on_conflict = recreate" ramdax apply --yes
		rm -f /run/ramdax/report.json
		sed 's/^size/survives = "none"\nsize/' /tmp/layout >/etc/ramdax/layout.toml
		attack "survives = none" ramdax apply --yes
		printf '%s\n' 'version = 1' '[[region]]' 'name = "pool"' 'size = "600MiB"' \
			'[[region.namespace]]' 'name = "other"' 'mode = "raw"' 'size = "4KiB"' >/etc/ramdax/layout.toml
		run 5 ramdax apply --prune --yes
		is "--prune: all as before" \
			"$(ndctl list -N | jq -c 'map(select(.name != "other")) | sort_by(.name) | map({name, uuid, mode, size})')" "$before"
		sleep 1
		holds "the mappings are alive" kill -0 $mapped $memory
		holds "swap is on still" swapoff "$(device swap)"
		fails "no oops" eval 'dmesg | grep -E "BUG:|Oops|general protection|shutdown"'
	END
	vm_boot --memory 2G --memmap '642M!4G'
}

@test "a carveout is not taken from nd_e820 while somebody uses it" {
	vm_pool 'files 64MiB fsdax' | vm_layout
	vm_script <<-'END'
		modprobe -a nd_e820 nd_pmem ext4 dm_mod loop
		cat /sys/bus/nd/devices/ndbus0/wait_probe >/dev/null
		driver() { basename "$(readlink /sys/bus/platform/devices/e820_pmem/driver)"; }
		is "nd_e820 has it" "$(driver)" e820_pmem
		# kept WHO: apply leaves the device to its driver, because of who uses it
		kept() {
			run 5 ramdax apply --yes --recreate
			holds "which says why: $1" grep "in use ($1" /tmp/err
			is "$1: nd_e820 has it still" "$(driver)" e820_pmem
		}
		mkfs.ext4 -q -b 4096 /dev/pmem0
		mount -t ext4 -o dax=always /dev/pmem0 /mnt
		kept "mounted on /mnt"
		truncate -s 4M /mnt/file
		hold /mnt/file &
		sleep 1
		umount -l /mnt
		kept "mapped by process"
		kill $!
		sleep 1
		mkswap /dev/pmem0 >/dev/null
		swapon /dev/pmem0
		kept swap
		swapoff /dev/pmem0
		dmsetup create held --table "0 2048 linear /dev/pmem0 0"
		kept dm-0
		dmsetup remove held
		losetup /dev/loop5 /dev/pmem0
		kept loop5
		losetup -d /dev/loop5
		sleep 1000 </dev/pmem0 &
		sleep 0.5
		kept "open by process"
		kill $!
		fails "no oops" eval 'dmesg | grep -E "BUG:|Oops|general protection"'
		sleep 0.5
		run 5 ramdax apply --yes
		holds "what is on it is a reason, too" grep "there is swap on it" /tmp/err
		dd if=/dev/zero of=/dev/pmem0 bs=1M count=1 2>/dev/null
		run 0 ramdax apply --yes
		is "RAMDAX has it" "$(driver)" ramdax
	END
	vm_boot --memmap '128M!4G'
}
