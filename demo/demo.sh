#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh: ramdax at work in a virtual machine, told as it happens; nothing of this machine's own
# memory, disks or boot loader is touched.
#
#	make demo			with demo/layout.toml
#	LAYOUT=my.toml make demo	with a layout of yours
#	MEMORY=16G make demo		in a larger machine; default 6G
#
# A Debian kernel and a real dracut initramfs boot under QEMU, without KVM if there is none: first
# after a power cycle, with empty RAM, then after a reset, with the RAM as it was. Needs root, for
# building the initramfs; says which Debian packages it installs. Takes some minutes the first
# time, about one afterwards.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

layout=$(readlink -f "${LAYOUT:-demo/layout.toml}")
memory=${MEMORY:-6G}
suite=trixie

step() {
	if [ -t 1 ]; then
		printf '\n\033[1m=== %s\033[0m\n' "$*"
	else
		printf '\n=== %s\n' "$*"
	fi
}

# A paragraph.
text() {
	echo
	echo "$*" | fold -s -w 90 | sed 's/ *$//'
}

# What the guest prints is coloured for a terminal; this may be none.
plain() {
	if [ -t 1 ]; then
		cat
	else
		sed -u 's/\x1b\[[0-9;]*m//g'
	fi
}

die() {
	echo "demo: $*" >&2
	exit 1
}

[ -e "$layout" ] || die "no layout '$layout'"

step 'What is needed'
if ! tests/install-needs build demo; then
	exit 1
fi
[ "$(id -u)" -eq 0 ] || die "building an initramfs needs root: sudo make demo"
make -s all
kernel=$(tests/vm/fetch-kernel)
text "Ready: ramdax built, Linux $(cat "$kernel/release") at hand."

# shellcheck source=tests/vm/lib.bash
. tests/vm/lib.bash
# shellcheck disable=SC2034 # lib.bash: no console is to be shown at the end
BATS_TEST_COMPLETED=1
vm_setup
trap vm_teardown EXIT

# boot MEMMAP: boots and shows what the guest says, as it says it.
boot() {
	local memmap=${1:+memmap=$1} follower
	vm_start >/dev/null
	# shellcheck disable=SC2154 # vm_setup sets it
	tail -q -n +1 -F --pid="$vm_pid" "$vm_dir/output" 2>/dev/null | sed -u '/^guest: /d' | plain &
	follower=$!
	wait "$vm_pid" || :
	vm_pid=
	wait "$follower"
	grep -qx 'guest: exit status 0' "$vm_dir/output" || {
		tail -n 30 "$vm_dir/console"
		die "the virtual machine did not get to its end"
	}
}

step 'The layout: what shall exist'
cat "$layout"

step 'Where the carveout goes: ramdax gen-cmdline, on the machine as it is'
vm_layout <"$layout"
vm_script <demo/where.sh
vm_ram "$memory"
boot ''
memmap=$(sed -n 's/^memmap=//p' "$vm_dir/output")
vm_teardown
[ "$memmap" ] || die "there is no place for it in a machine of $memory: try MEMORY=16G make demo"
text "That goes on the kernel's command line. 'a!b' takes a bytes of RAM at address b away from" \
	"the system, and the RAMDAX driver makes a memory module of it."

step "An initramfs with ramdax in it, by dracut (Debian '$suite')"
# shellcheck source=tests/dracut/lib.bash
. tests/dracut/lib.bash
BATS_FILE_TMPDIR=$(mktemp -d)
trap 'vm_teardown && rm -rf "$BATS_FILE_TMPDIR"' EXIT
dracut_setup
vm_layout <"$layout"
dracut_image "$suite" --no-hostonly || die 'dracut failed'
text "$(du -hL "$vm_dir/initrd" | cut -f 1) in all. The layout asked for these modules and programs:"
for what in --modules --programs; do
	./ramdax --layout "$layout" needs $what | paste -s -d ' ' | fold -s -w 86 | sed 's/^/    /'
done

step 'First boot: the RAM is empty, as after a power cycle'
cat demo/say.sh demo/first.sh | vm_script
vm_ram "$memory"
boot "$memmap"

step 'Second boot: a reset, the RAM is as it was'
cat demo/say.sh demo/second.sh | vm_script
boot "$memmap"

step 'What this was'
text "Everything in the layout existed before anything was mounted, in both boots: made in the" \
	"first, found again and left alone in the second."
text "All of it is in RAM. A reset or a kexec keeps it, if the machine's firmware does; a power" \
	"cut empties it, and the next boot makes it anew, empty. That is what it is for: caches," \
	"scratch space, memory of virtual machines, tests of persistent-memory software. Not for" \
	"the only copy of anything."
