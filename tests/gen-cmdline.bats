#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# gen-cmdline on captured machines and on machines made for it (machines/make): what is printed,
# what is refused and how, what is stored.
#
# shellcheck disable=SC2016,SC2030,SC2031 # $ in memmap=; each test is a shell of its own
# shellcheck disable=SC2154,SC2238 # run sets stderr; "more" is a file here

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=${RAMDAX:-$PWD/ramdax}
	root=$BATS_TEST_TMPDIR/root
	cd "$BATS_TEST_TMPDIR" || exit
	machines=$BATS_TEST_DIRNAME/machines
}

# machine: makes the machine on standard input; captured NAME: copies a captured one.
machine() {
	rm -rf "$root"
	"$machines/make" "$root"
}

captured() {
	rm -rf "$root"
	cp -a "$machines/$1" "$root"
}

# A machine of usual shape, and what else standard input says.
usual() {
	{
		printf '%s\n' 'ram 0 0x9fc00' 'reserved 0xf0000 0x100000' 'ram 1M 2G' 'ram 4G 34G'
		cat
	} | machine
}

layout() {
	{
		echo 'version = 1'
		cat
	} >layout.toml
}

one_region() {
	layout <<-END
		[[region]]
		name = "vmcache"
		$1
		[[region.namespace]]
		name = "images"
		size = "1GiB"
	END
}

# gen [OPTION]...: standard output to out, standard error to err.
gen() {
	status=0
	"$ramdax" gen-cmdline --root "$root" --layout layout.toml "$@" >out 2>err || status=$?
	echo "status $status, standard output:" && cat out
	echo "standard error:" && cat err
}

# prints LINE [OPTION]...: exactly that, status 0.
prints() {
	local line=$1
	shift
	gen "$@"
	[ $status -eq 0 ] && diff <([ -z "$line" ] || echo "$line") out
}

# refuses TEXT [OPTION]...: status 4, nothing printed, one error with that text.
refuses() {
	local text=$1
	shift
	gen "$@"
	[ $status -eq 4 ] && [ ! -s out ] && grep -qF -e "$text" err &&
		[ "$(grep -cv 'warning: ' err)" -eq 1 ]
}

# says TEXT: on standard error.
says() {
	grep -qF -e "$1" err
}

says_not() {
	! grep -F -e "$1" err
}

# ---- what is printed ------------------------------------------------------------------------

@test "a machine without carveouts: the lowest place above 4 GiB, one line, nothing else" {
	captured bare-7.3.4
	one_region
	prints 'memmap=1044M!0x100000000'
	[ ! -s err ]
}

@test "the name ramdax-gen-cmdline is the command" {
	captured bare-7.3.4
	one_region
	ln -s "$ramdax" ramdax-gen-cmdline
	run -0 ./ramdax-gen-cmdline --root "$root" --layout layout.toml
	[ "$output" = 'memmap=1044M!0x100000000' ]
	run -2 ./ramdax-gen-cmdline --no-such-option
	run -0 ./ramdax-gen-cmdline --help
	[[ $output == 'usage: ramdax gen-cmdline'* ]]
}

@test "a captured machine keeps what runs, whatever is the order of the layout" {
	captured two-nodes-7.3.4
	near_one='[[region]]
		name = "near-one"
		node = 1
		size = "256MiB"'
	near_zero='[[region]]
		name = "near-zero"
		node = 0
		size = "512MiB"'
	layout <<<"$near_one
$near_zero"
	prints 'memmap=513M!0x100000000,257M!0x160000000'
	layout <<<"$near_zero
$near_one"
	prints 'memmap=513M!0x100000000,257M!0x160000000'
	[ ! -s err ]
}

@test "--fresh chooses anew, but not where old labels are" {
	usual <<-END
		carveout 0x180000000 1044M
		carveout 0x121400000 512M
	END
	one_region
	prints 'memmap=1044M!0x180000000'
	says 'belongs to no region'
	# 0x100000000 + 1044 MiB is the end of the second carveout.
	prints 'memmap=1044M!0x101000000' --fresh
}

@test "the line is the same again on the machine that runs with it" {
	usual </dev/null
	layout <<-END
		[[region]]
		name = "a"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "8GiB"
		[[region]]
		name = "b"
		size = "3GiB"
		[[region]]
		name = "c"
		size = "10%"
	END
	gen
	[ $status -eq 0 ]
	cp out first
	{
		sed 's/^/cmdline /' first
		tr ',' '\n' <first | sed 's/memmap=//; s/\(.*\)!\(.*\)/carveout \2 \1/'
	} >more
	usual <more
	prints "$(cat first)"
	[ ! -s err ]
}

@test "a layout without regions needs no line, anywhere" {
	layout </dev/null
	usual </dev/null
	prints ''
	says 'no memmap= is needed'
	mkdir empty
	root=empty
	prints ''
}

@test "1 GiB alignment: 16 MiB below a boundary" {
	usual </dev/null
	layout <<-END
		[[region]]
		name = "guests"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "2GiB"
		count = 4
	END
	# 16 MiB, 4 x 2 GiB and the label area; the other three namespaces each start on a boundary
	# and give a GiB to alignment, unless they too start below one.
	gen --json
	[ $status -eq 0 ]
	[ "$(jq -r '.ranges[0].start % 1073741824' out)" = $((1024 - 16 << 20)) ]
	jq -e '.ranges[0].size < 12 * 1073741824' out
}

# ---- what is refused ------------------------------------------------------------------------

@test "no memory map, and an empty one" {
	one_region
	usual </dev/null
	rm -r "$root/sys/firmware/memmap" "$root/sys/kernel/boot_params"
	refuses "the firmware's memory map cannot be read"
	mkdir -p "$root/sys/firmware/memmap"
	refuses "the firmware's memory map cannot be read"
	machine <<<'reserved 0 4G'
	refuses 'no System RAM in common'
}

@test "a memory map that contradicts itself, or that has entries that are none" {
	one_region
	usual <<<'reserved 5G 6G'
	refuses 'overlap'
	usual </dev/null
	echo 0x0 >"$root/sys/firmware/memmap/3/end"
	refuses 'ends before it starts'
	usual </dev/null
	rm "$root/sys/firmware/memmap/3/end"
	refuses 'cannot be read'
	usual </dev/null
	rm -r "$root/sys/kernel/boot_params"
	echo 0xfffffffffffffffe >"$root/sys/firmware/memmap/3/end"
	refuses 'which no processor can address'
}

@test "maps that disagree: only what both call RAM counts" {
	one_region
	usual </dev/null
	echo 0x100000000 >"$root/sys/firmware/memmap/3/start"
	echo 0x17fffffff >"$root/sys/firmware/memmap/3/end"
	# 2 GiB above 4 GiB, of which one stays free: too little for 1044 MiB, so below.
	prints 'memmap=1044M!0x1f000000'
}

@test "an SRAT that is cut off, that lies, and that is missing" {
	one_region
	usual <<-END
		node 0 0 18G
		node 1 18G 34G
	END
	prints 'memmap=1044M!0x100000000'
	local srat=$root/sys/firmware/acpi/tables/SRAT
	cp "$srat" srat
	head -c 100 srat >"$srat"
	refuses 'the SRAT is damaged'
	: >"$srat"
	refuses 'the SRAT is damaged'
	rm "$srat"
	refuses '2 NUMA nodes, and neither an SRAT nor memory blocks'
	usual <<-END
		node 0 0 18G
		node 1 17G 34G
	END
	refuses 'to node 0 and to node 1'
	usual <<<'node 0 0 18G'
	refuses 'leaves out 16 GiB'
	usual <<<'node 0 0 0xffffffffffff0000'
	prints 'memmap=1044M!0x100000000'
}

@test "without an SRAT the nodes' memory blocks tell; what they leave open is not guessed" {
	layout <<-'END'
		[[region]]
		name = "far"
		node = 1
		size = "25%"
		[[region.namespace]]
		name = "images"
		size = "rest"
	END
	usual <<-'END'
		blocks 0 0 15
		blocks 0 32 143
		blocks 1 144 271
	END
	prints 'memmap=4098M!0x480000000'
	# What runs has no blocks; inside of a node it is that node's.
	usual <<-'END'
		blocks 0 0 15
		blocks 0 32 143
		blocks 1 144 175
		blocks 1 209 271
		carveout 22G 4098M
	END
	prints 'memmap=4098M!0x580000000'
	usual <<-'END'
		blocks 0 0 15
		blocks 0 32 143
		blocks 1 176 271
	END
	refuses 'leaves out 4 GiB of RAM'
	# A block of both nodes is neither's.
	usual <<-'END'
		blocks 0 0 15
		blocks 0 32 144
		blocks 1 144 271
	END
	refuses 'leaves out 128 MiB of RAM'
}

@test "guests whose memory is not their own" {
	one_region
	usual </dev/null
	mkdir -p "$root/sys/hypervisor"
	echo xen >"$root/sys/hypervisor/type"
	echo PV >"$root/sys/hypervisor/guest_type"
	refuses 'this is a Xen PV guest'
	usual </dev/null
	printf 'processor\t: 0\nflags\t\t: fpu tdx_guest\n' >"$root/proc/cpuinfo"
	refuses 'this is a TDX guest'
	usual </dev/null
	mkdir -p "$root/sys/devices/platform/sev-guest"
	refuses 'this is a SEV-SNP guest'
}

@test "carveouts of the device tree are not the command line's" {
	captured devicetree-cold-7.3.4
	one_region
	refuses 'device tree'
}

@test "too much: what must stay is said, with the line of the layout where there is one" {
	usual </dev/null
	one_region 'size = "30GiB"'
	refuses 'must stay the system'
	one_region 'address = "0x80000000"'
	refuses '(layout.toml:2)'
	one_region 'node = 3'
	refuses 'in node 3'
}

@test "an invalid layout is 3, a wrong option 2, options that exclude each other 2" {
	usual </dev/null
	layout <<<'[[region]]'
	gen
	[ $status -eq 3 ] && [ ! -s out ]
	one_region
	for options in '--fresher' '--kexec --fresh' '--stored --store' '--stored --json' 'more'; do
		# shellcheck disable=SC2086 # options are words
		gen $options
		[ $status -eq 2 ] && [ ! -s out ]
	done
}

@test "on the machine itself: not in a container or chroot" {
	# Here /sys is some machine's, but whether this is that machine is for the program to say:
	# both answers are right somewhere, a line in a container nowhere.
	one_region
	local evidence=
	[ ! -e /run/systemd/container ] && [ ! -e /.dockerenv ] && [ ! -e /run/.containerenv ] &&
		[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || evidence=yes
	mkdir new
	cp "$ramdax" layout.toml new/
	run -4 --separate-stderr unshare --fork --pid --mount-proc "$ramdax" gen-cmdline --layout layout.toml
	[ -z "$output" ]
	[[ $stderr == *'this is a container or chroot'* ]]
	run -4 --separate-stderr chroot new /"$(basename "$ramdax")" gen-cmdline --layout /layout.toml
	[ -z "$output" ]
	[[ $stderr == *'this is a container or chroot'* ]]
	if [ "$evidence" ]; then
		run -4 --separate-stderr "$ramdax" gen-cmdline --layout layout.toml
		[[ $stderr == *'this is a container or chroot'* ]]
	fi
}

@test "on the machine itself: root only" {
	one_region
	chmod 755 "$BATS_TEST_TMPDIR" .
	run -1 --separate-stderr setpriv --reuid 65534 --clear-groups "$ramdax" gen-cmdline \
		--layout /dev/stdin <layout.toml
	[ -z "$output" ]
	[[ $stderr == *'must be run as root'* ]]
}

# ---- what is said beside it -----------------------------------------------------------------

@test "the price: physical KASLR, under UEFI always, under BIOS from the fifth range on" {
	usual <<<uefi
	one_region
	prints 'memmap=1044M!0x100000000'
	says 'under UEFI any memmap= ends physical KASLR'
	usual </dev/null
	for n in 1 2 3 4; do printf '[[region]]\nname = "r%s"\nsize = "64MiB"\n' $n; done | layout
	gen
	[ $status -eq 0 ]
	says_not KASLR
	printf '[[region]]\nname = "r5"\nsize = "64MiB"\n' >>layout.toml
	gen
	[ $status -eq 0 ] && [ "$(tr -cd , <out | wc -c)" -eq 4 ]
	says 'more than four ranges'
	gen --quiet
	says_not KASLR
}

@test "other memmap= words are named, and their memory is left alone" {
	usual <<<'cmdline quiet memmap=64M$4G memmap=32M#0x110000000'
	one_region
	prints 'memmap=1044M!0x112000000'
	says '"memmap=64M$4G"'
	says '"memmap=32M#0x110000000"'
	usual <<<'cmdline memmap=exactmap memmap=8G@0'
	refuses 'exactmap'
}

@test "a running range that is given up is named, with what speaks against it" {
	usual <<<'carveout 6G 2G'
	one_region 'address = "0x280000000"'
	prints 'memmap=1044M!0x280000000'
	usual <<<'carveout 6G 2G'
	one_region
	prints 'memmap=2G!0x180000000'
	says '1005 MiB more than it needs'
}

@test "foreign carveouts stay in the line as they are" {
	usual <<<'carveout 6G 0x40001000'
	one_region
	cat >>layout.toml <<-END
		[[region]]
		name = "theirs"
		foreign = true
		address = "0x180000000"
	END
	prints 'memmap=1044M!0x100000000,1048580K!0x180000000'
	prints 'memmap=1044M!0x100000000,1048580K!0x180000000' --fresh
	usual </dev/null
	refuses 'its size is not known'
}

@test "--json gives the ranges and the reasons, and of a refusal why" {
	usual <<-END
		node 0 0 18G
		node 1 18G 34G
		carveout 20G 1044M
	END
	one_region 'node = 1'
	cat >>layout.toml <<-END
		[[region]]
		name = "more"
		size = "1GiB"
	END
	gen --json
	[ $status -eq 0 ]
	jq -e '.version == 1 and .status == 0 and .refusal == null
		and .cmdline == "memmap=1026M!0x100000000,1044M!0x500000000"
		and (.ranges | length) == 2
		and (.ranges[1] | .region == "vmcache" and .state == "kept" and .node == 1
			and .start == 21474836480 and .size == 1094713344 and .line == 2
			and (.reasons | length) > 0)
		and (.ranges[0] | .region == "more" and .state == "new" and .node == 0)
		and (.warnings == []) and (.notes == [])
		and .memory.ram - .memory.left == ([.ranges[].size] | add)' out
	one_region 'node = 2'
	gen --json
	[ $status -eq 4 ]
	jq -e '.status == 4 and .cmdline == null and .ranges == []
		and (.refusal | .line == 2 and (.text | contains("node 2")))' out
}

# ---- kexec, and what is stored --------------------------------------------------------------

@test "--kexec: all that runs, whatever the layout says" {
	captured two-ranges-7.3.4
	layout </dev/null
	prints 'memmap=256M!0x100000000,257M!0x120000000' --kexec
	says 'only kexec -s'
	captured bare-7.3.4
	rm layout.toml
	prints '' --kexec
	says 'no carveouts run'
}

@test "--store keeps the line for this machine, --stored prints it" {
	usual <<<'uuid 11111111-0000-0000-0000-000000000000'
	one_region
	gen --stored
	[ $status -eq 4 ] && [ ! -s out ]
	prints 'memmap=1044M!0x100000000' --store
	grep -v '^#' "$root/var/lib/ramdax/cmdline" >stored
	[[ $(sed -n 1p stored) == version=1 ]]
	[[ $(sed -n 2p stored) =~ ^fingerprint=[0-9a-f]{64}$ ]]
	[[ $(sed -n 3p stored) == 'cmdline=memmap=1044M!0x100000000' ]]
	[ "$(wc -l <stored)" -eq 3 ]
	[ "$(ls "$root/var/lib/ramdax")" = cmdline ]
	rm layout.toml
	prints 'memmap=1044M!0x100000000' --stored

	# Another machine: another UUID, or other memory.
	cp -a "$root/var" var
	usual <<<'uuid 22222222-0000-0000-0000-000000000000'
	cp -a var "$root"
	refuses 'another machine' --stored
	printf '%s\n' 'ram 1M 2G' 'ram 4G 32G' 'uuid 11111111-0000-0000-0000-000000000000' | machine
	cp -a var "$root"
	refuses 'another machine' --stored
}

@test "what cannot be chosen is not stored, and what is damaged not printed" {
	usual </dev/null
	one_region
	prints 'memmap=1044M!0x100000000' --store
	one_region 'size = "30GiB"'
	refuses 'must stay' --store
	prints 'memmap=1044M!0x100000000' --stored
	local store=$root/var/lib/ramdax/cmdline
	cp "$store" good
	for edit in 's/version=1/version=2/' '/fingerprint/d' 's/cmdline=memmap/cmdline=init/' '$d'; do
		sed "$edit" good >"$store"
		refuses 'is damaged' --stored
	done
	head -c -1 good >"$store"
	refuses 'is damaged' --stored
	: >"$store"
	refuses 'is damaged' --stored
	cp good "$store"
	prints 'memmap=1044M!0x100000000' --stored
}

@test "the store is below the root, whatever links there say" {
	usual </dev/null
	one_region
	mkdir -p "$root/var" outside
	ln -s "$PWD/outside" "$root/var/lib"
	gen --store
	[ "$(ls outside)" = '' ]
}

@test "status says what has become of a line on trial" {
	captured two-ranges-7.3.4
	mkdir -p "$root/var/lib/ramdax"
	trial=$root/var/lib/ramdax/trial
	printf 'line=memmap=1G!8G\nboot=1\n' >"$trial"
	run --separate-stderr "$ramdax" --root "$root" status
	[ "$status" -eq 0 ]
	[[ $stderr == 'ramdax: "memmap=1G!8G" is on trial: '* ]]
	echo 'failed=it did not boot' >>"$trial"
	run --separate-stderr "$ramdax" --root "$root" status
	[ "$status" -eq 0 ]
	[[ $stderr == *'given up after its trial: it did not boot; "memmap=1G!8G" is not used'* ]]
	"$ramdax" --root "$root" status --json |
		jq -e 'any(.messages[]; .text | contains("it did not boot"))'
	echo garbage >"$trial"
	run --separate-stderr "$ramdax" --root "$root" status
	[ "$status" -eq 0 ]
	[[ $stderr == *'"/var/lib/ramdax/trial" does not say which line'* ]]
	rm "$trial"
	run --separate-stderr "$ramdax" --root "$root" status
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}
