#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The largest machine one can think of: 12 TiB in 8 nodes, a region in each, 509 namespaces in each
# region, all that a label area holds. What is decided there is right; how long it takes, tests/bench
# says.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=${RAMDAX:-$PWD/ramdax}
	make=$PWD/tests/machines/make
	cd "$BATS_TEST_TMPDIR" || exit
	"$BATS_TEST_DIRNAME/bench/huge" machine | "$make" empty
	"$BATS_TEST_DIRNAME/bench/huge" layout >layout.toml
}

# The machine after a boot with the line: the carveouts run, and RAMDAX may be bound.
boot_with() {
	{
		"$BATS_TEST_DIRNAME/bench/huge" machine
		sed 's/^memmap=//' "$1" | tr ',' '\n' | sed 's/\(.*\)!\(.*\)/carveout \2 \1/'
		echo "cmdline $(cat "$1")"
	} | "$make" booted
	sed -i '/System RAM/{/^00000001/d}' booted/proc/iomem
	mkdir -p booted/sys/bus/platform/{drivers/ramdax,devices/e820_pmem}
	echo '(null)' >booted/sys/bus/platform/devices/e820_pmem/driver_override
}

@test "12 TiB, 8 nodes, 8 regions of 509 namespaces: line, check and plan" {
	"$ramdax" gen-cmdline --root empty --layout layout.toml >line
	# Each of 509 x (2 GiB + 2 MiB) and its labels, in 2 MiB; the first above 4 GiB, each other
	# in a node of its own (1.5 TiB, the first 2 GiB longer for the hole below 4 GiB).
	tr ',' '\n' <line | sed 's/memmap=//' | while IFS='!' read -r size start; do
		[ "$size" = 1043452M ]
		echo $(((start - (2 << 30)) / (3 << 39)))
	done >nodes
	[ "$(cat nodes)" = "$(seq 0 7)" ]

	boot_with line
	"$ramdax" gen-cmdline --root booted --layout layout.toml >again
	cmp line again
	"$ramdax" check --machine --root booted --layout layout.toml
	"$ramdax" plan --json --root booted --layout layout.toml >plan.json
	[ "$(jq '[.steps[] | select(.action == "create")] | length' plan.json)" = 4072 ]
	[ "$(jq '.problems | length' plan.json)" = 0 ]
	# None overlaps another, and none is smaller than declared.
	jq -e '[.steps[] | select(.action == "create")] | sort_by(.start) | . as $s |
		all(.[]; .size >= 2147483648) and
		all(range(1; length); $s[.].start >= $s[. - 1].start + $s[. - 1].raw_size)' plan.json
}
