# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# For guests: apply with one fault (fault.c), then without, and judged. See interrupt.bats for what is
# there.
# shellcheck disable=SC1091 # in the guest
. /guest/honest.sh

driver=/sys/bus/platform/drivers/ramdax
start=0x100000000 size=$(((480 + 82) << 20))
# What changes something; fork is clone.
changing='write|pwrite64|pwritev|writev|ioctl|mkdir|mkdirat|mknodat|rename|renameat2?|unlink|unlinkat'
changing="$changing|symlinkat?|fallocate|ftruncate|fsync|fdatasync|execve|clone3?|v?fork|f?init_module"
changing="$changing|delete_module|mount|umount2|fchmod|fchmodat|fchown|fchownat|flock"
# What is done once before there are the modules, by modprobe or for it.
loading='execve|clone3?|v?fork|f?init_module'
# What libc does before there is a program that could tell; what cannot fail, like a futex, where
# libc gives up; and brk, which tells by its value that it did.
startup='arch_prctl|set_tid_address|set_robust_list|rseq|prlimit64|mprotect|exit|exit_group|rt_sigreturn'
startup="$startup|brk|futex|getpid|getppid|gettid|getuid|geteuid|getgid|getegid|uname|umask|sched_getaffinity"

read -r long seed part </long
came=0 tried=0

# again: everything as it was when begin was done, but for modules; and before that, what must not
# change has not.
again() {
	losetup -D
	[ ! -e $driver/e820_pmem ] || echo e820_pmem >$driver/unbind
	rm -f /run/ramdax/report.json
	# shellcheck disable=SC2086 # words
	ram restore /tmp/start $kept
}

unload() {
	modprobe -r ramdax nd_pmem dax_pmem device_dax kmem loop nd_btt libnvdimm 2>/dev/null
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
	echo e820_pmem >$driver/unbind
	holds "all of it is kept" ram save /tmp/start $start $size
	rm -f /run/ramdax/report.json
}

# clean TYPE DEVICE
clean() {
	case $1 in
	ext4) e2fsck -fn "$2" ;;
	vfat) fsck.vfat -n "$2" ;;
	xfs) xfs_repair -n "$2" ;;
	btrfs) btrfs check "$2" ;;
	esac
}

# converges WHEN: the next apply ends as if nothing had been. What it made itself is not looked into:
# that is what the undisturbed run is for.
converges() {
	run 0 ramdax apply
	jq -r '.regions[].namespaces[] | "\(.name) \(.state) \(.device) \(.filesystem.type)"' \
		/run/ramdax/report.json >/tmp/all
	is "all are there, and nothing half-made ($1)" \
		"$(awk '$1 !~ /^[.]ramdax-/ && $2 ~ /^(created|adopted|foreign)$/' /tmp/all | wc -l)" 10
	is "what was there is adopted" "$(grep -cE '^(old|oldmem) adopted ' /tmp/all)" 2
	while read -r _name _state _device _type; do
		case $1:$_state:$_name in
		*:*:old) continue ;; # byte for byte, below
		undisturbed:* | *:adopted:*) ;;
		*) continue ;;
		esac
		[ "$_type" = null ] || holds "the $_type of $_name is clean" clean "$_type" "$_device"
	done </tmp/all
	run 0 ramdax plan --check
	[ "$1" != undisturbed ] || honest /run/ramdax/report.json "$1"
	holds "what was there before is as it was" again
}

# one FAULT WHO CALL N
one() {
	_when="$1, $2 $3 $4"
	if echo "$3" | grep -qxE "$loading"; then
		unload
	fi
	rm -f /tmp/came
	fault "$@" ramdax apply >/tmp/out 2>/tmp/err
	_status=$?
	_when="$_when: $_status"
	_report=/run/ramdax/report.json
	tried=$((tried + 1))
	[ ! -e /tmp/came ] || came=$((came + 1))
	case $1:$_status in
	kill:137 | *:0) ;;
	*:[1345])
		[ "$3" = say ] || [ "$3" = write ] || # which may be the one that tells
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

# Lines "WHO CALL N" of what an undisturbed run calls, to /tmp/calls; of what is done for modules, in
# a run without.
undisturbed() {
	holds "an undisturbed run" fault list /tmp/with ramdax apply
	converges undisturbed
	unload
	holds "an undisturbed run without modules" fault list /tmp/without ramdax apply
	converges undisturbed
	{
		grep -vE "^[a-z]+ ($loading) " /tmp/with
		grep -E "^[a-z]+ ($loading) " /tmp/without
	} | grep -vE "^([a-z]+ ($startup)|tool execve) " | sort -r >/tmp/calls # the tool's first
}

# points MOST SAMPLE: of lines "WHO CALL N" lines "WHO CALL I", each I up to N, MOST of a call at most
# and spread evenly, and of those the part that is wanted; without RAMDAX_LONG a sample of so many: each
# one a different call.
points() {
	if [ "$long" != 0 ]; then
		awk -v most="$1" '{ step = $3 > most ? $3 / most : 1
			for (i = 1; i <= $3; i += step) print $1, $2, int(i) }' |
			awk -v k="${part%/*}" -v n="${part#*/}" 'NR % n == k % n'
	else
		awk -v seed="$seed" 'BEGIN { srand(seed) }
			{ print rand(), $1, $2, 1 + int(rand() * $3) }' | sort | head -n "$2" | cut -d ' ' -f 2-
	fi
}

# each FAULT...: for the points of standard input one fault after another; all, with RAMDAX_LONG, if
# the tool's call changes something.
each() {
	while read -r _who _call _i <&3; do
		_faults=$1
		if [ "$long" != 0 ] && echo "$_who $_call" | grep -qxE "tool ($changing)"; then
			_faults=$*
		fi
		_first=$1
		shift
		set -- "$@" "$_first"
		for _fault in $_faults; do
			one "$_fault" "$_who" "$_call" "$_i"
		done
	done 3<&0 </dev/null
}

# Not all do: how often a call is made depends on how long something takes.
they_came() {
	at_least "of $tried faults came $came, two thirds at least" $((came * 3)) $((tried * 2))
}

# the_calls PATTERN: of those, these.
the_calls() {
	grep -E "^($1) " /tmp/calls
}

# all SAMPLE: of each kind of fault; SAMPLE without RAMDAX_LONG.
all() {
	the_calls "tool ($changing)" | points 1000000 "$1" >/tmp/points
	each kill </tmp/points
	seed=$((seed + 1)) # other points
	the_calls "tool ($changing)" | points 1000000 "$1" >/tmp/points
	each EIO ENOSPC EBUSY ENOMEM </tmp/points
	the_calls "helper ($changing)" | points 1000000 "$1" >/tmp/points
	each kill </tmp/points
	the_calls "helper ($changing)" | points 25 2 >/tmp/points
	each alone </tmp/points
	the_calls 'tool .*' | grep -vE " ($changing) " | points 100 "$1" >/tmp/points
	each EIO ENOSPC EBUSY ENOMEM </tmp/points
	the_calls "helper ($changing)" | points 25 2 >/tmp/points
	each EIO ENOSPC EBUSY ENOMEM </tmp/points
	they_came
}
