# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# For guests: apply with one fault, which strace injects into the Nth call of a kind that a process
# makes; then without, and judged. See interrupt.bats for what is there.
# shellcheck disable=SC1091 # in the guest
. /guest/honest.sh

driver=/sys/bus/platform/drivers/ramdax
start=0x100000000 size=$(((480 + 82) << 20))
# What changes something; fork is clone.
changing='write|pwrite64|pwritev|writev|ioctl|mkdir|mkdirat|mknodat|rename|renameat2?|unlink|unlinkat'
changing="$changing|symlinkat?|fallocate|ftruncate|fsync|fdatasync|execve|clone3?|v?fork|f?init_module"
changing="$changing|delete_module|mount|umount2|fchmod|fchmodat|fchown|fchownat|flock"
# What libc does before there is a program that could tell; what cannot fail; and brk, which tells by
# its value that it did.
startup='arch_prctl|set_tid_address|set_robust_list|rseq|prlimit64|mprotect|exit|exit_group|rt_sigreturn'
startup="$startup|brk|getpid|getppid|gettid|getuid|geteuid|getgid|getegid|uname|umask|sched_getaffinity"

read -r long seed </long
came=0 tried=0

unbind() {
	losetup -D
	[ ! -e $driver/e820_pmem ] || echo e820_pmem >$driver/unbind
}

# Everything as it was when begin was done; with "afresh" no module is loaded either.
reset() {
	unbind
	ram restore /tmp/start
	[ "$1" != afresh ] ||
		modprobe -r ramdax nd_pmem dax_pmem device_dax kmem loop nd_btt libnvdimm 2>/dev/null
	rm -f /run/ramdax/report.json
}

# Fills the second region, and keeps all of the memory as it is then. kept: what must never change:
# data and info blocks, but no page map, which the kernel writes at every boot.
begin() {
	modprobe -a ramdax nd_pmem dax_pmem device_dax
	echo ramdax >/sys/bus/platform/devices/e820_pmem/driver_override
	echo e820_pmem >$driver/bind
	holds "somebody's own, too" ndctl create-namespace -r region1 -n theirs -m fsdax -s 16M
	run 0 ramdax --layout /first.toml apply
	mount "$(device old)" /mnt
	yes old | head -n 100000 >/mnt/file
	umount /mnt
	yes theirs | dd of="$(device theirs)" bs=64K count=16 2>/dev/null
	yes oldmem | daxio write "$(device oldmem)" 0 1048576
	kept=$(ramdax --layout /first.toml status --json | jq -r '.regions[].namespaces[] |
		"\(.start) 8192 \(.start + .raw_size - .size) \(.size)"')
	is "three are kept" "$(echo "$kept" | wc -l)" 3
	unbind
	holds "all of it is kept" ram save /tmp/start $start $size
}

# converges WHEN: the next apply ends as if nothing had been.
converges() {
	run 0 ramdax apply
	honest /run/ramdax/report.json "$1"
	jq -r '.regions[].namespaces[] | "\(.name) \(.state) \(.device) \(.filesystem.type)"' \
		/run/ramdax/report.json >/tmp/all
	is "all are there ($1)" "$(awk '$2 ~ /^(created|adopted|foreign)$/' /tmp/all | wc -l)" 10
	is "what was there is adopted" "$(grep -cE '^(old|oldmem) adopted ' /tmp/all)" 2
	is "nothing half-made is left" "$(grep '^[.]ramdax-' /tmp/all)" ""
	while read -r _name _state _device _type; do
		case $_type in
		ext4) set -- e2fsck -fn ;;
		vfat) set -- fsck.vfat -n ;;
		xfs) set -- xfs_repair -n ;;
		btrfs) set -- btrfs check ;;
		*) continue ;;
		esac
		holds "the $_type of $_name is clean" "$@" "$_device"
	done </tmp/all
	run 0 ramdax plan --check
	unbind
	# shellcheck disable=SC2086 # words
	holds "what was there before is as it was" ram same /tmp/start $kept
}

# one CALL N FAULT [PATH]: with the call that names this file, if any.
one() {
	_when="$1 $3 at $2${4:+ of $4}"
	case $1 in # what is modprobe's as well
	execve | clone* | *init_module | openat | read | mmap | pread64 | newfstatat) reset afresh ;;
	*) reset ;;
	esac
	strace -f -qq -o /tmp/trace -e trace="$1" ${4:+-P "$4"} -e inject="$1:$3:when=$2" \
		ramdax apply >/tmp/out 2>/tmp/err
	_status=$?
	_when="$_when: $_status"
	_report=/run/ramdax/report.json
	tried=$((tried + 1))
	case $_status:$3 in
	0:signal=*) ;;
	*:signal=*) came=$((came + 1)) ;;
	*) ! grep -q INJECTED /tmp/trace || came=$((came + 1)) ;;
	esac
	case $_status:$3 in
	*:signal=*) rm -f $_report ;;
	[01345]:*)
		[ $_status = 0 ] || [ "$1" = write ] || # which may be the one that tells
			holds "a failure is told ($_when)" test -s /tmp/err
		;;
	*) not_ok "a status of the table ($_when)" "$(cat /tmp/err)" ;;
	esac
	if [ ! -e $_report ]; then
		_report=/tmp/status
		ramdax status --json >$_report 2>/dev/null
	elif [ $_status = 0 ]; then
		is "status 0, and all are there ($_when)" "$(jq -r '.regions[].namespaces[] |
			select(.state | IN("created", "adopted", "foreign") | not) | .name' $_report)" ""
	fi
	honest $_report "$_when"
	# shellcheck disable=SC2154 # of lib.sh
	_before=$failures
	converges "$_when"
	[ "$failures" = "$_before" ] || sed 's/^/#   /' /tmp/err
}

# calls PATTERN: a line "CALL N" for each kind of call that matches, which an undisturbed run makes
# N times at most in one process: strace counts each process by itself.
calls() {
	awk '/^[0-9]+ +[a-z0-9_]+\(/ { sub(/\(.*/, "", $2); n[$1 " " $2]++ }
		END {
			for (k in n) { split(k, w, " "); if (n[k] > max[w[2]]) max[w[2]] = n[k] }
			for (call in max) print call, max[call]
		}' /tmp/undisturbed | grep -E "^($1) " | sort
}

undisturbed() {
	reset afresh
	holds "an undisturbed run" strace -f -qq -o /tmp/undisturbed ramdax apply
	converges undisturbed
	# Programs that are run: the first is ramdax, whose call is strace's own.
	sed -n 's/^[0-9]* *execve("\([^"]*\)".*/\1/p' /tmp/undisturbed | sort -u | grep -v /ramdax$ >/tmp/programs
}

# points MOST SAMPLE: of lines "CALL N" lines "CALL I", each I up to N, MOST of a call at most and
# spread evenly, in any order; without RAMDAX_LONG a sample of so many: each one a different call.
points() {
	if [ "$long" != 0 ]; then
		awk -v most="$1" '{ step = $2 > most ? $2 / most : 1
			for (i = 1; i <= $2; i += step) print $1, int(i) }'
	else
		awk -v seed="$seed" 'BEGIN { srand(seed) }
			{ print rand(), $1, 1 + int(rand() * $2) }' | sort | head -n "$2" | cut -d ' ' -f 2-
	fi
}

# each FAULT...: for the points of standard input one fault after another; all, with RAMDAX_LONG, if
# the call changes something.
each() {
	while read -r _call _i <&3; do
		_faults=$1
		if [ "$long" != 0 ] && echo "$_call" | grep -qxE "$changing"; then
			_faults=$*
		fi
		_first=$1
		shift
		set -- "$@" "$_first"
		for _fault in $_faults; do
			if [ "$_call" = execve ]; then
				_path=$(shuf -n 1 /tmp/programs)
				one execve 1 "$_fault" "$_path"
			else
				one "$_call" "$_i" "$_fault"
			fi
		done
	done 3<&0 </dev/null
}

# Not all do: how often a call is made depends on how long something takes.
they_came() {
	at_least "of $tried faults came $came, two thirds at least" $((came * 3)) $((tried * 2))
}

kill_all() {
	undisturbed
	calls "$changing" | points 1000000 9 >/tmp/points
	each signal=KILL </tmp/points
	they_came
}

fail_all() {
	undisturbed
	calls '.*' | grep -vE "^($startup) " | points 100 9 >/tmp/points
	each error=EIO error=ENOSPC error=EBUSY error=ENOMEM </tmp/points
	they_came
}
