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

# ---- JSON documents -----------------------------------------------------------------------------

@test "what every command prints with --json is as the schema has it" {
	tests/schema/documents.py machines "$ramdax"
}

@test "without a key, or with one more, it is not" {
	tests/schema/documents.py strict "$ramdax"
}

@test "a command that has no report refuses --json, and prints nothing" {
	local command words n=0
	while read -r command; do
		[[ $command != @(check|plan|apply|status|wipe|scrub|gen-cmdline|needs) ]] || continue
		echo "$command"
		words=()
		[ "$command" != udev ] || words=(/devices/x)
		run "$ramdax" --root tests/machines/cold-7.3.4 --layout doc/cache.toml "$command" --json "${words[@]}"
		[ "$status" -eq 2 ]
		[ "${lines[0]}" = "ramdax: \"$command\" has no --json" ]
		n=$((n + 1))
	done < <(tests/docs/options help | grep -v ' ')
	[ "$n" -eq 6 ]
}

@test "the manuals name every key of the schema, and no other" {
	tests/docs/json-keys schema >"$BATS_TEST_TMPDIR/schema"
	tests/docs/json-keys manuals >"$BATS_TEST_TMPDIR/manuals"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/schema")" -gt 60 ]
	diff "$BATS_TEST_TMPDIR/schema" "$BATS_TEST_TMPDIR/manuals"
}

@test "the words in the schema are those of the program" {
	local where function file
	while read -r where function file; do
		echo "$where"
		sed -n "/[ *]$function(.*)\$/,/^}/p" "src/$file" | grep -o '"[^"]*"' | sort -u \
			>"$BATS_TEST_TMPDIR/program"
		[ -s "$BATS_TEST_TMPDIR/program" ]
		jq ".definitions$where | map(select(. and . != \"total\"))[]" schema/report.schema.json | sort \
			>"$BATS_TEST_TMPDIR/schema"
		diff "$BATS_TEST_TMPDIR/program" "$BATS_TEST_TMPDIR/schema"
	done <<-'END'
		.state.enum report_state_name report-row.c
		.status.properties.boot_kind.enum boot_kind_name machine.c
		.status.properties.driver.enum driver_word report-json.c
		.region.properties.verdict.enum region_state_name plan.c
		.namespace.properties.verdict.enum verdict_name plan.c
		.plan.properties.steps.items.properties.action.enum step_name plan.c
		.took.required spent_name spent.c
		.judgement.enum verdict_word ../verify/judge.c
		["gen-cmdline"].properties.ranges.items.properties.state.enum memmap_origin_name memmap-print.c
	END
	# The layout's own words are compared with the reader's above.
	jq -s '.[0].definitions as $l | .[1].definitions as $r |
		[$l.mode.enum == $r.namespace.properties.mode.enum,
		$l.map.enum + [null] == $r.namespace.properties.map.enum,
		($l.type.enum - ["none"]) + [null] == $r.plan.properties.steps.items.properties.filesystem.enum]' \
		schema/layout.schema.json schema/report.schema.json | jq -e 'all'
}
