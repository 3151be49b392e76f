# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# GRUB whose grub.cfg is made by update-grub or grub-mkconfig. Nothing is edited there: the
# fragment /etc/default/grub.d/ramdax.cfg asks grub_line() every time grub.cfg is made. Debian's
# grub-mkconfig reads such fragments; for others /etc/default/grub gets a line that does.

grub_default=etc/default/grub
grub_fragment=etc/default/grub.d/ramdax.cfg
# arch/x86/boot/compressed/kaslr.c, MAX_MEMMAP_REGIONS: of ranges beyond these in a second memmap=
# the kernel knows nothing when it chooses where to put itself, so it may choose a carveout.
GRUB_RANGES_MAX=4

grub_config() {
	local config
	for config in boot/grub/grub.cfg boot/grub2/grub.cfg; do
		[[ ! -e $root/$config ]] || { echo "$config" && return; }
	done
	return 1
}

grub_present() {
	grub_config >/dev/null && [[ -e $root/$grub_default || -e $root/$grub_fragment ]] &&
		{ has_tool update-grub || has_tool grub-mkconfig; }
}

# What 10_linux made, without the entries for recovery. GRUB takes one backslash away.
grub_entries() {
	awk '/^### BEGIN .*\/10_linux/ { inside = 1 }
		/^### END/ { inside = 0 }
		inside && /^[[:space:]]*menuentry / {
			name = $0
			gsub(/^[^'\'']*'\''|'\''( |$).*/, "", name)
			recovery = /gnulinux-[^ ]*-recovery-/
		}
		inside && !recovery && $1 ~ /^linux(16|efi)?$/ {
			sub(/^[[:space:]]*[^[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]*/, "")
			gsub(/\\/, "")
			print name "\t" $0
		}' "$root/$(grub_config)"
}

grub_refuse() {
	if [[ ! -e $root/$grub_fragment && $ours ]]; then
		say "\"/$grub_fragment\" is missing: put it back, it comes with ramdax"
		return 1
	fi
}

# Whether the fragment is read at all.
grub_reads_fragments() {
	# shellcheck disable=SC2016 # for the other shell
	tool sh -c 'grep -q "default/grub\.d" "$(command -v grub-mkconfig)"' ||
		grep -qs "^\. /$grub_fragment" "$root/$grub_default"
}

grub_change() {
	local text
	if [[ -z $remove ]] && ! grub_reads_fragments; then
		[[ ! -e $root/$grub_default ]] || text=$(cat "$(real "$root/$grub_default")") || return
		replace "$root/$grub_default" "${text-}
. /$grub_fragment" || return
	elif [[ $remove ]] && grep -qs "^\. /$grub_fragment" "$root/$grub_default"; then
		text=$(lines -v "^\. /$grub_fragment" "$root/$grub_default") || return
		replace "$root/$grub_default" "$text" || return
	fi
	if has_tool update-grub; then
		tool update-grub
	else
		tool grub-mkconfig -o "/$(grub_config)"
	fi
}

# The line for this machine: chosen now, or else what was stored. Says why it is not a new one.
grub_choose() {
	local line
	if [[ -e $root/$trial_file ]]; then
		[[ ! -e $root/var/lib/ramdax/cmdline ]] || ask gen-cmdline --stored
		return
	fi
	# The running kernel would have it chosen otherwise.
	if [[ $(state_get hold) == "$(boot_id)" ]]; then
		ask gen-cmdline --stored
		return
	fi
	line=$(ask gen-cmdline --store --quiet) && { echo "$line" && return; }
	if line=$(ask gen-cmdline --stored); then
		warn "the kernel command line stays as it was, though the layout may have changed"
		echo "$line"
	else
		warn "the kernel command line gets no carveouts"
		return 1
	fi
}

# grub_fits LIST OTHER: whether the kernel will count what stands in two lists.
grub_fits() {
	[[ ! $1 || ! $2 ]] || (($(memmap_and "$1" "$2" | wc -l) <= GRUB_RANGES_MAX))
}

# grub_line LINUX DEFAULT: what GRUB_CMDLINE_LINUX_DEFAULT shall be. Parts of the administrator's
# stay: those in DEFAULT in one list with ours, those in LINUX where they are, because recovery
# entries have them, too. Fails where DEFAULT shall stay as it is.
grub_line() {
	local line there foreign clash
	[[ -e /etc/ramdax/layout.toml || -e /var/lib/ramdax/cmdline ]] || return
	[[ -z $(state_get removed) ]] || return
	line=$(grub_choose) || return
	there=$(memmap_parts "$1")
	ours=$(memmap_parts "$line")
	foreign=$(memmap_minus "$(memmap_parts "$2")" "$ours")
	if clash=$(memmap_clash "$(memmap_and "$(memmap_minus "$there" "$ours")" "$foreign")" "$ours"); then
		warn "GRUB has \"memmap=$clash\", which shares memory with \"$line\": one of them must go, the kernel command line stays as it is"
		return 1
	fi
	state_set line "$line" 2>/dev/null
	ours=$(memmap_minus "$ours" "$there")
	if ! grub_fits "$there" "$ours"; then
		warn "the memmap= in GRUB_CMDLINE_LINUX and \"$line\" are too many for two lists: move the first to GRUB_CMDLINE_LINUX_DEFAULT; the kernel command line stays as it is"
		return 1
	fi
	memmap_put "$2" "$(memmap_and "$foreign" "$ours")"
}
