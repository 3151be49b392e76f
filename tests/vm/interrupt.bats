#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# apply, stopped before any system call that changes something, or refused any: what it leaves
# behind is never taken for finished, nobody's data changes, and the next apply reaches the same end.
# To be stopped before each call is to be stopped after each as well: between two of them nothing
# changes. A sample of the calls; RAMDAX_LONG: all.
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
		name = "fat"
		size = "16MiB"
		filesystem.type = "vfat"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "16MiB"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "16MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "plain"
		mode = "raw"
		size = "4MiB"
	END
	echo "${RAMDAX_LONG:-0}" | vm_file /long
}
teardown() { vm_teardown; }

# For the guest: applies with one fault, which strace injects into the Nth call of a kind; then
# without, and judges. In an empty region everything is made in bulk; beside a namespace of somebody
# else's ("beside") one by one.
faults='
	calls="write pwrite64 ioctl mknodat rename unlink fallocate ftruncate fsync fdatasync"
	errors="error=EIO error=ENOSPC error=EBUSY error=ENOMEM"
	beside() {
		ndctl create-namespace -r region0 -n theirs -m fsdax -s 16M >/dev/null
		yes theirs | dd of="$(device theirs)" bs=64K count=16 2>/dev/null
		sum=$(sha256sum <"$(device theirs)")
	}
	empty() {
		ndctl list -N -i | jq -r "if type == \"array\" then .[] else . end |
			select(.name != \"theirs\") | .dev" | xargs -r -n 1 ndctl destroy-namespace -f >/dev/null 2>&1
		is "start from nothing" "$(namespaces)" "$there"
	}
	complete() {
		run 0 ramdax apply
		is "all are there ($1)" "$(namespaces)" $((there + 5))
		holds "the file system is clean" e2fsck -fn "$(device files)"
		holds "and so is the one in sectors" e2fsck -fn "$(device sectors)"
		holds "and the other" fsck.vfat -n "$(device fat)"
		is "nothing half-made is left" "$(scaffolds)" ""
		run 0 ramdax plan --check
		[ "$there" = 0 ] || is "theirs is as it was" "$(sha256sum <"$(device theirs)")" "$sum"
	}
	# how often the call $1 occurs in an undisturbed run: in the process that has most of them, for
	# strace counts each by itself
	count() {
		strace -f -qq -o /tmp/trace -e trace="$1" ramdax apply >/dev/null 2>&1
		grep "(" /tmp/trace | cut -d " " -f 1 | sort | uniq -c | sort -n | tail -n 1 | awk "{ print \$1 }"
	}
	# one CALL N FAULT
	one() {
		empty
		strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:$3:when=$2" \
			ramdax apply >/tmp/out 2>/tmp/err
		status=$?
		case $status:$3:$1 in
		*:signal=* | 0:* | 1:*:write) ;; # a write may be the one that tells
		*) holds "a failure is told ($1 $3 at $2: $status)" test -s /tmp/err -a $status -eq 1 ;;
		esac
		complete "$1 $3 at $2: $status"
	}
	# inject SAMPLES FAULT...: for each of the calls, at the last and at some before, one fault after
	# another; all of them, each time
	inject() {
		samples=$1
		shift
		for call in $calls; do
			empty
			total=$(count $call)
			step=$((${total:-0} / samples + 1))
			n=$total
			while [ "${n:-0}" -gt 0 ]; do
				if [ "$(cat /long)" = 0 ]; then
					one $call $n "$1"
					set -- "$@" "$1"
					shift
					n=$((n - step))
				else
					for fault; do
						one $call $n $fault
					done
					n=$((n - 1))
				fi
			done
		done
	}
'

@test "killed before any call, in bulk" {
	vm_script <<-END
		$faults
		there=0
		inject 2 signal=KILL
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 6000
}

@test "killed before any call, one by one" {
	vm_script <<-END
		$faults
		run 0 ramdax apply
		there=0 empty
		beside
		there=1
		inject 2 signal=KILL
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 6000
}

@test "any call fails, in bulk" {
	vm_script <<-END
		$faults
		there=0
		calls="\$calls openat mmap"
		inject 1 \$errors
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 12000
}

@test "any call fails, one by one" {
	vm_script <<-END
		$faults
		run 0 ramdax apply
		there=0 empty
		beside
		there=1
		calls="\$calls openat mmap"
		inject 2 \$errors
	END
	vm_boot --memory 2G --memmap '131200K!4G' --timeout 12000
}
