# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What guest scripts say things with. Each check prints one line, "ok" or "not ok" and what it was
# about; a failed one adds what was seen. The script goes on after a failure, so that one boot
# tells everything; its status is 1 if any check failed, or if it checked nothing.

checks=0
failures=0

# Never in colour, though the output is a terminal.
jq() {
	command jq -M "$@"
}

ok() {
	checks=$((checks + 1))
	echo "ok - $1"
}

not_ok() {
	checks=$((checks + 1))
	failures=$((failures + 1))
	echo "not ok - $1"
	shift
	printf '%s\n' "$@" | sed 's/^/#   /'
}

# The end of every script: init calls it.
guest_done() {
	[ $checks -gt 0 ] || echo "guest: nothing was checked"
	[ $checks -gt 0 ] && [ $failures -eq 0 ]
}

# is WHAT GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    '$2'" "wanted: '$3'"
	fi
}

# at_least WHAT NUMBER MINIMUM
at_least() {
	if [ "$2" -ge "$3" ] 2>/dev/null; then
		ok "$1"
	else
		not_ok "$1" "got:    '$2'" "wanted: at least '$3'"
	fi
}

# run STATUS COMMAND...: the command's exit status is that one. What it printed is in /tmp/out
# and /tmp/err. Of what "ramdax apply" calls done there is a second opinion (judge), where its
# program is.
run() {
	_wanted=$1
	shift
	"$@" >/tmp/out 2>/tmp/err
	_status=$?
	if [ $_status -eq "$_wanted" ]; then
		ok "$* exits with $_wanted"
	else
		not_ok "$* exits with $_wanted" "status: $_status" "$(tail -n 40 /tmp/out)" \
			"$(tail -n 40 /tmp/err)" "$(dmesg | tail -n 8)"
	fi
	[ -x /usr/sbin/ramdax-verify ] || return 0
	case "$_status $*" in
	'0 ramdax apply') judge 0 ;;
	'0 ramdax apply --boot') [ "$(report .status 2>/dev/null)" != 0 ] || judge 0 ;;
	esac
}

# judge STATUS [PATTERN]: how ramdax-verify, which knows the machine from libndctl and libblkid,
# finds it; and a line of what it says (grep -E). All of it is in /tmp/verdict.
judge() {
	ramdax-verify >/tmp/verdict 2>&1
	_verdict=$?
	if [ $_verdict -eq "$1" ] && grep -qE -e "${2-}" /tmp/verdict; then
		ok "ramdax-verify exits with $1${2:+, because of \"$2\"}"
	else
		not_ok "ramdax-verify exits with $1${2:+, because of \"$2\"}" "status: $_verdict" \
			"$(cat /tmp/verdict)"
	fi
}

# holds WHAT COMMAND...: the command succeeds. A shell expression: holds WHAT eval '...'.
holds() {
	_what=$1
	shift
	if _out=$("$@" 2>&1); then
		ok "$_what"
	else
		not_ok "$_what" "$*: $_out"
	fi
}

# fails WHAT COMMAND...: it does not.
fails() {
	_what=$1
	shift
	if _out=$("$@" 2>&1); then
		not_ok "$_what" "$*: $_out"
	else
		ok "$_what"
	fi
}

# says WHAT FILE PATTERN: the file (/tmp/out, /tmp/err) has a line with that pattern (grep -E).
says() {
	if grep -qiE -e "$3" "$2"; then
		ok "$1"
	else
		not_ok "$1" "no '$3' in $2:" "$(cat "$2")"
	fi
}

# says_not WHAT FILE PATTERN
says_not() {
	if grep -qiE -e "$3" "$2"; then
		not_ok "$1" "'$3' in $2:" "$(cat "$2")"
	else
		ok "$1"
	fi
}

# namespace NAME FIELD: what ndctl says of the namespace: mode, map, size, align, uuid,
# raw_uuid, sector_size, numa_node, blockdev. Nothing if there is none of that name.
namespace() {
	ndctl list -N -i -v | jq -r --arg n "$1" --arg f "$2" \
		'if type == "array" then .[] else . end | select(.name == $n) | .[$f] // empty' 2>/dev/null
}

# How many namespaces there are, by ndctl: those that have a size.
namespaces() {
	_list=$(ndctl list -N -i)
	[ "$_list" ] || _list='[]'
	echo "$_list" | jq 'if type == "array" then . else [.] end |
		map(select((.size // 0) > 0)) | length'
}

# scaffolds: the names of namespaces that are still being made. (The seed, of no size and no uuid,
# may keep the name of one that was removed.)
scaffolds() {
	ndctl list -N -i | jq -r 'if type == "array" then .[] else . end |
		select(.uuid != "00000000-0000-0000-0000-000000000000") | .name // empty |
		select(startswith(".ramdax-"))'
}

# device NAME: its device node.
device() {
	_dev=$(namespace "$1" blockdev)
	[ "$_dev" ] || _dev=$(ndctl list -N -X -i | jq -r --arg n "$1" \
		'if type == "array" then .[] else . end | select(.name == $n) |
		.daxregion.devices[0].chardev // .chardev // empty' 2>/dev/null)
	[ "$_dev" ] && echo "/dev/$_dev"
}

# device_size NODE: bytes, by the kernel.
device_size() {
	if [ -b "$1" ]; then
		blockdev --getsize64 "$1"
	else
		daxio size "$1"
	fi
}

# contents NODE: all of it, to standard output.
contents() {
	if [ -b "$1" ]; then
		cat "$1"
	else
		daxio read "$1"
	fi
}

# places: a line for vm_keep with the physical place of each namespace's data: without info block
# and page map, which the kernel writes at every boot.
places() {
	ndctl list -N | jq -r 'if type == "array" then .[] else . end | .name + " " + .dev' |
		while read -r _name _dev; do
			cd "/sys/bus/nd/devices/$_dev" || exit
			_holder=$(cat holder)
			case $_holder in
			pfn* | dax*) cd "../$_holder" || exit ;;
			esac
			echo "place $_name $(cat resource) $(cat size)"
		done
}

# report JQ-FILTER: from what apply --boot left behind.
report() {
	jq -r "$1" /run/ramdax/report.json
}

# reported NAME: the state of that namespace, there.
reported() {
	jq -r --arg n "$1" '.regions[].namespaces[] | select(.name == $n) | .state' \
		/run/ramdax/report.json
}

# status_of NAME FIELD: what ramdax status says of that namespace.
status_of() {
	ramdax status --json | jq -r --arg n "$1" --arg f "$2" \
		'.regions[].namespaces[] | select(.name == $n) | .[$f] // empty'
}

# document KIND FILE: prints a JSON document of ramdax for vm_documents; KIND is status, plan or
# verify.
document() {
	echo "document $1 $(tr -d '\n' <"$2")"
}

# writes COMMAND...: every system call of the command, its children and modprobe that could change
# something outside /tmp and /run: opening for writing, mounting, ioctls on devices, loading.
writes() {
	strace -f -qq -o /tmp/trace -e trace=openat,open,creat,mount,init_module,finit_module,ioctl \
		"$@" >/tmp/out 2>/tmp/err
	grep -E 'O_WRONLY|O_RDWR|O_CREAT|^[0-9]+ +(mount|f?init_module|creat)\(|ioctl\(.*(BLKZEROOUT|BLKDISCARD|LOOP_|_IOC_WRITE)' \
		/tmp/trace | grep -vE '"/?(tmp|run|dev/null|dev/tty|dev/kmsg)[/"]|TCGETS'
}
