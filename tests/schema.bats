#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The schemas say what is so: that of the layout takes what the program takes, key by key and value
# by value; those of JSON documents what it prints.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=${RAMDAX:-$PWD/ramdax}
	objects=${OBJECTS:-$PWD/build}
}

# program NAME: builds tests/schema/NAME.c with what the program consists of.
program() {
	local all
	make -s BUILD="$objects" objects
	mapfile -t all < <(find "$objects" -maxdepth 1 -name '*.o' ! -name main.o)
	cc -std=c11 -D_GNU_SOURCE -Isrc -o "$BATS_TEST_TMPDIR/$1" "tests/schema/$1.c" "${all[@]}" \
		-lblkid -luuid -ljson-c -lm
}

# changed SCRIPT WORD...: layout.py WORD... complains of the schema of the layout as sed changes it.
changed() {
	mkdir -p "$BATS_TEST_TMPDIR/schema"
	sed "$1" schema/layout.schema.json >"$BATS_TEST_TMPDIR/schema/layout.schema.json"
	! cmp -s schema/layout.schema.json "$BATS_TEST_TMPDIR/schema/layout.schema.json"
	shift
	run env -C "$BATS_TEST_TMPDIR" "$BATS_TEST_DIRNAME/schema/layout.py" "$@"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output != *Traceback* ]]
}

# ---- the layout ---------------------------------------------------------------------------------

@test "the schema of the layout has the reader's keys, words and bounds" {
	program table
	"$BATS_TEST_TMPDIR/table" >"$BATS_TEST_TMPDIR/keys"
	tests/schema/layout.py keys "$BATS_TEST_TMPDIR/keys"
	changed 's/"survives": { /"survive": { /' keys "$BATS_TEST_TMPDIR/keys"
	[[ $output == *'[[region.namespace]] survive: only one'* ]]
	changed 's/"recreate"\]/"replace"]/' keys "$BATS_TEST_TMPDIR/keys"
	changed 's/"maximum": 3600/"maximum": 3601/' keys "$BATS_TEST_TMPDIR/keys"
}

@test "valid layouts are so by the schema" {
	tests/schema/layout.py valid tests/layouts/valid/*.toml doc/*.toml demo/*.toml tests/cases/*/*.toml
	changed 's/"raw_size": {$/"raw": {/' valid "$PWD"/tests/layouts/valid/*.toml
}

@test "every fault of an invalid layout is one by the schema, at its place, or beyond schemas" {
	tests/schema/layout.py invalid tests/layouts/invalid/*.toml
	changed 's/"required": \["address"\]/"required": []/' invalid "$PWD"/tests/layouts/invalid/*.toml
	[[ $output == *'foreign.toml:4: the schema does not tell: a foreign region needs'* ]]
	changed 's/"additionalProperties": false/"additionalProperties": true/' \
		invalid "$PWD"/tests/layouts/invalid/*.toml
}

@test "every key takes the same values by program and by schema" {
	tests/schema/layout.py values "$ramdax"
}
