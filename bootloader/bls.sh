# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Entries of the Boot Loader Specification, for those who use them: files in loader/entries, and
# unified kernel images in EFI/Linux, on any of the places where they are mounted.

# bls_files SUBDIRECTORY PATTERN: paths, each once, though a mount may show it twice.
bls_files() {
	local boot file seen=' ' id
	for boot in boot efi boot/efi boot/loader; do
		for file in "$root/$boot/$1"/$2; do
			[[ -f $file ]] || continue
			id=$(stat -L -c %d:%i "$file")
			[[ $seen != *" $id "* ]] || continue
			seen+="$id "
			echo "$file"
		done
	done
}

# bls_field FILE KEY: its values in one line, as a boot loader puts them together.
bls_field() {
	sed -nE "s/^$2[[:space:]]+//p" "$1" | paste -sd ' '
}

# An entry for rescue, or none for Linux.
bls_is_other() {
	[[ ${1##*/} == *-rescue* || $(bls_field "$1" title) == *rescue* || -z $(bls_field "$1" linux) ]]
}

bls_entries() {
	local file
	while read -r file; do
		bls_is_other "$file" || printf '%s\t%s\n' "${file##*/}" "$(bls_field "$file" options)"
	done < <(bls_files loader/entries '*.conf')
}

# The command line in a unified kernel image. Nothing if it cannot be read.
uki_cmdline() {
	local work
	work=$(mktemp) || return
	objcopy -O binary --only-section=.cmdline "$1" "$work" 2>/dev/null
	tr -d '\0' <"$work" | paste -sd ' '
	rm -f "$work"
}

uki_entries() {
	local file
	while read -r file; do
		[[ ${file##*/} == *rescue* ]] || printf '%s\t%s\n' "${file##*/}" "$(uki_cmdline "$file")"
	done < <(bls_files EFI/Linux '*.efi')
}
