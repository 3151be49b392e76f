# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# grubby, on Fedora and its kin. It replaces an argument by its name, so every entry is given the
# whole list, its own foreign parts included. Kernels to come take theirs from /etc/kernel/cmdline.
# Versions that edit with sed, "!" between the parts of its command, lose all arguments of an entry
# that is given a "!": the files of entries are kept until that is ruled out.

# What grubby knows: INDEX<tab>NAME<tab>ARGUMENTS a line, without rescue entries. root= is an
# argument that it shows by itself.
grubby_list() {
	tool grubby --info=ALL 2>/dev/null | awk '
		function flush() {
			if (kernel != "" && name != "" && title id !~ /rescue/)
				print number "\t" (id != "" ? id : name) "\t" args
			kernel = name = title = id = args = ""
		}
		{ key = value = $0; sub(/=.*/, "", key); sub(/^[^=]*=/, "", value); gsub(/^"|"$/, "", value) }
		key == "index" { flush(); number = value }
		key == "kernel" { kernel = value; if (name == "") name = value }
		key == "args" { args = value }
		key == "title" { title = value; name = value }
		key == "id" { id = value }
		END { flush() }'
}

grubby_present() {
	has_tool grubby && [[ $(grubby_list) ]]
}

grubby_entries() {
	grubby_list | cut -f 2-
	kernel_cmdline_entry
}

# grubby_set INDEX LIST
grubby_set() {
	local word
	word=$(memmap_join "$2")
	tool grubby --update-kernel="$1" --remove-args=memmap ${word:+--args="$word"}
}

# Whether all entries have the same arguments as in LIST, but for memmap=.
grubby_intact() {
	diff <(grubby_rests <<<"$1") <(grubby_list | grubby_rests) >/dev/null
}

grubby_rests() {
	local number name arguments
	while IFS=$'\t' read -r number name arguments; do
		echo "$number $name $(memmap_rest "$arguments" | tr -s '[:space:]' ' ')"
	done
}

grubby_change() {
	local list number arguments old status=0 kept
	list=$(grubby_list)
	kept=$(mktemp -d) || return
	bls_files loader/entries '*.conf' | xargs -rd '\n' cp -p --parents -t "$kept" || return
	while IFS=$'\t' read -r number _ arguments; do
		old=$(memmap_parts "$arguments")
		[[ $(memmap_join "$(wanted "$old")") == "$(memmap_join "$old")" ]] ||
			grubby_set "$number" "$(wanted "$old")" || status=1
	done <<<"$list"
	if ! grubby_intact "$list"; then
		say "grubby has damaged the arguments of an entry: all entries are put back as they were"
		cp -a "$kept/." / && rm -rf "$kept"
		return 1
	fi
	rm -rf "$kept"
	kernel_cmdline_change "$(grubby_default)" || status=1
	return $status
}

# What new kernels shall have: of the file, or of the entry that boots by default.
grubby_default() {
	if [[ -e $root/$kernel_cmdline ]]; then
		kernel_cmdline_text
	else
		tool grubby --info=DEFAULT | sed -nE 's/^root="(.*)"$/root=\1/p; s/^args="(.*)"$/\1/p' |
			sort -r | paste -sd ' '
	fi
}
