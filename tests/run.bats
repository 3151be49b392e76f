#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tests/run counts, and when it says that all is well.

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '#!/bin/sh' 'exit 0' >good
	printf '%s\n' '#!/bin/sh' 'echo what went wrong' 'exit 3' >bad
	printf '%s\n' '@test "one" {' '	true' '}' '@test "two" {' '	true' '}' >good.bats
	printf '%s\n' '@test "three" {' '	skip "not here"' '}' >skipping.bats
	printf '%s\n' '@test "four" {' '	true' >broken.bats
	chmod 755 good bad
}

counted() {
	local status=0
	"$BATS_TEST_DIRNAME/run" "${@:2}" >out 2>&1 || status=$?
	cat out
	[ "$(tail -n 1 out)" = "$1" ] && return $status
}

@test "programs and bats files are counted, whatever order they end in" {
	counted '4 passed, 0 failed, 0 skipped' ./good ./good.bats ./good
}

@test "one failure fails the run, and is told in full" {
	run counted '3 passed, 1 failed, 0 skipped' ./good.bats ./bad ./good
	[ "$status" -eq 1 ]
	grep -q '^# what went wrong$' out
	grep -q '^not ok 1 bad (status 3)$' out
	[ "$(tail -n 2 out | head -n 1)" = './bad: not ok 1 bad (status 3)' ]
}

@test "a skipped test is no passed one, and fails where CI is set" {
	CI='' counted '1 passed, 0 failed, 1 skipped' ./good ./skipping.bats
	CI=true run counted '1 passed, 0 failed, 1 skipped' ./good ./skipping.bats
	[ "$status" -eq 1 ]
}

@test "a file that does not get to its end is a failure" {
	run counted '1 passed, 1 failed, 0 skipped' ./good ./broken.bats
	[ "$status" -eq 1 ]
	run counted '1 passed, 1 failed, 0 skipped' ./good ./nowhere
	[ "$status" -eq 1 ]
}

@test "what is tagged long is left to those who have the time" {
	printf '%s\n' '@test "five" {' '	true' '}' '# bats test_tags=long' '@test "six" {' '	false' '}' >long.bats
	RAMDAX_LONG='' counted '1 passed, 0 failed, 0 skipped' ./long.bats
	RAMDAX_LONG=1 run counted '1 passed, 1 failed, 0 skipped' ./long.bats
	[ "$status" -eq 1 ]
}

@test "nothing to run is no success" {
	run "$BATS_TEST_DIRNAME/run"
	[ "$status" -eq 2 ]
}
