#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ramdax-verify as far as it needs no namespaces: what it refuses, what it says on a machine that has
# none, and in which form. What it says of namespaces: judge in vm/guest/lib.sh, and vm/cold.bats.

bats_require_minimum_version 1.5.0

setup() {
	here=$BATS_TEST_DIRNAME
	verify=$here/../ramdax-verify
	layout=$BATS_TEST_TMPDIR/layout.toml
	cat >"$layout" <<-'END'
		version = 1
		[[region]]
		name = "r\"1"
		address = "0x7fff00000000"
		[[region.namespace]]
		name = "no such, surely | 1"
		size = "32MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "nor \\ this"
		mode = "devdax"
		size = "32MiB"
	END
	# Root, if only of a namespace of its own: it is for looking only. What runs of ramdax on this
	# machine have left is out of sight.
	root=(unshare -m)
	[ "$(id -u)" -eq 0 ] || root+=(-r)
	# shellcheck disable=SC2016 # for that shell
	root+=(sh -c '[ ! -d /run/ramdax ] || mount -t tmpfs none /run/ramdax || exit; exec "$@"' sh)
}

# verify STATUS OPTION...: with the layout; standard output alone.
verify() {
	run "-$1" --separate-stderr "${root[@]}" "$verify" --layout "$layout" "${@:2}"
	echo "$output"
	# shellcheck disable=SC2154 # bats sets it
	echo "$stderr"
}

@test "wrong usage is 2, and says where help is" {
	for wrong in --foo word '--json --nagios2' '--json --openmetrics' --layout; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr "$verify" $wrong
		[ -z "$output" ]
		[[ $stderr == *'try "ramdax-verify --help"'* ]]
	done
	run -0 --separate-stderr "$verify" --version
	[[ $output == "ramdax-verify "[0-9]* ]]
	[ -z "$stderr" ]
}

@test "an invalid layout is 3, with every line of it; so is none" {
	printf 'version = 1\n[[region]]\nsize = "1GB"\ncolour = 1\n' >"$layout"
	verify 3
	[ -z "$output" ]
	[[ $stderr == *"$layout:3:8: "* ]]
	[[ $stderr == *"$layout:4:1: "* ]]
	verify 3 --openmetrics
	[ "$(grep -v '^#' <<<"$output")" = "ramdax_verify_status 3" ]
	rm "$layout"
	verify 3
	[[ $stderr == "ramdax-verify: cannot read the layout"* ]]
}

@test "others than root are told so, 1" {
	local others=()
	[ "$(id -u)" -ne 0 ] || others=(setpriv --reuid 65534 --clear-groups)
	run -1 --separate-stderr "${others[@]}" sh -c 'exec "$0" --layout /dev/stdin' "$verify" <"$layout"
	[ -z "$output" ]
	[ "$stderr" = "ramdax-verify: ramdax-verify must be run as root" ]
}

@test "nothing there is 4, and everything is absent" {
	verify 4
	[[ $output == *'there is none at 0x7fff00000000'* ]]
	[[ $output == *'2 declared: 0 equal, 0 different, 2 absent'* ]]
	[ -z "$stderr" ]
	verify 4 --json
	[ "$(jq -c '[.status, [.regions[0].namespaces[] | .name, .state]]' <<<"$output")" = \
		'[4,["no such, surely | 1","absent","nor \\ this","absent"]]' ]
}

@test "a layout that declares nothing is fulfilled" {
	echo 'version = 1' >"$layout"
	verify 0
	verify 0 --nagios
	[[ $output == "RAMDAX OK - 0 of 0 namespaces as declared | "* ]]
}

@test "--nagios: one line, a bar before the performance data only, and statuses of its own" {
	verify 2 --nagios
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[[ $output == 'RAMDAX CRITICAL - 0 of 2 namespaces as declared, region "r"1": there is none at'* ]]
	[[ $output == *'"no such, surely / 1": absent; '* ]]
	[[ ${output#*|} =~ ^( [a-z]+=[0-9]+B?)+$ ]]
	verify 3 --nagios --foo
	[[ $output == 'RAMDAX UNKNOWN - '* ]]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	verify 3 --nagios --json
	printf 'version = 1\ncolour | x\n' >"$layout"
	verify 3 --nagios
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[[ $output == "RAMDAX UNKNOWN - $layout:2:8: "* ]]
	[[ $output != *'|'* ]]
}

# The rules of OpenMetrics that apply to gauges: a family is one block, headed by its HELP and TYPE,
# of distinct samples; the end is marked.
openmetrics() {
	awk '
		function bad(why) { print NR ": " why ": " $0; failed = 1 }
		ended { bad("after the end") }
		/^# EOF$/ { ended = 1; next }
		/^# HELP / { if ($3 in seen) bad("twice"); seen[family = $3] = 1; typed = 0; next }
		/^# TYPE / { if ($3 != family || $4 != "gauge" || NF != 4) bad("type"); typed = 1; next }
		!/^[a-z_]+(\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\})? [0-9]+(\.[0-9]+)?$/ {
			bad("no sample")
		}
		{
			name = $0
			sub(/[{ ].*/, "", name)
			if (name != family || !typed)
				bad("outside its family")
			sample = $0
			sub(/ [0-9.]*$/, "", sample)
			if (sample in samples)
				bad("twice")
			samples[sample] = 1
			n++
		}
		END { if (!ended) print "no end"; exit failed || !ended || !n }'
}

@test "--openmetrics keeps to its syntax, whatever the names are" {
	verify 4 --openmetrics
	openmetrics <<<"$output"
	grep -qxF 'ramdax_namespace_as_declared{region="r\"1",namespace="nor \\ this"} 0' <<<"$output"
	grep -qx 'ramdax_namespaces_declared 2' <<<"$output"
	run -1 openmetrics <<<'ramdax_x 1'
	run -1 openmetrics <<<"${output/EOF/}"
}

@test "ramdax-verify(8) names every key of the document and every metric, and no other" {
	verify 4 --json
	jq -r '.. | objects | keys[]' <<<"$output" | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/keys"
	awk '/^\.Sh/ { inside = /^\.Sh JSON/ } /^\.El/ { inside = inside && depth }
		inside && (sub(/^\.It Ic /, "") || sub(/^\.Ic /, ""))' "$here/../man/ramdax-verify.8" |
		grep -oE '[a-z_0-9]+' | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/manual"
	diff -u "$BATS_TEST_TMPDIR/keys" "$BATS_TEST_TMPDIR/manual"
	grep -ohE 'add_(number|family|of_region)\([^"]*"[a-z_]+"' "$here"/../verify/show-metrics.c |
		sed 's/.*"\(.*\)"/ramdax_\1/' | sort -u >"$BATS_TEST_TMPDIR/metrics"
	sed -n '/^\.Sh METRICS/,/^\.Sh JSON/s/^\.It Ic //p' "$here/../man/ramdax-verify.8" |
		grep -oE '[a-z_]+' | sort -u >"$BATS_TEST_TMPDIR/documented"
	diff -u "$BATS_TEST_TMPDIR/metrics" "$BATS_TEST_TMPDIR/documented"
}
