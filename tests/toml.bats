# SPDX-License-Identifier: GPL-2.0-or-later
#
# TOML as toml-decode reads it. toml/valid holds documents and their tagged JSON, toml/invalid
# documents and what is said about them; "BLESS=1 bats tests/toml.bats" rewrites the answers.
# Nobody's own word is taken: Python's tomllib must agree with all of it.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/toml" || return
	build=$(cd ../.. && realpath "${BUILD:-build}")
	decode=$build/toml-decode
	differential() {
		python3 ../toml-differential.py --decoder "$decode" "$@"
	}
}

# is_answer FILE: standard input is what FILE holds.
is_answer() {
	if [ "${BLESS-}" ]; then
		cat >"$1"
	else
		diff -u "$1" -
	fi
}

@test "valid documents mean what is written beside them" {
	for document in valid/*.toml; do
		"$decode" <"$document" | is_answer "${document%.toml}.json"
	done
}

@test "invalid documents are refused, every mistake by its place" {
	for document in invalid/*.toml; do
		run --separate-stderr "$decode" <"$document"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		is_answer "${document%.toml}.faults" <<<"$stderr"
	done
}

@test "every line of the documents about scalars and keys is a mistake" {
	for document in invalid/{booleans,dates,floats,integers,keys,strings}.toml; do
		[ "$(cut -d: -f2 "${document%.toml}.faults")" = "$(seq "$(wc -l <"$document")")" ]
	done
}

@test "tomllib reads the same in all of them" {
	for document in valid/*.toml invalid/*.toml; do
		[ "$document" = valid/beyond-python.toml ] || known+=("$document")
	done
	differential "${known[@]}"
	differential --lines invalid/{booleans,dates,floats,integers,keys,strings}.toml
}

@test "tomllib reads the same in random documents, whole and damaged" {
	differential $((RAMDAX_LONG ? 30000 : 1000))
}

@test "no bytes do harm" {
	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -I../../src \
		-o "$BATS_TEST_TMPDIR/fuzz" ../fuzz/fuzz-toml.c ../../src/toml*.c \
		../../src/{text,mem,diag,utf8}.c
	mkdir "$BATS_TEST_TMPDIR/found"
	"$BATS_TEST_TMPDIR/fuzz" -seed=1 -runs=$((RAMDAX_LONG ? 2000000 : 30000)) -max_len=2048 \
		-timeout=60 -artifact_prefix="$BATS_TEST_TMPDIR/" \
		"$BATS_TEST_TMPDIR/found" valid invalid 2>"$BATS_TEST_TMPDIR/log" ||
		{
			tail -n 40 "$BATS_TEST_TMPDIR/log"
			false
		}
}
