#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Layouts as commands take them: tests/layouts/valid passes "check", and what "resolve" prints of
# it passes again and resolves to itself; each of tests/layouts/invalid gets the messages in the
# .err beside it, all of them and nothing else. "BLESS=1 bats tests/layouts.bats" rewrites them.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=$PWD/ramdax
	layouts=$PWD/tests/layouts
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/etc/ramdax"
	echo 'cache:x:77:78::/:/bin/false' >"$root/etc/passwd"
	printf '%s\n' 'cache:x:78:' 'disk:x:6:' '0x10:x:79:' >"$root/etc/group"
}

@test "valid layouts pass, silently" {
	for file in "$layouts"/valid/*.toml; do
		echo "$file"
		run "$ramdax" check --layout "$file"
		[ "$status" -eq 0 ]
		[ "$output" = "" ]
	done
}

@test "invalid layouts get every message, on standard error, and status 3" {
	cd "$BATS_TEST_TMPDIR"
	for file in "$layouts"/invalid/*.toml; do
		echo "$file"
		cp "$file" layout.toml
		status=0
		"$ramdax" check --layout layout.toml >out 2>err || status=$?
		[ "$status" -eq 3 ]
		[ ! -s out ]
		[ ! "${BLESS-}" ] || cp err "${file%.toml}.err"
		diff "${file%.toml}.err" err
	done
}

@test "what resolve prints is valid and resolves to itself" {
	for file in "$layouts"/valid/*.toml; do
		echo "$file"
		"$ramdax" resolve --root "$root" --layout "$file" >"$root/etc/ramdax/layout.toml"
		"$ramdax" resolve --root "$root" >"$root/again"
		diff "$root/etc/ramdax/layout.toml" "$root/again"
	done
}

@test "resolve takes owners from the root's own databases" {
	"$ramdax" resolve --root "$root" --layout "$layouts/valid/defaults.toml" >"$root/out"
	grep -qx 'owner = 77' "$root/out"
	grep -qx 'group = 78' "$root/out"
	: >"$root/etc/passwd"
	run "$ramdax" resolve --root "$root" --layout "$layouts/valid/defaults.toml"
	[ "$status" -eq 3 ]
	[[ $output == *'unknown user "cache"'* ]]
}

@test "drop-ins amend the layout, in the order of their names; those hidden do not" {
	cd tests/layouts
	[ ! "${BLESS-}" ] || "$ramdax" cat --root drop-ins >drop-ins/expected
	"$ramdax" cat --root drop-ins | diff drop-ins/expected -
	"$ramdax" check --root drop-ins
	"$ramdax" cat --root drop-ins >"$BATS_TEST_TMPDIR/one.toml"
	"$ramdax" resolve --root drop-ins >"$BATS_TEST_TMPDIR/resolved"
	"$ramdax" resolve --root drop-ins --layout "$BATS_TEST_TMPDIR/one.toml" |
		diff "$BATS_TEST_TMPDIR/resolved" -
	"$ramdax" check --root drop-ins --json |
		jq -e '.layout.drop_ins == ["drop-ins/usr/lib/ramdax/layout.d/10-vendor.toml",
			"drop-ins/run/ramdax/layout.d/15-host.toml",
			"drop-ins/usr/local/lib/ramdax/layout.d/20-hidden.toml",
			"drop-ins/etc/ramdax/layout.d/40-empty.toml"]'
	# A layout that is named is read alone.
	run "$ramdax" resolve --root drop-ins --layout drop-ins/etc/ramdax/layout.toml
	[[ $status -eq 0 && $output != *guest* ]]
}

@test "faults of drop-ins are told where they are, and the files they are at odds with" {
	cp -R "$layouts/drop-ins/." "$root"
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '[[region]]' 'name = "guests"' '[[region.namespace]]' 'name = "images"' \
		'size = "1GB"' 'made = "devdax"' >root/etc/ramdax/layout.d/60-bad.toml
	printf '%s\n' 'boot_timeout = 0' '[[region]]' 'name = "a"' '[[region]]' 'name = "a"' \
		>root/run/ramdax/layout.d/70-bad.toml
	status=0
	"$ramdax" check --root root 2>err || status=$?
	[ "$status" -eq 3 ]
	[ ! "${BLESS-}" ] || cp err "$layouts/drop-ins.err"
	diff "$layouts/drop-ins.err" err
	# Where TOML itself is broken, cat says no more than that.
	echo '= 1' >root/etc/ramdax/layout.d/60-bad.toml
	run "$ramdax" cat --root root
	[ "$status" -eq 3 ]
	[[ $output == root/etc/ramdax/layout.d/60-bad.toml:1:1:\ * ]]
}

@test "drop-ins alone are no layout; one that cannot be read is an error" {
	cp -R "$layouts/drop-ins/." "$root"
	rm "$root/etc/ramdax/layout.toml"
	run "$ramdax" check --root "$root"
	[ "$status" -eq 3 ]
	[[ $output == *'cannot read the layout "'*'/etc/ramdax/layout.toml": No such file or directory; write one, see '* ]]
	cp "$layouts/drop-ins/etc/ramdax/layout.toml" "$root/etc/ramdax"
	mkdir "$root/etc/ramdax/layout.d/80-folder.toml"
	run "$ramdax" check --root "$root"
	[ "$status" -eq 3 ]
	[[ $output == *'/etc/ramdax/layout.d/80-folder.toml": Is a directory; see that it is '* ]]
}

@test "no bytes do harm" {
	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc \
		-o "$BATS_TEST_TMPDIR/fuzz" tests/fuzz/fuzz-layout.c src/toml*.c src/layout*.c \
		src/{owners,derive,sha256,capacity,btt,media,mem,text,units,diag,sysfs,utf8}.c -luuid
	mkdir "$BATS_TEST_TMPDIR/found" "$BATS_TEST_TMPDIR/cut"
	for file in "$layouts"/drop-ins/{usr/lib,run,usr/local/lib}/ramdax/layout.d/[12]*.toml; do
		printf '\036'
		cat "$file"
	done | cat "$layouts/drop-ins/etc/ramdax/layout.toml" - >"$BATS_TEST_TMPDIR/cut/1"
	"$BATS_TEST_TMPDIR/fuzz" -seed=1 -runs=$((RAMDAX_LONG ? 500000 : 5000)) -max_len=4096 \
		-timeout=60 -artifact_prefix="$BATS_TEST_TMPDIR/" "$BATS_TEST_TMPDIR/found" \
		"$layouts/valid" "$layouts/invalid" "$BATS_TEST_TMPDIR/cut" 2>"$BATS_TEST_TMPDIR/log" ||
		{
			tail -n 40 "$BATS_TEST_TMPDIR/log"
			false
		}
}
