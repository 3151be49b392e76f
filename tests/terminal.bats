#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What somebody at a terminal sees: colours, and the question before anything is destroyed.

bats_require_minimum_version 1.5.0

setup() {
	here=$BATS_TEST_DIRNAME
	ramdax=${RAMDAX:-$here/../ramdax}
	root=$BATS_TEST_TMPDIR/root
	machine
	options=(--root "$root" --layout "$here/cases/03-conflicts/layout.toml")
}

# machine: as it was captured.
machine() {
	rm -rf "$root"
	cp -a "$here/machines/four-modes-7.3.4" "$root"
}

# on ANSWER WORD...: ramdax on a terminal.
on() {
	run "$here/terminal/on" "$1" "$ramdax" "${@:2}" "${options[@]}"
	echo "$output"
}

untouched() {
	diff -r --no-dereference "$here/machines/four-modes-7.3.4" "$root"
}

@test "a plan has colours on a terminal, and none with NO_COLOR, in a file, or on a pipe" {
	on "" plan
	[ "$status" -eq 0 ]
	[[ $output == *$'\033[32m+\033[0m \033[32me\033[0m \033[32mcreate\033[0m'* ]]
	[[ $output == *$'\033[31m!\033[0m \033[31ma\033[0m \033[31mconflict\033[0m'* ]]
	NO_COLOR=1 on "" plan
	[[ $output == *$'\n+ e create '* && $output != *$'\033'* ]]
	NO_COLOR='' on "" plan
	[[ $output == *$'\033[32m+'* ]]
	"$ramdax" plan "${options[@]}" >"$BATS_TEST_TMPDIR/plan"
	"$ramdax" plan "${options[@]}" | cmp - "$BATS_TEST_TMPDIR/plan"
	run -1 grep -c $'\033' "$BATS_TEST_TMPDIR/plan"
	untouched
}

@test "before something is destroyed it is shown and asked: no, nothing and anything else is no" {
	local answer
	for answer in n '' maybe no; do
		NO_COLOR=1 on "$answer" apply --recreate
		[ "$status" -eq 5 ]
		[[ $output == *$'\n- B destroy '*'This destroys what is in these namespaces. Go on? [y/N] '* ]]
		[[ $output == *'ramdax: nothing was done' ]]
		untouched
	done
	on n wipe memory
	[ "$status" -eq 5 ]
	[[ $output == *'wipe "memory": devdax of 64 MiB at '*'Go on? [y/N] '*'nothing was done' ]]
	untouched
}

@test "yes is yes, to the question and to --yes, and nobody is asked where nothing is destroyed" {
	on yes apply --recreate
	[[ $output == *'[y/N] yes'*'destroyed namespace "memory"'* ]]
	run -1 untouched
	machine
	on n apply --recreate --yes
	[[ $output != *'[y/N]'* && $output == *'destroyed namespace "memory"'* ]]
	machine
	on n apply
	[[ $output != *'[y/N]'* && $output == *'created namespace "new"'* ]]
}

@test "without a terminal apply does not ask, and wipe refuses" {
	run -2 "$ramdax" wipe "${options[@]}" memory </dev/null
	[[ $output == *'--yes says so'* ]]
	untouched
	run "$ramdax" apply --recreate "${options[@]}" </dev/null
	[[ $output != *'[y/N]'* && $output == *'destroyed namespace "memory"'* ]]
	run -1 untouched
}
