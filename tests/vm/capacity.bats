#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A size is a promise: for random layouts (fixed seeds), the device the kernel offers is never
# smaller than declared, never larger than rounding needs, and exactly what plan foretold.
# RAMDAX_SEEDS="1 2 3 ..." asks for others, RAMDAX_LONG for many.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

# Sets $picked to one of the arguments. Not printed: RANDOM starts anew in every subshell.
pick() {
	shift $((RANDOM % $#))
	picked=$1
}

# The random layout of seed $1 goes to the guest, and /declared: name, mode, bytes of each
# namespace; $memmap becomes the carveouts it needs. Starts and sizes are awkward on purpose.
random_layout() {
	local region n bytes mode total picked address=$((4 * GIB))
	RANDOM=$1
	memmap=

	for region in a b c; do
		pick 0 4096 $((5 * 4096)) "$MIB" $((2 * MIB)) $((16 * MIB))
		address=$((address + picked))
		printf '[[region]]\nname = "%s"\naddress = "0x%x"\n' $region $address
		total=$((16 * MIB))
		for n in 1 2 3 4 5 6 7; do
			pick fsdax fsdax devdax devdax sector sector raw
			mode=$picked
			pick 0 0 4096 $((77 * 4096))
			bytes=$((16 * MIB + RANDOM % 24 * MIB + picked))
			printf '[[region.namespace]]\nname = "%s%d"\nmode = "%s"\nsize = %d\n' \
				$region $n "$mode" $bytes
			case $mode in
			fsdax | devdax)
				pick dev mem
				echo "map = \"$picked\""
				pick 4KiB 2MiB 2MiB
				echo "align = \"$picked\""
				;;
			sector)
				pick 512 4096
				echo "sector_size = $picked"
				;;
			esac
			echo "$region$n $mode $bytes" >>"$vm_tree/declared"
			total=$((total + bytes + 8 * MIB))
		done
		# whole 2 MiB and the label area; 2 to 4 MiB on, the next one
		total=$((total + 2 * MIB - total % (2 * MIB) + 128 * 1024))
		printf -v memmap '%s%s%d!0x%x' "$memmap" "${memmap:+,}" $total $address
		address=$((address + total + 4 * MIB))
		address=$((address - address % (2 * MIB)))
	done >"$vm_dir/layout"
	{ echo 'version = 1' && cat "$vm_dir/layout"; } | vm_layout
}

@test "random layouts have the capacities that were foretold" {
	local seed memmap
	for seed in ${RAMDAX_SEEDS:-$(seq 20 $((RAMDAX_LONG ? 99 : 22)))}; do
		rm -f "$vm_tree/declared"
		random_layout "$seed"
		vm_script <<-'END'
			# name and bytes of every namespace in a report
			sizes() {
				jq -r '.regions[].namespaces[] | "\(.name) \(.size)"' | sort
			}
			run 0 ramdax plan --json
			sizes </tmp/out >/tmp/foretold
			run 0 ramdax apply
			ramdax status --json | sizes >/tmp/told
			ndctl list -N -X | jq -r '.[] | "\(.name) \(.blockdev // .daxregion.devices[0].chardev)"' |
				while read -r name dev; do
					echo "$name $(device_size "/dev/$dev")"
				done | sort >/tmp/found
			is "there are 21 namespaces" "$(wc -l </tmp/found)" 21
			holds "plan foretold their sizes" diff /tmp/foretold /tmp/found
			holds "status tells them" diff /tmp/told /tmp/found
			while read -r name mode bytes; do
				size=$(sed -n "s/^$name //p" /tmp/found)
				at_least "'$name' ($mode) is large enough" "$size" "$bytes"
				at_least "and not too large" $((bytes + 4194304)) "$size"
			done </declared
			run 0 ramdax plan --check
		END
		vm_boot --memory 3G --memmap "$memmap"
	done
}

# sectors SIZE [COMMANDS]: what is expected of a sector namespace of that size, after COMMANDS.
sectors() {
	vm_pool "sectors $1 sector scrub=false filesystem.type=\"ext4\" filesystem.options=[\"-J\",\"size=8\"]" |
		vm_layout
	{ echo "${2-}" && cat; } <<-'END' | vm_script
		run 0 ramdax apply
		is "it is a BTT" "$(namespace sectors mode)" sector
		is "its file system is ext4" "$(blkid -p -s TYPE -o value "$(device sectors)")" ext4
		holds "e2fsck finds it clean" e2fsck -fn "$(device sectors)"
		holds "it mounts" mount -t ext4 "$(device sectors)" /mnt
		holds "and takes a file" eval 'echo hello >/mnt/file && umount /mnt'
	END
}

@test "a BTT of two arenas gets its file system, through itself" {
	sectors 513GiB
	# More than this machine has: only what is touched is taken.
	vm_args+=(-machine memory-backend=ram -object "memory-backend-ram,id=ram,size=600G,reserve=off")
	vm_boot --memory 600G --below 2G --memmap 520G!10G
}

@test "a BTT gets its file system where there are no loop devices" {
	sectors 32MiB '
		rm $(find /lib/modules -name "loop.ko*")
		fails "there are no loop devices" modprobe loop
	'
	vm_boot --memmap '262272K!4G'
}
