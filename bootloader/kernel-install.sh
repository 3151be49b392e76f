# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# kernel-install, below systemd-boot and for unified kernel images: command lines come from
# /etc/kernel/cmdline, else /usr/lib/kernel/cmdline, else from the running kernel (and then a
# kernel installed before the next reboot would not have what is new). So the file is made where
# there is none. Entries of kernels that are installed are made again.

kernel_cmdline=etc/kernel/cmdline

kernel_install_present() {
	[[ -e $root/$kernel_cmdline ]] ||
		{ has_tool kernel-install && [[ $(bls_entries; uki_entries) ]]; }
}

# The arguments that kernel-install would take now.
kernel_cmdline_text() {
	local file
	for file in "$kernel_cmdline" usr/lib/kernel/cmdline; do
		if [[ -f $root/$file ]]; then
			lines -v '^[[:space:]]*#' "$root/$file" | tr -s '[:space:]' ' ' | sed 's/ $//'
			return
		fi
	done
	kernel_cmdline_running
}

kernel_cmdline_running() {
	tr -s '[:space:]' '\n' <"$root/proc/cmdline" | grep -Ev '^(BOOT_IMAGE|initrd|systemd\.machine_id)=' |
		paste -sd ' '
}

# As an entry: it is shown, changed and judged like one.
kernel_cmdline_entry() {
	printf '/%s\t%s\n' "$kernel_cmdline" "$(kernel_cmdline_text)"
}

kernel_install_entries() {
	kernel_cmdline_entry
	bls_entries
	uki_entries
}

# kernel_cmdline_is_ours: whether the file was made by us, and nobody has written to it since.
kernel_cmdline_is_ours() {
	[[ $(state_get made) == "/$kernel_cmdline" && -e $root/$kernel_cmdline ]] &&
		[[ $(memmap_rest "$(cat "$root/$kernel_cmdline")") == "$(state_get made_text)" ]]
}

# kernel_cmdline_change TEXT: writes it with the list it shall have. What was made by us goes again
# with the list.
kernel_cmdline_change() {
	local file=$root/$kernel_cmdline text comments=
	text=$(memmap_put "$1" "$(wanted "$(memmap_parts "$1")")")
	if [[ $remove ]] && kernel_cmdline_is_ours; then
		rm -f "$file"
		state_set made '' && state_set made_text ''
		[[ ! $(memmap_parts "$(kernel_cmdline_running)") ]] ||
			warn "a kernel installed before the next reboot takes over the running command line, memmap= included"
		return
	elif [[ ! -e $file ]]; then
		[[ $remove ]] && return
		mkdir -p "${file%/*}"
		state_set made "/$kernel_cmdline" || return
		state_set made_text "$(memmap_rest "$text")" || return
	elif [[ $text == "$(kernel_cmdline_text)" ]]; then
		return
	else
		comments=$(lines -h '^[[:space:]]*#' "$file") || return
		text=$comments${text:+$'\n'}$text
		text=${text#$'\n'}
	fi
	replace "$file" "$text"
}

# kernel_install_again VERSION: makes its entry again.
kernel_install_again() {
	local image initrd=/boot/initrd.img-$1
	for image in "/usr/lib/modules/$1/vmlinuz" "/lib/modules/$1/vmlinuz" "/boot/vmlinuz-$1"; do
		[[ -e $root$image ]] || continue
		[[ -e $root$initrd ]] || initrd=
		tool kernel-install add "$1" "$image" ${initrd:+"$initrd"}
		return
	done
	say "the kernel image of version \"$1\" was not found: its entry stays as it is, \"kernel-install add $1 IMAGE\" makes it again"
	return 1
}

# Versions of the kernels that have entries.
kernel_install_versions() {
	local file version
	while read -r file; do
		bls_is_other "$file" || bls_field "$file" version
	done < <(bls_files loader/entries '*.conf')
	while read -r file; do
		for version in "$root"/usr/lib/modules/*/; do
			version=$(basename "$version")
			[[ ${file##*/} != *"-$version"[.+]* ]] || echo "$version"
		done
	done < <(bls_files EFI/Linux '*.efi')
}

kernel_install_change() {
	local version status=0
	kernel_cmdline_change "$(kernel_cmdline_text)" || return
	while read -r version; do
		kernel_install_again "$version" || status=1
	done < <(kernel_install_versions | sort -u)
	return $status
}
