#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Several carveouts: which region of the layout gets which.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() { vm_setup; }
teardown() { vm_teardown; }

# The physical start of the kernel's region that holds the namespace $1.
region_of='
	region_of() {
		_region=$(ndctl list -R -N | jq -r --arg n "$1" \
			"(.regions? // .)[] | select(.namespaces[]?.name == \$n) | .dev")
		printf "0x%x\n" "$(cat "/sys/bus/nd/devices/$_region/resource")"
	}
'

@test "matched by size, whatever the order in the file" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "large"
		[[region.namespace]]
		name = "images"
		raw_size = "128MiB"
		[[region]]
		name = "small"
		[[region.namespace]]
		name = "cache"
		raw_size = "64MiB"
	END
	vm_script <<-END
		$region_of
		run 0 ramdax apply
		is "the larger got the larger carveout" "\$(region_of images)" 0x108000000
		is "the smaller got the smaller one" "\$(region_of cache)" 0x100000000
		run 0 ramdax plan --check
		cat >/etc/ramdax/layout.toml <<-'LAYOUT'
			version = 1
			[[region]]
			name = "small"
			[[region.namespace]]
			name = "cache"
			raw_size = "64MiB"
			[[region]]
			name = "large"
			[[region.namespace]]
			name = "images"
			raw_size = "128MiB"
		LAYOUT
		run 0 ramdax plan --check
		is "reordered, nothing is written" "\$(writes ramdax apply)" ""
	END
	vm_boot --memory 2G --memmap '65664K!4G,131200K!0x108000000'
}

@test "matched by address, and by the names in the labels after that" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "second"
		address = "0x110000000"
		[[region.namespace]]
		name = "two"
		raw_size = "128MiB"
		[[region]]
		name = "first"
		address = "0x100000000"
		[[region.namespace]]
		name = "one"
		raw_size = "128MiB"
	END
	vm_script <<-END
		$region_of
		run 0 ramdax apply
		is "two is where it was wanted" "\$(region_of two)" 0x110000000
		is "one too" "\$(region_of one)" 0x100000000
		run 0 ramdax plan --check
	END
	vm_ram 2G
	vm_boot --memmap '131200K!4G,131200K!0x110000000'

	# Without addresses, and in another order, the labels say what belongs where.
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "first"
		[[region.namespace]]
		name = "one"
		raw_size = "128MiB"
		[[region]]
		name = "second"
		[[region.namespace]]
		name = "two"
		raw_size = "128MiB"
	END
	vm_script <<-END
		$region_of
		run 0 ramdax apply
		is "there are still two" "\$(namespaces)" 2
		is "two stayed" "\$(region_of two)" 0x110000000
		is "one stayed" "\$(region_of one)" 0x100000000

		run 0 ramdax wipe --yes
		{
			printf 'version = 1\n[defaults]\nmode = "raw"\n'
			printf '[[region]]\nname = "first"\n'
			printf '[[region.namespace]]\nname = "%s"\nsize = "16MiB"\n' a b c
			printf '[[region]]\nname = "second"\n'
			printf '[[region.namespace]]\nname = "%s"\nsize = "16MiB"\n' d e
		} >/etc/ramdax/layout.toml
		run 0 ramdax apply
		is "there are more" "\$(namespaces)" 5
		run 0 ramdax wipe --yes
		is "those of both regions are wiped" "\$(namespaces)" 0
		run 0 ramdax apply
		ndctl destroy-namespace -f "\$(namespace a dev)" 2>/dev/null
		holds "another takes the name" ndctl create-namespace -r region1 -n a -m raw -s 16M
		run 5 ramdax scrub first
		run 5 ramdax wipe --yes
		says "which is not the one that is declared" /tmp/err '"a".*not its region'
		is "and stays" "\$(namespaces)" 1

		ndctl destroy-namespace -f "\$(namespace a dev)" 2>/dev/null
		region() {
			printf '[[region]]\nname = "%s"\nsize = "128MiB"\n' "\$1"
			printf '[[region.namespace]]\nname = "%s"\nmode = "devdax"\n' "\$2"
			printf 'raw_size = "16MiB"\n%s\n' "\$3"
		}
		{
			echo 'version = 1'
			region first old
			region second data
		} >/etc/ramdax/layout.toml
		run 0 ramdax apply
		echo letter | daxio write "\$(device data)" 0 6
		run 0 ramdax wipe --yes old
		{
			echo 'version = 1'
			region first data
			region second new 'on_conflict = "recreate"'
		} >/etc/ramdax/layout.toml
		ndctl disable-region region1 >/dev/null 2>&1
		run 0 ramdax apply
		is "what is not enabled is not made elsewhere" "\$(region_of data)" 0x110000000
		run 0 ramdax wipe --yes new
		ndctl disable-region region1 >/dev/null 2>&1
		ndctl read-labels -o /tmp/labels nmem1 2>/dev/null
		head -c 512 /dev/zero | dd of=/tmp/labels conv=notrunc 2>/dev/null
		ndctl disable-dimm nmem1 >/dev/null 2>&1
		ndctl write-labels -i /tmp/labels nmem1 2>/dev/null
		ndctl enable-dimm nmem1 >/dev/null 2>&1
		ndctl enable-region region1 >/dev/null 2>&1
		run 5 ramdax apply
		says "what has lost its index is kept" /tmp/err '"first".*labels are lost'
		run 0 ramdax apply --repair-labels
		is "it is where it was" "\$(region_of data)" 0x110000000
		is "and holds what it held" "\$(daxio read "\$(device data)" 0 6)" letter
	END
	vm_boot --memmap '131200K!4G,131200K!0x110000000'
}

@test "a region on a NUMA node gets that node's carveout" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "far"
		node = 1
		[[region.namespace]]
		name = "b"
		raw_size = "64MiB"
		[[region]]
		name = "near"
		node = 0
		[[region.namespace]]
		name = "a"
		raw_size = "64MiB"
	END
	vm_script <<-'END'
		run 0 ramdax apply
		is "there are two namespaces" "$(namespaces)" 2
		is "'a' is on node 0" "$(namespace a numa_node)" 0
		is "'b' is on node 1" "$(namespace b numa_node)" 1
		sed -i 's/node = 1/node = 0/' /etc/ramdax/layout.toml
		judge 5 'region "far".*its node is 1, not 0'
	END
	# 1 GiB below 4 GiB and the first GiB above are node 0's
	vm_boot --memory 4G --numa 2G,2G --memmap '65664K!4G,65664K!6G'
}

@test "a region that is missing or too small stops only itself" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "there"
		address = "0x100000000"
		[[region.namespace]]
		name = "a"
		raw_size = "64MiB"
		[[region]]
		name = "missing"
		address = "0x140000000"
		[[region.namespace]]
		name = "b"
		raw_size = "64MiB"
	END
	vm_script <<-'END'
		run 4 ramdax apply
		says "the message names it" /tmp/err '"missing"'
		is "the other is made" "$(namespace a mode)" fsdax
		judge 5 '1 equal, 0 different, 1 absent'
		run 0 ramdax apply --boot
		is "the report says 4" "$(report .status)" 4
		is "and that it is absent" "$(reported b)" absent
		cat >/etc/ramdax/layout.toml <<-'LAYOUT'
			version = 1
			[[region]]
			name = "there"
			[[region.namespace]]
			name = "a"
			raw_size = "64MiB"
			[[region.namespace]]
			name = "c"
			size = "64MiB"
		LAYOUT
		run 4 ramdax apply
		says "the message names it" /tmp/err '"there"|"c"'
		is "what is there stays" "$(namespace a mode)" fsdax
	END
	vm_boot --memory 2G --memmap '65664K!4G'
}

@test "a carveout nobody claims stops its device, a foreign one is bound and left alone" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "mine"
		address = "0x100000000"
		[[region.namespace]]
		name = "a"
		raw_size = "64MiB"
	END
	vm_script <<-'END'
		run 4 ramdax apply
		says "the message says where" /tmp/err '0x110000000'
		fails "nothing is bound" test -e /sys/devices/platform/e820_pmem/driver
		is "and nothing else may bind" \
			"$(cat /sys/devices/platform/e820_pmem/driver_override)" ramdax
		cat >>/etc/ramdax/layout.toml <<-'LAYOUT'
			[[region]]
			name = "theirs"
			address = "0x110000000"
			foreign = true
		LAYOUT
		run 0 ramdax apply
		is "there is one namespace" "$(namespaces)" 1
		run 0 ramdax plan --check
	END
	vm_ram 2G
	yes 'somebody else' | head -c $((64 * MIB + 128 * 1024)) | vm_poke 0x110000000
	vm_peek 0x110000000 65664K | sha256sum >"$vm_dir/before"
	vm_boot --memmap '65664K!4G,65664K!0x110000000'
	vm_peek 0x110000000 65664K | sha256sum | diff "$vm_dir/before" -
}
