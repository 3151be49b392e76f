# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# SUSE's update-bootloader (pbl). It replaces an argument by its name, in GRUB_CMDLINE_LINUX_DEFAULT
# of /etc/default/grub, or in /etc/kernel/cmdline where the boot loader reads entries from files;
# of several memmap= it shows the last only, so what is there is read from the file.

suse_tool() {
	local name
	for name in update-bootloader pbl; do
		! has_tool $name || { echo $name && return; }
	done
	return 1
}

suse_present() {
	suse_tool >/dev/null && [[ -e $root/etc/sysconfig/bootloader || -e $root/usr/lib/bootloader ]]
}

# Whether the boot loader reads entries from files.
suse_has_files() {
	grep -Eqs '^LOADER_TYPE="?(grub2-bls|systemd-boot)' "$root/etc/sysconfig/bootloader"
}

# The line that new entries get.
suse_line() {
	if suse_has_files; then
		kernel_cmdline_text
	else
		# shellcheck disable=SC2016 # for the other shell
		tool sh -c '. /etc/default/grub && echo "$GRUB_CMDLINE_LINUX_DEFAULT"' | tr -d '\134'
	fi
}

suse_entries() {
	if suse_has_files; then
		kernel_cmdline_entry
		bls_entries
	else
		printf '/%s\t%s\n' "$grub_default" "$(suse_line)"
		grub_entries
	fi
}

# What it writes into /etc/default/grub is not what it was given if there is a "$" in it.
suse_refuse() {
	local list
	list=$(wanted "$(memmap_parts "$(suse_line)")")
	if ! suse_has_files && [[ $list == *'$'* ]]; then
		say "\"$(memmap_join "$list")\" has a \"\$\", which update-bootloader would not write as it is: put it into GRUB_CMDLINE_LINUX_DEFAULT by hand"
		return 1
	fi
}

suse_change() {
	local tool list
	tool=$(suse_tool)
	list=$(wanted "$(memmap_parts "$(suse_line)")")
	if [[ $list ]]; then
		tool "$tool" --add-option "$(memmap_join "$list")"
	else
		tool "$tool" --del-option memmap
	fi && tool "$tool" --config
}
