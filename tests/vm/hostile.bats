#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# RAM that anybody may have written to: labels, info blocks and superblocks, damaged at random and on
# purpose (harm.c). Whatever is there, apply ends with a status of its table, adopts nothing that is
# not what it was, and writes to nothing but what it reports as created. A sample with fixed seeds;
# RAMDAX_LONG: 2,100 of them.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

setup() {
	vm_setup
	"${CC:-cc}" -O2 -Wall -Wextra -Werror -static -o "$vm_tree/usr/sbin/harm" "$vm_here/harm.c"
	echo "${RAMDAX_LONG:-0}" | vm_file /long
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "files"
		size = "14MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "14MiB"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		raw_size = "16MiB"
		[[region.namespace]]
		name = "plain"
		mode = "raw"
		size = "16MiB"
	END
}

teardown() { vm_teardown; }

# For the guest. The carveout is /dev/pmem0 while nd_e820 has it, from the first byte to the last.
round='
	device=/sys/bus/platform/devices/e820_pmem
	give() { # give FROM TO: from one driver to the other
		echo e820_pmem >/sys/bus/platform/drivers/$1/unbind
		echo $2 >$device/driver_override
		[ $2 = ramdax ] || echo e820_pmem >/sys/bus/platform/drivers/$2/bind
		[ $2 = ramdax ] || cat $device/ndbus*/wait_probe >/dev/null
	}
	# lines "STATE NAME START SIZE RAW UUID" of what status or apply reported
	states() {
		jq -r ".regions[].namespaces[] |
			[.state, .name, .start, .size, .raw_size, .uuid] | map(. // 0) | join(\" \")" "$1"
	}
	# round SEED
	round() {
		dd if=/tmp/pristine of=/dev/pmem0 bs=1M conv=notrunc 2>/dev/null
		what="$1: $(harm damage /dev/pmem0 $1 /tmp/places)"
		dd if=/dev/pmem0 of=/tmp/before bs=1M 2>/dev/null
		sync
		give e820_pmem ramdax
		rm -f /run/ramdax/report.json # or what this boot made counts as created for ever
		ramdax apply --json >/tmp/json 2>/tmp/err
		status=$?
		states /tmp/json >/tmp/states
		ranges=$(awk -v base=$base "\$1 == \"created\" || \$1 == \"failed\" && \$3 {
			print \$3 - base, \$5 }" /tmp/states)
		[ ! "$ranges" ] || ranges="$ranges $labels"
		awk "\$1 == \"adopted\" { print \$2, \$3, \$4, \$5 }" /tmp/states | sort >/tmp/adopted
		strangers=$(comm -13 /tmp/known /tmp/adopted)
		ramdax plan --check >/tmp/out 2>&1
		again=$?
		give ramdax e820_pmem
		changed=$(harm changed /tmp/before /dev/pmem0 $maps $ranges)
		case $status:$again:$strangers:$changed in
		[05]:[05]:: | [14]:[0456]::) ok "$what: $status, $(wc -l </tmp/adopted) adopted" ;;
		*) not_ok "$what" "apply: $status, then plan: $again" "wrongly adopted: $strangers" "$changed" \
			"$(cat /tmp/states /tmp/err)" "$(tail -n 20 /tmp/out)" "maps $maps ranges $ranges" ;;
		esac
	}
'

@test "whatever is in the RAM: no crash, no wrong adoption, no write to what was not to be made" {
	vm_script <<-END
		$round
		run 0 ramdax apply
		holds "somebody's own, too" ndctl create-namespace -r region0 -n theirs -m fsdax -s 16M
		for name in files plain theirs; do
			yes "of \$name" | dd of="\$(device \$name)" bs=64K seek=64 count=16 2>/dev/null
		done
		yes "of memory" | daxio write "\$(device memory)" 4194304 1048576
		ramdax status --json >/tmp/json
		states /tmp/json >/tmp/states
		base=\$((0x100000000))
		labels="\$((130 * 1024 * 1024 - 131072)) 131072"
		awk '{ print \$2, \$3, \$4, \$5 }' /tmp/states | sort >/tmp/known
		awk -v base=\$base '\$2 ~ /files|memory|theirs/ { print "pfn", \$3 - base + 4096 }
			\$2 == "sectors" { print "btt", \$3 - base }
			\$2 == "files" { print "super", \$3 - base + 2097152 }' /tmp/states >/tmp/places
		# page maps in the namespaces are the kernel's, which writes them at every boot
		maps=\$(awk -v base=\$base '\$2 ~ /files|theirs/ { print \$3 - base + 8192, 2097152 - 8192 }' /tmp/states)
		cat /tmp/states /tmp/places
		modprobe nd_e820
		give ramdax e820_pmem
		cp /dev/pmem0 /tmp/pristine
		seed=1
		last=30
		[ "\$(cat /long)" = 0 ] || last=2100
		while [ \$seed -le \$last ]; do
			round \$seed
			seed=\$((seed + 1))
		done
		fails "no oops" eval 'dmesg | grep -E "BUG:|Oops|general protection"'
	END
	vm_boot --memory 2G --memmap '130M!4G' --timeout 7200
}
