#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Documentation says what is so: help, manuals and completion name the same commands and options,
# every key is explained, examples and transcripts work, links lead somewhere; and the source is
# laid out as HACKING.md says.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	export RAMDAX=${RAMDAX:-$PWD/ramdax}
	objects=${OBJECTS:-$PWD/build}
	docs=(README.md HACKING.md NEWS.md doc/*.md man/*.[0-9])
}

# same WHAT A B: two files with the same lines; prints those of one only.
same() {
	[ -s "$3" ]
	diff -u --label "$1" "$2" --label "$3" "$3"
}

# ---- what there is, and what is said of it ------------------------------------------------------

@test "the manual tells of every command and option, and of no other" {
	tests/docs/options help >"$BATS_TEST_TMPDIR/help"
	tests/docs/options manual >"$BATS_TEST_TMPDIR/manual"
	same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/manual"
}

@test "completion in every shell offers every command and option, and no other" {
	tests/docs/options help >"$BATS_TEST_TMPDIR/help"
	for shell in bash fish zsh; do
		tests/docs/options $shell >"$BATS_TEST_TMPDIR/$shell"
		same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/$shell"
	done
}

# offered SHELL: what is offered after each line of standard input: the line, "->", and what there is
# not yet of it. (zsh offers what it inserts, with a backslash before what needs one.)
offered() {
	PATH=$(dirname "$RAMDAX"):$PATH tests/docs/offers "$1" |
		sed -E 's|\t(.*[=/])?([^/]+)/?$| -> \2|; s|[\\]||g' | LC_ALL=C sort -u
}

@test "completion offers files after --layout, directories after --root, and names" {
	local dir=$BATS_TEST_TMPDIR line
	mkdir "$dir/directory"
	printf '%s\n' 'version = 1' '[[region]]' 'name = "a region"' '[[region.namespace]]' 'name = "one"' \
		'size = "16MiB"' '[[region.namespace]]' 'name = "more"' 'count = 2' 'size = "16MiB"' >"$dir/dir.toml"
	for line in "plan --layout $dir/dir." "plan --layout=$dir/dir." "check --json --layout $dir/dir."; do
		echo "ramdax $line -> dir.toml"
	done >"$dir/wanted"
	echo "ramdax plan --root $dir/d -> directory" >>"$dir/wanted"
	for line in "--layout $dir/dir.toml wipe " "--layout=$dir/dir.toml scrub --yes " \
		"apply --layout $dir/dir.toml --recreate=" "plan --layout=$dir/dir.toml --recreate="; do
		printf "ramdax $line -> %s\n" 'a region' more-0 more-1 one
	done >>"$dir/wanted"
	printf "ramdax --layout $dir/dir.toml --json wipe m -> more-%d\n" 0 1 >>"$dir/wanted"
	for shell in bash fish zsh; do
		echo "$shell"
		{
			sed 's/ -> .*//' "$dir/wanted" | sort -u
			echo "ramdax --layout $dir/dir.toml export on" # where no name belongs
		} | offered $shell | grep -v -e '-> -' >"$dir/$shell"
		LC_ALL=C sort "$dir/wanted" | diff - "$dir/$shell"
	done
}

@test "what a name in a layout holds is never run" {
	local dir=$BATS_TEST_TMPDIR
	cat >"$dir/layout.toml" <<-'END'
		version = 1
		[[region]]
		name = "$(touch run)`touch run`"
		size = "16MiB"
	END
	for shell in bash fish zsh; do
		(cd "$dir" && echo "ramdax --layout layout.toml wipe " | PATH=$(dirname "$RAMDAX"):$PATH \
			"$OLDPWD/tests/docs/offers" $shell) >"$dir/offers"
		cat "$dir/offers"
		tr -d '\\' <"$dir/offers" | grep -qF '$(touch run)`touch run`'
		[ ! -e "$dir/run" ]
	done
}

@test "completion in fish and zsh says of each what --help says" {
	for command in '' $(tests/docs/options help | grep -v ' '); do
		# shellcheck disable=SC2086 # no word for no command
		"$RAMDAX" $command --help | sed -nE 's/^  ( {4}|-., )?(--)?[a-z-]+(\[=NAME\]| [A-Z]+)? +//p'
	done | sort -u >"$BATS_TEST_TMPDIR/said"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/said")" -gt 30 ]
	for file in completion/_ramdax completion/ramdax.fish; do
		sed "s/'\\\\''/'/g; s/\\\\'/'/g" "$file" >"$BATS_TEST_TMPDIR/file"
		while IFS= read -r line; do
			echo "$file: $line"
			grep -qF -e "$line" "$BATS_TEST_TMPDIR/file"
		done <"$BATS_TEST_TMPDIR/said"
	done
}

@test "ramdax-verify: help, manual and completion have the same options" {
	./ramdax-verify --help | sed -n '/^Options:$/,/^$/p' | grep -oE -- '^ +(-., )?--[a-z-]+' |
		tr -d ' ' | tr ',' '\n' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/help"
	awk '/^\.Sh/ { inside = /OPTIONS/ } inside && /^\.It Fl/ {
		for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' man/ramdax-verify.8 |
		LC_ALL=C sort >"$BATS_TEST_TMPDIR/manual"
	same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/manual"
	for shell in bash fish zsh; do
		printf 'ramdax-verify %s\n' - '--layout Makefil' '--layout=Makefil' | tests/docs/offers $shell |
			sed 's/.*\t//; s/=$//; s/^--layout=//' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/$shell"
		same help <(cat "$BATS_TEST_TMPDIR/help" <(printf 'Makefile\nMakefile\n')) "$BATS_TEST_TMPDIR/$shell"
	done
}

@test "ramdax-update-bootloader: help, manual and completion have the same options" {
	bootloader/ramdax-update-bootloader --help | grep -oE -- '^ +(-., )?--[a-z-]+' |
		tr -d ' ' | tr ',' '\n' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/help"
	awk '/^\.Sh/ { inside = /DESCRIPTION/ } inside && /^\.It Fl/ {
		for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' man/ramdax-update-bootloader.8 |
		LC_ALL=C sort >"$BATS_TEST_TMPDIR/manual"
	same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/manual"
	for shell in bash fish zsh; do
		echo 'ramdax-update-bootloader -' | tests/docs/offers $shell |
			sed 's/.*\t//; s/=$//' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/$shell"
		same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/$shell"
	done
}

@test "the synopsis names every command with its own options" {
	tests/docs/options help | grep -v -e '^\*' -e ' !' >"$BATS_TEST_TMPDIR/help"
	awk '/^\.Sh/ { inside = /SYNOPSIS/ }
		inside && /^\.Cm/ { print command = $2 }
		inside && command && /^\.Op Fl/ { print command, "-" $3 }' man/ramdax.8 |
		LC_ALL=C sort >"$BATS_TEST_TMPDIR/synopsis"
	same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/synopsis"
}

@test "README.md tells of every command" {
	for command in $(tests/docs/options help | grep -v ' '); do
		echo "$command"
		grep -q "^| \`ramdax $command\` |" README.md
	done
}

@test "ramdax-gen-cmdline(8) has the options of gen-cmdline, and no other" {
	tests/docs/options help | sed -n 's/^\(gen-cmdline\|\*\) --/--/p' >"$BATS_TEST_TMPDIR/help"
	awk '/^\.Sh/ { inside = /DESCRIPTION/ } inside && /^\.It Fl/ {
		for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' man/ramdax-gen-cmdline.8 |
		LC_ALL=C sort >"$BATS_TEST_TMPDIR/manual"
	LC_ALL=C sort -o "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/help"
	same help "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/manual"
}

@test "the manual has every exit status, and no other" {
	sed -n 's/^\tSTATUS_[A-Z_]* = \([0-9]*\),.*/\1/p' src/plan.h | sort >"$BATS_TEST_TMPDIR/source"
	awk '/^\.Sh/ { inside = /EXIT STATUS/ } inside && /^\.It/ { print $2 }' man/ramdax.8 |
		sort >"$BATS_TEST_TMPDIR/manual"
	same source "$BATS_TEST_TMPDIR/source" "$BATS_TEST_TMPDIR/manual"
}

@test "the manual names every key of the JSON documents, and no other" {
	tests/docs/json-keys documents >"$BATS_TEST_TMPDIR/documents"
	tests/docs/json-keys manual >"$BATS_TEST_TMPDIR/manual"
	same documents "$BATS_TEST_TMPDIR/documents" "$BATS_TEST_TMPDIR/manual"
}

@test "README.md and manuals speak only of commands and options that there are" {
	tests/docs/options help >"$BATS_TEST_TMPDIR/help"
	grep -ohE '(`|[$#] |\.Ql )ramdax ([a-z][a-z-]*)[^`|]*' "${docs[@]}" | sed 's/.*ramdax //' |
		tr -d '\\' >"$BATS_TEST_TMPDIR/said"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/said")" -gt 20 ]
	while read -r command words; do
		echo "ramdax $command $words"
		grep -qx -e "$command" "$BATS_TEST_TMPDIR/help"
		for option in $words; do
			[[ $option != -* ]] || grep -qxE "($command|\*) ${option%%=*}" "$BATS_TEST_TMPDIR/help"
		done
	done <"$BATS_TEST_TMPDIR/said"
}

# ---- the layout ---------------------------------------------------------------------------------

# The objects of the program are up to date.
built() {
	make -s BUILD="$objects" objects
}

# Keys as the program knows them.
known_keys() {
	local all
	built
	mapfile -t all < <(find "$objects" -maxdepth 1 -name '*.o' ! -name main.o)
	cc -std=c11 -D_GNU_SOURCE -Isrc -o "$BATS_TEST_TMPDIR/keys" tests/docs/layout-keys.c \
		"${all[@]}" -lblkid -luuid -ljson-c -lm
	"$BATS_TEST_TMPDIR/keys" | LC_ALL=C sort
}

@test "ramdax-layout(5) explains every key of the layout, and no other" {
	known_keys >"$BATS_TEST_TMPDIR/known"
	awk '/^\.Sh/ { inside = /KEYS/ }
		inside && sub(/^\.Ss /, "") { title = tolower($0) }
		inside && title && /^\.It Ic/ { print title, $3 }' man/ramdax-layout.5 |
		LC_ALL=C sort >"$BATS_TEST_TMPDIR/manual"
	same known "$BATS_TEST_TMPDIR/known" "$BATS_TEST_TMPDIR/manual"
}

@test "the sample layout shows every key" {
	known_keys >"$BATS_TEST_TMPDIR/known"
	# A header is a key of the table around it; what stands in [defaults] is a namespace's.
	awk 'BEGIN {
			head = title = "the head of the file"
			around["[defaults]"] = around["[[region]]"] = head
			around["[[region.namespace]]"] = "[[region]]"
			around["[region.namespace.filesystem]"] = "[[region.namespace]]"
		}
		/^\[/ {
			title = $1
			name = title
			gsub(/.*\.|[][]/, "", name)
			if (title in around)
				print around[title], name
			if (sub(/^\[defaults/, "[region.namespace", title) && title !~ /filesystem/)
				title = "[[region.namespace]]"
		}
		/^(# )?[a-z_]+ = / { sub(/^# /, ""); print title, $1 }' doc/layout.toml |
		LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/sample"
	same known "$BATS_TEST_TMPDIR/known" "$BATS_TEST_TMPDIR/sample"
}

@test "the tests that doc/decisions.md names are there" {
	grep -oE '`[a-z-]+\.bats`: [^;|]+' doc/decisions.md | sed 's/ *$//' | sort -u >"$BATS_TEST_TMPDIR/tests"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/tests")" -gt 20 ]
	while IFS=: read -r file name; do
		echo "$file:$name"
		grep -qF -e "@test \"${name# }" "tests/vm/$(tr -d '`' <<<"$file")"
	done < <(sed 's/: /:/' "$BATS_TEST_TMPDIR/tests")
}

@test "sample layouts are valid" {
	for file in doc/*.toml demo/*.toml; do
		echo "$file"
		run "$RAMDAX" check --layout "$file"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

@test "layouts shown in README.md, in doc and in the manuals are valid" {
	for file in README.md doc/*.md man/ramdax-layout.5; do
		mkdir "$BATS_TEST_TMPDIR/${file##*/}"
		tests/docs/toml-blocks "$file" "$BATS_TEST_TMPDIR/${file##*/}"
	done
	for file in README.md ramdax-layout.5; do
		[ -e "$BATS_TEST_TMPDIR/$file/1.toml" ]
	done
	for file in "$BATS_TEST_TMPDIR"/*/*.toml; do
		cat "$file"
		run "$RAMDAX" check --layout "$file"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

# layout TEXT: a layout with one region and that in it.
layout() {
	printf 'version = 1\n[[region]]\nname = "r"\n%s\n' "$1" >"$BATS_TEST_TMPDIR/layout.toml"
}

@test "the frozen UUIDs in ramdax-layout(5) are those that the program derives" {
	uuid_after() {
		grep -A 1 -x "ramdax:$1:images" man/ramdax-layout.5 | tail -n 1 | tr -d ' '
	}
	layout $'[[region.namespace]]\nname = "images"\nsize = "32MiB"\nfilesystem.type = "ext4"'
	"$RAMDAX" resolve --layout "$BATS_TEST_TMPDIR/layout.toml" | grep '^uuid' >"$BATS_TEST_TMPDIR/uuids"
	[ "$(cat "$BATS_TEST_TMPDIR/uuids")" = "uuid = \"$(uuid_after namespace)\"
uuid = \"$(uuid_after filesystem)\"" ]
	seed=$("$RAMDAX" resolve --layout "$BATS_TEST_TMPDIR/layout.toml" | sed -n 's/^seed = "\(.*\)"/\1/p')
	grep -qx "UUID; default $seed\." man/ramdax-layout.5
	grep -q "ramdax:info:.*" man/ramdax-layout.5
}

# What the device of a namespace offers, by a plan for a machine with a carveout of 3 GiB.
planned_size() {
	layout "[[region.namespace]]
name = \"n\"
$1"
	"$RAMDAX" plan --json --root "$machine" --layout "$BATS_TEST_TMPDIR/layout.toml" |
		jq '.regions[0].namespaces[0].size'
}

@test "the table of capacities in ramdax-layout(5) is what plans say" {
	machine=$BATS_TEST_TMPDIR/machine
	cp -a tests/machines/cold-7.3.4 "$machine"
	rm -r "$machine/sys/kernel/boot_params"
	echo '100000000-1bfffffff : Persistent Memory (legacy)' >"$machine/proc/iomem" # all above 4 GiB
	local modes=('' 'map = "dev"' $'mode = "devdax"\nmap = "mem"' $'mode = "sector"\nsector_size = 4096' \
		$'mode = "sector"\nsector_size = 512') cells=0
	sed -n 's/^\.It \([0-9]* [MG]\)iB Ta /\1 Ta /p' man/ramdax-layout.5 | grep 'Ta.*Ta' \
		>"$BATS_TEST_TMPDIR/rows"
	while IFS= read -r row; do
		mapfile -t cell <<<"${row// Ta/$'\n'}"
		for i in 1 2 3 4; do
			cell[i]=${cell[i]# }
			[ "${cell[i]}" ] || continue
			echo "${cell[0]}, ${modes[i]}: ${cell[i]}"
			[ "$(planned_size "${modes[i]}
raw_size = \"${cell[0]// /}\"")" = "${cell[i]}" ]
			cells=$((cells + 1))
		done
	done <"$BATS_TEST_TMPDIR/rows"
	[ "$cells" -ge 20 ]
}

@test "the smallest file systems in ramdax-layout(5) are what check accepts" {
	local n=0
	while read -r type number unit; do
		echo "$type $number $unit"
		bytes=$(numfmt --from=iec-i "$number${unit%B}")
		layout "[[region.namespace]]
name = \"n\"
mode = \"raw\"
size = $bytes
filesystem.type = \"$type\""
		"$RAMDAX" check --layout "$BATS_TEST_TMPDIR/layout.toml"
		sed -i "s/^size = .*/size = $((bytes - 4096))/" "$BATS_TEST_TMPDIR/layout.toml"
		run -3 "$RAMDAX" check --layout "$BATS_TEST_TMPDIR/layout.toml"
		n=$((n + 1))
	done < <(sed -n 's/^\.It \([a-z0-9]*\) Ta \([0-9]* [KM]iB\)$/\1 \2/p' man/ramdax-layout.5)
	[ "$n" -eq 5 ]
}

# ---- form ---------------------------------------------------------------------------------------

@test "mandoc has no complaint about the manuals" {
	run mandoc -T lint -W warning man/*.[0-9]
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "transcripts in README.md are what is printed" {
	tests/docs/transcripts
}

@test "links in Markdown lead to files" {
	local n=0
	for file in *.md doc/*.md; do
		while read -r link; do
			echo "$file: $link"
			# Within a page, a heading in lower case, without punctuation.
			if [[ $link == '#'* ]]; then
				sed -n 's/^##* //p' "$file" | tr 'A-Z ' 'a-z-' | tr -d ',' | grep -qxF -e "${link#?}"
			else
				[ -e "$(dirname "$file")/$link" ]
			fi
			n=$((n + 1))
		done < <(grep -oE '\]\([^)]*\)' "$file" | tr -d '()]' | grep -v '^https\?:')
	done
	[ "$n" -gt 5 ]
}

@test "every source file says its license" {
	local n=0
	while read -r file; do
		case $file in
		*.[ch] | *.sh | *.bash | *.bats | *.py | *.service | Makefile | man/* | completion/*) ;;
		*) head -c 2 "$file" | grep -q '^#!' || continue ;;
		esac
		echo "$file"
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later'
		n=$((n + 1))
	done < <(find . -type f ! -path './.git/*' ! -path './build/*' ! -path './tests/machines/*/*' |
		sed 's,^\./,,')
	[ "$n" -gt 100 ]
}

@test "no file of the source is longer than 400 lines" {
	run awk 'FNR == 401 { print FILENAME }' src/*.[ch] verify/*.[ch]
	echo "$output"
	[ -z "$output" ]
}

@test "includes point down, by the layers in HACKING.md" {
	tests/docs/layers
}

@test "ramdax-verify has nothing of ramdax but the reader of layouts and what that stands on" {
	run grep -ohE '^#include "[^"]*"' verify/*.[ch]
	mapfile -t headers < <(tr -d '"' <<<"$output" | sed 's/#include //' | sort -u)
	[ ${#headers[@]} -gt 8 ]
	for header in "${headers[@]}"; do
		echo "$header"
		case $header in
		layout.h | layout-files.h | sysfs.h | cleanup.h | mem.h | text.h | units.h | utf8.h | table.h | json-make.h | json-layout.h) ;;
		*) [ -e "verify/$header" ] ;;
		esac
	done
	make -s ramdax-verify
	nm ramdax-verify | sed -n 's/.* [TtDd] //p' >"$BATS_TEST_TMPDIR/symbols"
	grep -qx layout_read "$BATS_TEST_TMPDIR/symbols"
	run -1 grep -E '^(observe|plan_|nd_|requests_of|fs_probe)' "$BATS_TEST_TMPDIR/symbols"
}

@test "an include that points up would be noticed" {
	sed 's/^| L0 | `cleanup`/| L9 | `cleanup`/' HACKING.md >"$BATS_TEST_TMPDIR/hacking"
	run -1 tests/docs/layers "$BATS_TEST_TMPDIR/hacking"
	[[ $output == *'src/mem.h: includes "cleanup.h", from L0 to L9'* ]] ||
		[[ $output == *'includes "cleanup.h"'*'to L9'* ]]
}

# The list in HACKING.md.
pure_objects() {
	sed -n '/^Pure, which a test proves/,/^$/p' HACKING.md | grep -o '`[^`]*`' | tr -d '`'
}

@test "decisions are pure: nothing they reach opens, reads, prints or asks the clock" {
	built
	mapfile -t pure < <(pure_objects)
	[ ${#pure[@]} -gt 10 ]
	tests/docs/pure "$objects" "${pure[@]}"
}

@test "and something impure among them would be noticed" {
	built
	for impure in observe run sysfs nobody; do
		echo "$impure"
		run -1 tests/docs/pure "$objects" plan $impure
		echo "$output"
	done
}

@test "what a header calls pure is in that list" {
	mapfile -t pure < <(pure_objects)
	for header in src/*.h; do
		sed '/^#ifndef/,$d' "$header" | grep -qwE 'Pure' || continue
		stem=${header#src/} stem=${stem%.h}
		echo "$stem"
		for pattern in "${pure[@]}"; do
			# shellcheck disable=SC2053 # it is a pattern
			[[ $stem != $pattern ]] || continue 2
		done
		false
	done
}

@test "IDs of entries in the journal are the same in source, manual and catalog, one for each state" {
	sed -n 's/^#define MESSAGE_\([A-Z]*\) *"\([0-9a-f]\{32\}\)"$/\L\1 \2/p' src/report-log.h |
		sort >"$BATS_TEST_TMPDIR/source"
	sed -n 's/^\.It \([a-z]*\) Ta \([0-9a-f]\{32\}\)$/\1 \2/p' man/ramdax.8 | sort |
		diff "$BATS_TEST_TMPDIR/source" -
	jq -r '.definitions.state.enum[]' schema/report.schema.json | sort |
		diff <(cut -d ' ' -f 1 "$BATS_TEST_TMPDIR/source") -
	sed -n 's/^-- //p' systemd/ramdax.catalog | sort | diff <(cut -d ' ' -f 2 "$BATS_TEST_TMPDIR/source" | sort) -
	[ "$(cut -d ' ' -f 2 "$BATS_TEST_TMPDIR/source" | sort -u | wc -l)" -eq 8 ]
	# each says what to do
	awk -v RS='\n-- ' 'NR > 1 && !/ramdax |[Nn]othing needs|Restore/ { print; bad = 1 } END { exit bad || NR != 9 }' \
		systemd/ramdax.catalog
}
