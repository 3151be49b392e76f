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
	text=$(sed "/^$1=/d" "$root/$state_file" 2>/dev/null)
	[[ -z $2 ]] || text+=${text:+$'\n'}$1=$2
	mkdir -p "$root/${state_file%/*}" && replace "$root/$state_file" "$text"
}

# replace FILE TEXT: the file has either its old or its new text, and its mode.
replace() {
	local new=$1.ramdax-new
	if ! { [[ ! -e $1 ]] || cp -p -- "$1" "$new"; } || ! printf '%s\n' "$2" >"$new" ||
		! sync "$new" || ! mv -f -- "$new" "$1"; then
		say "cannot write \"$1\""
		rm -f -- "$new"
		return 1
	fi
}

boot_id() {
	cat "$root/proc/sys/kernel/random/boot_id" 2>/dev/null || echo unknown
}
