#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What manuals and pages show works: commands run on a captured machine, layouts are planned for one.
# On a live machine they run in vm/cold.bats, those for boot loaders in bootloader/trial.bats.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=${RAMDAX:-$PWD/ramdax}
	work=$BATS_TEST_TMPDIR
}

# examples FILE...: their commands, in $work/examples; how many scripts there are is $count.
examples() {
	mkdir -p "$work/examples"
	local file
	count=0
	for file; do
		count=$((count + $(tests/docs/examples "$file" "$work/examples" "${file##*/}.")))
	done
}

@test "every command shown in a block is one, with options that it has" {
	local program words command word n=0
	tests/docs/options help >"$work/options"
	./ramdax-verify --help | sed -n 's/^ .*\(--[a-z]*\).*/verify \1/p' >>"$work/options"
	examples man/*.[0-9] README.md doc/*.md
	[ "$count" -gt 20 ]
	while read -r program words; do
		echo "$program $words"
		command=${program#ramdax} command=${command#-}
		# shellcheck disable=SC2086 # words are words
		set -- $words
		if [ -z "$command" ]; then
			command=$1
			grep -qx -e "$command" "$work/options"
		fi
		for word; do
			[[ $word != -* ]] || grep -qxE -e "($command|\*) ${word%%=*}" "$work/options"
		done
		n=$((n + 1))
	done < <(sed 's/ *#.*//' "$work"/examples/*.sh | grep -oE '(^|[;&(|] *)ramdax[a-z-]*( [^;&|()>]*)?' |
		sed 's/^[;&(| ]*//')
	[ "$n" -gt 25 ]
}

@test "the commands in manuals run on a captured machine" {
	local example n=0
	cp -a tests/machines/four-modes-7.3.4 "$work/machine"
	mkdir "$work/bin" "$work/captured"
	cp -a tests/machines/two-ranges-7.3.4 "$work/captured/host7"
	cp tests/cases/02-satisfied/layout.toml "$work/new.toml"
	cat >"$work/bin/ramdax" <<-END
		#!/bin/bash
		[[ " \$* " == *' --root '* ]] || set -- "\$@" --root "$work/machine"
		[[ " \$* " == *' --layout '* ]] || set -- "\$@" --layout "$work/new.toml"
		echo "\$*" >>"$work/ran"
		exec "$ramdax" "\$@"
	END
	printf '#!/bin/sh\nprintf "%%s\\n" "$0" "$@"\n' >"$work/bin/kexec"
	cp "$work/bin/kexec" "$work/bin/systemctl"
	cp "$work/bin/kexec" "$work/bin/journalctl"
	chmod 755 "$work"/bin/*
	examples man/ramdax.8 man/ramdax-gen-cmdline.8 doc/runbook.md
	for example in "$work"/examples/*.sh; do
		! grep -q ramdax-verify "$example" || continue # which needs libndctl's machine
		echo "--- $(cat "$example")"
		run env -C "$work" PATH="$work/bin:$PATH" bash -euo pipefail "$example"
		echo "$output"
		[ "$status" -eq 0 ]
		case $(cat "$example") in
		*'ramdax apply'*) [[ $output == *'nothing to do: 4 namespaces are as declared'* ]] ;;
		*'plan --root captured/host7'*) [[ $output == *'at 0x120000000'*'at 0x100000000'* ]] ;;
		*'status --json'*) [ -z "$output" ] ;; # all is as declared, and none is "guest"
		*'gen-cmdline --root captured/host7'*) [[ $output == *memmap=*'!'* ]] ;;
		*kexec*) [[ $output == *'--append=root=LABEL=root memmap='*'!'*systemctl* ]] ;;
		journalctl*) [[ $output == *journalctl*'-t'*'ramdax'* ]] ;;
		*'gen-cmdline --verbose'*) [[ $output == *'memmap='* ]] ;;
		*) false ;;
		esac
		n=$((n + 1))
	done
	[ "$n" -eq 10 ]
	[ "$(wc -l <"$work/ran")" -gt 10 ]
}

@test "those for monitoring say what is not as declared" {
	local example
	cat >"$work/layout.toml" <<-'END'
		version = 1
		[[region]]
		name = "r"
		size = "480MiB"
		[[region.namespace]]
		name = "files"
		mode = "sector"
		size = "32MiB"
		[[region.namespace]]
		name = "guest"
		mode = "devdax"
		size = "32MiB"
	END
	ramdax() {
		"$ramdax" --root tests/machines/four-modes-7.3.4 --layout "$work/layout.toml" "$@"
	}
	examples man/ramdax.8 doc/runbook.md
	for example in $(grep -l 'created.*adopted' "$work"/examples/*.sh); do
		run eval "$(cat "$example")"
		echo "$output"
		[[ $output == *'files: conflict: mode is fsdax, not sector'* ]]
		[[ $output == *'guest: absent: it was not made yet'* ]]
		[[ $output == *'plain: foreign: '* ]]
	done
	run eval "$(sed 's/"guest"/"memory"/' "$(grep -l '"guest"' "$work"/examples/ramdax.8.*.sh)")"
	[ "$output" = /dev/dax0.1 ]
}

@test "the layouts in ramdax-layout(5) resolve, and are planned" {
	local file
	mkdir "$work/layouts"
	[ "$(tests/docs/toml-blocks man/ramdax-layout.5 "$work/layouts")" -ge 3 ]
	for file in "$work"/layouts/*.toml; do
		cat "$file"
		"$ramdax" resolve --layout "$file" >"$work/resolved"
		grep -q '^uuid = ' "$work/resolved"
		"$ramdax" plan --root tests/machines/bare-7.3.4 --layout "$file" >"$work/plan"
		grep '^region ' "$work/plan"
		/usr/bin/python3 tests/schema/layout.py valid "$file" "$work/resolved"
	done
}
