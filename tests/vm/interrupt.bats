#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# apply, stopped at any system call or refused any: what it leaves behind is never taken for
# finished, and the next apply reaches the same end. A sample of the calls; RAMDAX_LONG: all.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		[[region.namespace]]
		name = "files"
		size = "16MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "16MiB"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "16MiB"
	END
	echo "${RAMDAX_LONG:-0}" | vm_file /long
}
teardown() { vm_teardown; }

# For the guest: applies on an empty region with one fault, which strace injects into the Nth call
# of a kind; then without, and judges.
faults='
	empty() {
		ndctl destroy-namespace -f all >/dev/null 2>&1
		is "start from nothing" "$(namespaces)" 0
	}
	complete() {
		run 0 ramdax apply
		is "all three are there ($1)" "$(namespaces)" 3
		holds "the file system is clean" e2fsck -fn "$(device files)"
		is "nothing half-made is left" "$(scaffolds)" ""
		run 0 ramdax plan --check
	}
	# how often the calls $1 occur in an undisturbed run
	count() {
		strace -f -qq -o /tmp/trace -e trace="$1" ramdax apply >/dev/null 2>&1
		grep -c "(" /tmp/trace
	}
	# inject CALLS FAULT: at the first, the last and some between
	inject() {
		empty
		total=$(count "$1")
		at_least "there are calls of $1" "$total" 1
		step=$((total / 4 + 1))
		[ "$(cat /long)" = 0 ] || step=1
		n=1
		while [ "$n" -le "$total" ]; do
			empty
			strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:$2:when=$n" \
				ramdax apply >/tmp/out 2>/tmp/err
			complete "$1 $2 at $n of $total"
			n=$((n + step))
		done
	}
'

@test "killed at a write" {
	vm_script <<-END
		$faults
		inject write,pwrite64 signal=KILL
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 600
}

@test "a write fails" {
	vm_script <<-END
		$faults
		inject write,pwrite64 error=EIO
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 600
}

@test "an open fails" {
	vm_script <<-END
		$faults
		inject openat error=EMFILE
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 600
}
