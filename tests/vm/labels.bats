#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Labels that are lost while the data is not: the region is kept, and can be had back.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

carveout='262272K!4G'
labels=0x110000000 # its last 128 KiB

# For the guest: writes something into each namespace, and says where. Then what must be found.
fill='
	mount -t ext4 -o dax=always "$(device files)" /mnt
	head -c 1000000 /dev/urandom >/mnt/file
	umount /mnt
	head -c 1000000 /dev/urandom | daxio write "$(device memory)" 4096 1000000
	head -c 1000000 /dev/urandom | dd of="$(device sectors)" bs=4096 conv=fsync 2>/dev/null
	head -c 1000000 /dev/urandom | dd of="$(device plain)" bs=4096 conv=fsync 2>/dev/null
	places
'
found='
	modes() {
		for _name in files memory sectors plain; do
			printf "%s " "$(namespace $_name mode)"
		done
	}
	all_found() {
		is "all modes are as they were" "$(modes)" "fsdax devdax sector raw "
		holds "the file system is clean" e2fsck -fn "$(device files)"
		is "nothing half-made is left" "$(scaffolds)" ""
		run 0 ramdax plan --check
	}
'

# The first boot, whose RAM every test starts from.
setup_file() {
	vm_setup
	vm_ram 2G
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax' 'sectors 32MiB sector' 'plain 4MiB raw' |
		vm_layout
	vm_script <<-END
		run 0 ramdax apply
		$fill
	END
	vm_boot --memmap "$carveout"
	vm_keep
	cp --sparse=always "$vm_ram_file" "$vm_dir"/{places,sums} \
		"$vm_tree/etc/ramdax/layout.toml" "$BATS_FILE_TMPDIR"
	BATS_TEST_COMPLETED=1 vm_teardown
}

setup() {
	vm_setup
	vm_ram 2G
	cp --sparse=always "$BATS_FILE_TMPDIR/ram" "$vm_ram_file"
	cp "$BATS_FILE_TMPDIR"/{places,sums} "$vm_dir"
	vm_layout <"$BATS_FILE_TMPDIR/layout.toml"
}
teardown() { vm_teardown; }

# The second boot, with the script on standard input.
again() {
	{
		echo "$found"
		cat
	} | vm_script
	vm_boot --memmap "$carveout"
}

@test "label loss: the region is kept, and its labels can be made anew" {
	vm_scramble "$labels" 128K
	# places of the same sizes, in another order; and places that are others'
	vm_pool 'memory 64MiB devdax' 'files 64MiB ext4' 'sectors 32MiB sector' 'plain 4MiB raw' |
		vm_file /reordered.toml
	vm_pool 'memory 64MiB devdax' 'files 30MiB ext4' 'extra 30MiB fsdax on_conflict="recreate"' \
		'sectors 32MiB sector' 'plain 4MiB raw' | vm_file /other.toml
	again <<-'END'
		run 0 ramdax apply --boot
		is "the status is 5" "$(report .status)" 5
		is "the region is a conflict" "$(report '.regions[0].state')" conflict
		is "there are no namespaces" "$(namespaces)" 0
		run 5 ramdax plan --check
		run 5 ramdax apply
		says "the message names the region" /tmp/err '"pool".*labels.*--repair-labels'
		is "a second time it writes nothing" "$(writes ramdax apply)" ""
		run 5 ramdax apply --recreate=files
		run 5 ramdax apply --prune
		is "still there are none" "$(namespaces)" 0
		mv /dev/nmem0 /dev/away
		run 5 ramdax apply
		says "labels that cannot be read prove nothing" /tmp/err '"pool".*cannot be read.*/dev/nmem0'
		mv /dev/away /dev/nmem0
		is "and nothing is made" "$(namespaces)" 0
		run 1 ramdax apply --repair-labels --layout /other.toml
		says "no layout repairs what another one made" /tmp/err '"pool".*not all of what is in it'
		is "and makes nothing over it" "$(namespaces)" 0
		run 0 ramdax apply --repair-labels --layout /reordered.toml
		all_found
		run 0 ramdax apply --boot
		for name in files memory sectors plain; do
			is "'$name' was adopted" "$(reported $name)" adopted
		done
		places | sed 's/^place/now/'
	END
	vm_kept
	diff <(vm_said '^now ' | sed 's/^now/place/' | sort) <(sort "$vm_dir/places")
}

@test "label loss: --recreate=REGION makes it anew" {
	vm_scramble "$labels" 512
	vm_scramble 4G 8K
	vm_pool 'files 64MiB ext4' | vm_file /files.toml
	again <<-'END'
		run 5 ramdax --layout /files.toml apply # which is for its own place only, where nothing is
		run 5 ramdax apply
		run 0 ramdax apply --recreate=pool
		all_found
		is "empty" "$(daxio read "$(device memory)" 4096 65536 | tr -d '\0')" ""
	END
}

@test "label loss, interrupted at any write: kept, until the repair" {
	vm_fault
	echo "${RAMDAX_LONG:-0}" | vm_file /long
	again <<-'END'
		most=4
		[ "$(cat /long)" = 0 ] || most=1000
		lose() {
			ndctl disable-region region0 >/dev/null 2>&1
			ndctl disable-dimm nmem0 >/dev/null 2>&1
			ndctl zero-labels nmem0 >/dev/null 2>&1
			ndctl enable-dimm nmem0 >/dev/null 2>&1
			ndctl enable-region region0 >/dev/null 2>&1
			is "the labels are lost" "$(namespaces)" 0
		}
		run 0 ramdax apply
		# each command, killed before calls that may change something
		for command in 'ramdax apply' 'ramdax apply --repair-labels'; do
			lose
			fault list /tmp/calls $command >/dev/null 2>&1
			awk -v most=$most '/^tool (write|ioctl) / {
				for (i = 1; i <= $3; i += $3 > most ? $3 / most : 1) print $2, int(i)
			}' /tmp/calls >/tmp/points
			at_least "there are points" "$(wc -l </tmp/points)" 6
			while read -r call n; do
				lose
				fault kill tool "$call" "$n" $command >/dev/null 2>&1
				# whatever was left: adopted, or kept
				ramdax apply >/tmp/out 2>/tmp/err
				status=$?
				case $status in
				0) is "killed at $call $n: as it was" "$(modes)" "fsdax devdax sector raw " ;;
				*) is "killed at $call $n: kept" "$status" 5 ;;
				esac
			done </tmp/points
		done
		run 0 ramdax apply --repair-labels
		all_found
	END
	vm_kept
}

@test "a region that is empty and has no labels is made, and looked at once" {
	vm_scramble 4G 262272K
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax' 'sectors 32MiB sector' 'plain 4MiB raw' \
		'more 32MiB devdax' | vm_file /more.toml
	# behind something of somebody's, which is where the layout would put it otherwise
	vm_pool 'memory 30MiB devdax on_conflict="recreate"' 'plain 4MiB raw' | vm_file /behind.toml
	again <<-'END'
		run 0 ramdax apply
		all_found
		is "nothing is written afterwards" "$(writes ramdax apply)" ""

		run 0 ramdax apply --layout /more.toml
		echo letter | daxio write "$(device more)" 0 6
		ndctl disable-region region0 >/dev/null 2>&1
		ndctl disable-dimm nmem0 >/dev/null 2>&1
		holds "all labels are lost" ndctl zero-labels nmem0
		run 5 ramdax apply
		run 0 ramdax apply --repair-labels
		all_found
		is "what the layout does not name has its place again" "$(namespaces)" 5
		for node in /dev/dax*; do
			[ "$node" = "$(device memory)" ] ||
				is "and its contents" "$(daxio read "$node" 0 6)" letter
		done

		echo 0x1000000 >/sys/bus/nd/devices/region0/align
		ndctl destroy-namespace -f all >/dev/null 2>&1
		ndctl create-namespace -r region0 -n theirs -m devdax -s 48M -a 2M >/dev/null
		echo letter | daxio write "$(device theirs)" 0 6
		run 0 ramdax apply --layout /behind.toml
		is "it is behind that" "$(namespaces)" 3
		ndctl disable-region region0 >/dev/null 2>&1
		ndctl disable-dimm nmem0 >/dev/null 2>&1
		holds "all labels are lost" ndctl zero-labels nmem0
		run 5 ramdax apply --layout /behind.toml
		run 1 ramdax apply --layout /behind.toml --repair-labels
		says "what is in its place may be another's" /tmp/err '"pool".*not all of what is in it'
		is "which is not destroyed for it" "$(namespaces)" 0
	END
}
