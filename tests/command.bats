#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command line: what is wrong with it is said before anything is done, and what to read then.

bats_require_minimum_version 1.5.0

setup() {
	here=$BATS_TEST_DIRNAME
	ramdax=${RAMDAX:-$here/../ramdax}
	captured=$here/machines/four-modes-7.3.4
	root=$BATS_TEST_TMPDIR/root
	cp -a "$captured" "$root"
	mkdir -p "$root/etc/ramdax"
	cp "$here/cases/03-conflicts/layout.toml" "$root/etc/ramdax/layout.toml"
}

untouched() {
	rm -r "$root/etc"
	diff -r --no-dereference "$captured" "$root"
}

@test "a wrong option: who says so, and whose --help to read" {
	for command in '' plan apply gen-cmdline; do
		run -2 "$ramdax" $command --bogus
		[ "$output" = "ramdax: unrecognized option '--bogus'
ramdax: try \"ramdax $command${command:+ }--help\"" ]
	done
	ln -s "$ramdax" "$BATS_TEST_TMPDIR/ramdax-gen-cmdline"
	run -2 "$BATS_TEST_TMPDIR/ramdax-gen-cmdline" more
	[ "$output" = 'ramdax: "gen-cmdline" takes no argument "more"
ramdax: try "ramdax gen-cmdline --help"' ]
	run -2 "$here/../ramdax-verify" --bogus
	[ "$output" = "ramdax-verify: unrecognized option '--bogus'
ramdax-verify: try \"ramdax-verify --help\"" ]
}

@test "an option whose argument is an unset variable is refused, and does not mean all" {
	for words in 'apply --recreate=' 'plan --recreate=' 'apply --layout=' 'status --root='; do
		# shellcheck disable=SC2086 # words are words
		run -2 "$ramdax" --root "$root" $words
		[[ $output == 'ramdax: the argument of "--'*'" is empty'* ]]
	done
	untouched
}

@test "--recreate of what the layout does not name is refused, and the nearest name is said" {
	for command in plan apply; do
		run -2 "$ramdax" $command --root "$root" --recreate=memry
		[ "$output" = 'ramdax: the layout has no namespace or region "memry"; did you mean "memory"?' ]
		run -2 "$ramdax" $command --root "$root" --recreate=other-thing
		[ "$output" = 'ramdax: the layout has no namespace or region "other-thing"; "ramdax resolve" prints those it has' ]
	done
	untouched
}

@test "others than root are not told that there is nothing" {
	local others=()
	[ "$(id -u)" -ne 0 ] || others=(setpriv --reuid 65534 --clear-groups)
	run -1 "${others[@]}" "$ramdax" export
	[ "$output" = "ramdax: export must be run as root" ]
	run -0 "${others[@]}" "$ramdax" status
	[[ $output == *'are to be seen: /proc/iomem shows its addresses to root only'* ]]
	[[ $output != *'there are no carveouts'* ]]
}

@test "rd.ramdax.recreate at boot destroys what differs, =0 and a run by hand do not" {
	local nd=sys/devices/platform/e820_pmem/ndbus0/region0 word
	for word in '' rd.ramdax.recreate=0; do
		echo "quiet $word" >"$root/proc/cmdline"
		"$ramdax" apply --boot --root "$root" || :
		cmp "$captured/$nd/namespace0.1/size" "$root/$nd/namespace0.1/size"
	done
	echo "quiet rd.ramdax.recreate" >"$root/proc/cmdline"
	"$ramdax" apply --root "$root" || :
	cmp "$captured/$nd/namespace0.1/size" "$root/$nd/namespace0.1/size"
	"$ramdax" apply --boot --root "$root" || :
	[ "$(cat "$root/$nd/namespace0.1/size")" != "$(cat "$captured/$nd/namespace0.1/size")" ]
}
