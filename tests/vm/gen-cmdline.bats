#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What gen-cmdline prints, booted: the kernel makes carveouts of exactly these ranges, apply asks
# for nothing else, and gen-cmdline says the same again.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

bats_require_minimum_version 1.5.0

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

# ranges [VM_OPTION VALUE]...: boots without carveouts, and sets ranges to what gen-cmdline prints.
ranges() {
	vm_script <<-'END'
		run 0 ramdax gen-cmdline
		is "one line is printed" "$(wc -l </tmp/out)" 1
		echo "line: $(cat /tmp/out)"
		echo "said: $(cat /tmp/err)"
	END
	vm_boot "$@"
	ranges=$(sed -n 's/^line: memmap=//p' "$vm_dir/output" | tr -d '\r')
	echo "ranges: $ranges"
	[[ $ranges =~ ^[0-9]+[KMG]!0x[0-9a-f]+(,[0-9]+[KMG]!0x[0-9a-f]+)*$ ]]
}

# boots_so WHAT [VM_OPTION VALUE]...: boots with the ranges; the guest also does WHAT.
boots_so() {
	local what=$1
	shift
	vm_script <<-END
		run 0 ramdax check --machine
		run 0 ramdax apply
		run 0 ramdax plan --check
		bytes() {
			case \$1 in
			*K) echo \$((\${1%K} << 10)) ;;
			*M) echo \$((\${1%M} << 20)) ;;
			*G) echo \$((\${1%G} << 30)) ;;
			esac
		}
		n=0
		for part in \$(echo '$ranges' | tr , ' '); do
			is "region\$n starts so" "\$(printf 0x%x "\$(cat /sys/bus/nd/devices/region\$n/resource)")" "\${part#*!}"
			is "region\$n has that size" "\$(cat /sys/bus/nd/devices/region\$n/size)" "\$(bytes "\${part%!*}")"
			n=\$((n + 1))
		done
		is "there is no other region" "\$(ls -d /sys/bus/nd/devices/region* | wc -l)" \$n
		run 0 ramdax gen-cmdline
		is "the line stays" "\$(cat /tmp/out)" 'memmap=$ranges'
		run 0 ramdax gen-cmdline --kexec
		is "kexec needs the same" "\$(cat /tmp/out)" 'memmap=$ranges'
		is "what kexec must not do is said" "\$(grep -c 'kexec -s' /tmp/err)" 1
		$what
	END
	vm_boot --memmap "$ranges" "$@"
}

files_and_memory() {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "cache"
		[[region.namespace]]
		name = "files"
		size = "100MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "queue"
		mode = "sector"
		size = "32MiB"
		[[region]]
		name = "guests"
		size = "200MiB"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "50%"
	END
}

@test "booted: two regions above 4 GiB, with devices of the declared size" {
	files_and_memory
	ranges --memory 6G
	[[ $ranges == *!0x100000000,* ]]
	boots_so '
		at_least "files is as large as declared" "$(ndctl list -N | jq ".[] | select(.name == \"files\").size")" $((100 << 20))
		at_least "queue too" "$(ndctl list -N | jq ".[] | select(.name == \"queue\").size")" $((32 << 20))
	' --memory 6G
}

@test "booted: all RAM below 4 GiB" {
	files_and_memory
	ranges --memory 2G --below 2G
	for part in ${ranges//,/ }; do
		[ $((${part#*!})) -lt $((4 * GIB)) ]
	done
	boots_so '' --memory 2G --below 2G
}

@test "booted: UEFI, which costs KASLR" {
	files_and_memory
	ranges --memory 6G --firmware uefi
	vm_said 'said: .*under UEFI any memmap= ends physical KASLR'
	boots_so '' --memory 6G --firmware uefi
}

@test "booted: regions of both nodes, one of them a share of its RAM" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "far"
		node = 1
		size = "25%"
		[[region.namespace]]
		name = "a"
		size = "50%"
		[[region]]
		name = "near"
		node = 0
		size = "256MiB"
		[[region.namespace]]
		name = "b"
		mode = "raw"
		size = "100%"
		[[region]]
		name = "both"
		node = "each"
		size = "100MiB"
		[[region.namespace]]
		name = "filler"
		mode = "raw"
		size = "30MiB"
		count = "fill"
	END
	ranges --memory 6G --below 2G --numa 3G,3G
	boots_so '
		for node in 0 1; do
			region=$(ndctl list -RN | jq -r "first(.regions[] | select(any(.namespaces[]?; .name == \"filler-2-node$node\"))).dev")
			is "node $node has its own" "$(cat "/sys/bus/nd/devices/$region/numa_node")" $node
			is "which is full" "$(ndctl list -N -r "$region" | jq length)" 3
		done
		judge 0
		is "the first is of node 0" "$(cat /sys/bus/nd/devices/region0/numa_node)" 0
		a=$(ndctl list -RN | jq -r "first(.regions[] | select(any(.namespaces[]?; .name == \"a\"))).dev")
		is "the other one is of node 1" "$(cat "/sys/bus/nd/devices/$a/numa_node")" 1
		is "a quarter of 3 GiB" "$(cat "/sys/bus/nd/devices/$a/size")" $((770 << 20))
	' --memory 6G --below 2G --numa 3G,3G
}

@test "booted: 8 GiB around the hole, the map in fragments, one region at its address" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pinned"
		address = "0x1a0000000"
		[[region.namespace]]
		name = "a"
		size = "64MiB"
		[[region]]
		name = "large"
		size = "512MiB"
		[[region.namespace]]
		name = "b"
		mode = "raw"
		size = "rest"
		[[region]]
		name = "small"
		size = "128MiB"
		[[region.namespace]]
		name = "c"
		mode = "sector"
		size = "64MiB"
	END
	# Of an administrator whose memory is broken there.
	local holes='memmap=64M$0x110000000,4K$0x1a8000000'
	ranges --memory 8G --below 3G --append "$holes"
	vm_said 'said: .*64M\$0x110000000'
	[[ $ranges =~ ^130M!0x100000000,514M!0x114000000,[0-9]+M!0x1a0000000$ ]]
	boots_so '
		at_least "a is as large as declared" "$(device_size "$(device a)")" $((64 << 20))
		is "b is all of its region" "$(device_size "$(device b)")" $((512 << 20))
		at_least "c too" "$(device_size "$(device c)")" $((64 << 20))
	' --memory 8G --below 3G --append "$holes"
}

@test "booted: 1 GiB-aligned memory costs 16 MiB, not a GiB" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "guests"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "1GiB"
	END
	ranges --memory 6G
	[ "$ranges" = '1042M!0x13f000000' ]
	boots_so '
		is "the device has 1 GiB" "$(cat /sys/bus/dax/devices/dax0.0/size)" $((1 << 30))
		is "and its alignment" "$(cat /sys/bus/dax/devices/dax0.0/align)" $((1 << 30))
	' --memory 6G
}

@test "a warm reset finds what was there, and the line with it" {
	files_and_memory
	ranges --memory 6G
	vm_ram 6G
	boots_so '
		mkdir -p /mnt
		run 0 mount -o dax=always "$(ls -d /dev/pmem0* | grep -v s | head -n 1)" /mnt
		run 0 eval "echo kept >/mnt/witness"
		run 0 umount /mnt
	'
	vm_script <<-END
		run 0 ramdax gen-cmdline
		is "the line stays though nothing is bound" "\$(cat /tmp/out)" 'memmap=$ranges'
		run 0 ramdax apply
		mkdir -p /mnt
		run 0 mount -o dax=always "\$(ls -d /dev/pmem0* | grep -v s | head -n 1)" /mnt
		is "the file is there" "\$(cat /mnt/witness)" kept
		run 0 umount /mnt
	END
	vm_boot --memmap "$ranges"
}

@test "in the guest: not from a chroot, not from another PID namespace" {
	files_and_memory
	vm_script <<-'END'
		run 0 ramdax gen-cmdline
		mkdir -p /root/usr/sbin /root/etc /root/proc /root/sys
		cp /usr/sbin/ramdax /root/usr/sbin/
		cp -a /etc/ramdax /root/etc/
		mount -t proc proc /root/proc
		mount -t sysfs sysfs /root/sys
		run 4 chroot /root /usr/sbin/ramdax gen-cmdline
		is "nothing is printed" "$(cat /tmp/out)" ""
		is "it says why" "$(grep -c 'process 1 has another root' /tmp/err)" 1
		run 0 ramdax gen-cmdline --root / --store
		is "it is stored" "$(grep -c '^cmdline=memmap=' /var/lib/ramdax/cmdline)" 1
		line=$(sed -n 's/^cmdline=//p' /var/lib/ramdax/cmdline)
		run 0 ramdax gen-cmdline --stored
		is "and printed again" "$(cat /tmp/out)" "$line"
	END
	vm_boot --memory 6G
}
