#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is below --root may be anybody's: an image being built, a machine somebody sent. Nothing
# outside is read through it or written, and nothing in it stops the program.

bats_require_minimum_version 1.5.0

setup() {
	ramdax=${RAMDAX:-$BATS_TEST_DIRNAME/../ramdax}
	root=$BATS_TEST_TMPDIR/root
	outside=$BATS_TEST_TMPDIR/outside
	cp -r "$BATS_TEST_DIRNAME/machines/four-modes-7.3.4" "$root"
	mkdir -p "$root/etc/ramdax" "$outside"
	cat >"$outside/layout.toml" <<-'END'
		version = 1
		[[region]]
		name = "main"
		[[region.namespace]]
		name = "elsewhere"
		mode = "raw"
		size = "4MiB"
	END
}

@test "the root's layout is not looked for outside" {
	local link
	for link in "$outside/layout.toml" "../../../outside/layout.toml" \
		"../../../../../../../../../../..$outside/layout.toml"; do
		ln -sfn "$link" "$root/etc/ramdax/layout.toml"
		run -3 "$ramdax" check --root "$root"
		[[ $output == *"cannot read the layout"*"No such file"* ]]
	done
	# one that stays inside is followed, though it is written as absolute
	cp "$outside/layout.toml" "$root/etc/real.toml"
	ln -sfn /etc/real.toml "$root/etc/ramdax/layout.toml"
	"$ramdax" resolve --root "$root" | grep elsewhere
}

@test "attributes that lead outside are neither read nor written" {
	local attribute
	echo victim >"$outside/victim"
	cp "$outside/layout.toml" "$root/etc/ramdax/layout.toml"
	find "$root/sys/bus/nd/devices/" "$root/sys/devices/" -type f \
		\( -name alt_name -o -name uuid -o -name size -o -name namespace_seed -o -name bind \) >"$BATS_TEST_TMPDIR/files"
	[ -s "$BATS_TEST_TMPDIR/files" ]
	while read -r attribute; do
		ln -sfn "$outside/victim" "$attribute"
	done <"$BATS_TEST_TMPDIR/files"
	"$ramdax" apply --root "$root" --recreate --prune --yes || [ $? -lt 8 ]
	"$ramdax" status --json --root "$root" >"$BATS_TEST_TMPDIR/status"
	run -1 grep victim "$BATS_TEST_TMPDIR/status"
	[ "$(cat "$outside/victim")" = victim ]
}

@test "a root whose directories are links to the machine's own shows nothing of that" {
	rm -rf "$root/sys" "$root/proc"
	ln -s /sys "$root/sys"
	ln -s ../../../../../../../../../../../proc "$root/proc"
	run -0 timeout 20 "$ramdax" status --json --root "$root"
	[ "$(jq '.regions | length' <<<"$output")" = 0 ]
	cp "$outside/layout.toml" "$root/etc/ramdax/layout.toml"
	run timeout 20 "$ramdax" gen-cmdline --root "$root"
	[ "$status" -eq 4 ]
}

@test "pipes, directories and large files in place of attributes stop nothing" {
	local attribute n=0 command
	cp "$outside/layout.toml" "$root/etc/ramdax/layout.toml"
	find "$root/sys" "$root/proc" -type f >"$BATS_TEST_TMPDIR/files"
	while read -r attribute; do
		rm "$attribute"
		case $((n++ % 3)) in
		0) mkfifo "$attribute" ;;
		1) mkdir "$attribute" ;;
		2) truncate -s 3G "$attribute" ;;
		esac
	done <"$BATS_TEST_TMPDIR/files"
	[ $n -gt 100 ]
	for command in check plan status gen-cmdline apply export; do
		run timeout 20 "$ramdax" $command --root "$root"
		[ "$status" -lt 7 ]
	done
}

@test "what zeroes memory is refused, and writes nothing" {
	sed 's/elsewhere/files/' "$outside/layout.toml" >"$root/etc/ramdax/layout.toml"
	cp -r "$root" "$BATS_TEST_TMPDIR/before"
	run -2 "$ramdax" scrub --root "$root" --yes main
	[[ $output == *"below --root"* ]]
	run -2 "$ramdax" wipe --root "$root" --yes --zero main
	[[ $output == *"below --root"* ]]
	diff -r --no-dereference "$BATS_TEST_TMPDIR/before" "$root"
}

@test "drop-ins that cannot be read are not taken for none" {
	cp "$outside/layout.toml" "$root/etc/ramdax/layout.toml"
	"$ramdax" check --root "$root"
	touch "$root/etc/ramdax/layout.d"
	run -3 "$ramdax" check --root "$root"
	[[ $output == *"etc/ramdax/layout.d\": Not a directory"* ]]
}
