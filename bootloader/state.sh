# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What ramdax-update-bootloader remembers (its header says what), and files replaced whole.

state_file=var/lib/ramdax/bootloader

# state_get KEY: its value, or nothing.
state_get() {
	sed -n "s/^$1=//p" "$root/$state_file" 2>/dev/null || :
}

# state_set KEY VALUE: an empty value forgets it.
state_set() {
	local text
	[[ $(state_get "$1") != "$2" ]] || return 0
	[[ ! -e $root/$state_file ]] || text=$(sed "/^$1=/d" "$root/$state_file") || return
	[[ -z $2 ]] || text+=${text:+$'\n'}$1=$2
	mkdir -p "$root/${state_file%/*}" && replace "$root/$state_file" "$text"
}

# real FILE: where it is, if it is a link; below the root, that is not where the link leads outside.
real() {
	local file
	file=$(tool readlink -f -- "${1#"$root"}" 2>/dev/null) || file=${1#"$root"}
	echo "$root$file"
}

# lines OPTION PATTERN FILE: those with the pattern, or with -v the others, whatever bytes they are
# made of. Fails only where the file cannot be read.
lines() {
	LC_ALL=C grep -a "$1" -e "$2" -- "$(real "$3")"
	(($? < 2)) || { say "cannot read \"$3\""; return 1; }
}

# replace FILE TEXT: the file has either its old or its new text, and its mode. A link stays one.
replace() {
	local file new
	file=$(real "$1")
	new=$file.ramdax-new
	if ! { [[ ! -e $file ]] || cp -p -- "$file" "$new"; } || ! printf '%s\n' "$2" >"$new" ||
		! sync "$new" || ! mv -f -- "$new" "$file"; then
		say "cannot write \"$file\""
		rm -f -- "$new"
		return 1
	fi
}

boot_id() {
	cat "$root/proc/sys/kernel/random/boot_id" 2>/dev/null || echo unknown
}
