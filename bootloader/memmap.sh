# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The parts of memmap= words, for ramdax-update-bootloader. Pure: text in, text out.
#
# A list is text, one part a line, each as it stood on the command line: what somebody wrote there
# comes out again letter by letter. Two parts are the same if the kernel reads the same from them
# (512M!4G and 0x20000000!0x100000000), with or without the backslashes of GRUB's configuration.

# What stands behind a word "--" is for init, and none of the kernel's.

# memmap_before LINE: what is the kernel's.
memmap_before() {
	local line=" $1 "
	line=${line%%[[:space:]]--[[:space:]]*}
	line=${line# }
	echo "${line% }"
}

# memmap_behind LINE: what is init's, with that word.
memmap_behind() {
	local line=" $1 " before
	before=${line%%[[:space:]]--[[:space:]]*}
	line=${line#"$before"}
	line=${line# }
	echo "${line% }"
}

# memmap_parts LINE: the parts of all its memmap= words.
memmap_parts() {
	local word words
	read -rd '' -a words <<<"$1"
	for word in "${words[@]}"; do
		[[ $word != -- ]] || break
		[[ $word != memmap=?* ]] || tr , '\n' <<<"${word#memmap=}"
	done
}

# memmap_rest LINE: the line without them.
memmap_rest() {
	local before behind
	before=$(memmap_before "$1" | sed -E 's/(^|[[:space:]]+)memmap=[^[:space:]]*//g; s/^[[:space:]]+//')
	behind=$(memmap_behind "$1")
	echo "$before${before:+${behind:+ }}$behind"
}

# memmap_join LIST: one word, or nothing.
memmap_join() {
	[[ -z $1 ]] || echo "memmap=${1//$'\n'/,}"
}

# memmap_put LINE LIST: the line with that list instead of its own, at the end of what is the kernel's.
memmap_put() {
	local rest word behind
	rest=$(memmap_rest "$(memmap_before "$1")")
	behind=$(memmap_behind "$1")
	word=$(memmap_join "$2")
	rest+=${rest:+${word:+ }}$word
	echo "$rest${rest:+${behind:+ }}$behind"
}

# memmap_number NUMBER SUFFIX: in bytes, read as the kernel does (memparse).
memmap_number() {
	local powers=' KMGTPE' before
	[[ $1 =~ ^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$ ]] || return
	before=${powers%%"${2^}"*}
	echo $(($1 << 10 * ${#before}))
}

# memmap_key PART: what the kernel reads from it, "START SIZE KIND"; itself if it is no range.
memmap_key() {
	local number='(0[xX][0-9a-fA-F]+|[0-9]+)([KMGTPEkmgtpe]?)' part=${1//\\/} size start
	if [[ $part =~ ^$number([@#$%!])$number(.*)$ ]] &&
		size=$(memmap_number "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}") &&
		start=$(memmap_number "${BASH_REMATCH[4]}" "${BASH_REMATCH[5]}"); then
		part="$start $size ${BASH_REMATCH[3]}${BASH_REMATCH[6]}"
	fi
	echo "$part"
}

# memmap_minus LIST OTHER: what is in LIST and not in OTHER.
memmap_minus() {
	local part key others=$'\n'
	while read -r part; do
		others+=$(memmap_key "$part")$'\n'
	done <<<"$2"
	while read -r part; do
		[[ $part ]] || continue
		key=$(memmap_key "$part")
		[[ $others == *$'\n'"$key"$'\n'* ]] || echo "$part"
	done <<<"$1"
}

# memmap_and LIST OTHER: both, one after the other.
memmap_and() {
	echo "$1${1:+${2:+$'\n'}}$2"
}

# memmap_clash LIST OTHER: the first of LIST that shares bytes with a range of OTHER; fails if
# there is none.
memmap_clash() {
	local one other start size from length
	while read -r one; do
		read -r start size _ <<<"$(memmap_key "$one")"
		[[ $size ]] || continue
		while read -r other; do
			read -r from length _ <<<"$(memmap_key "$other")"
			if [[ $length ]] && ((start < from + length && from < start + size)); then
				echo "$one"
				return 0
			fi
		done <<<"$2"
	done <<<"$1"
	return 1
}

# memmap_same LIST OTHER: whether they have the same parts, in whatever order.
memmap_same() {
	[[ -z $(memmap_minus "$1" "$2") && -z $(memmap_minus "$2" "$1") ]]
}
