# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2086,SC2154
#
# A new line on trial, with GRUB: one entry has it, chosen for one boot only (grub-reboot). If that
# boot completes with the carveouts in place, ramdax-trial.service confirms, and all entries get
# the line. After anything else the next boot has the old line, which all other entries kept.
#
# /var/lib/ramdax/trial, KEY=VALUE a line: line, the one on trial; boot, in which it was prepared;
# failed, why it did not pass. While there is a trial, passed or not, update-grub leaves the old
# line alone: gen-cmdline would print the new one.

trial_file=var/lib/ramdax/trial
trial_script=etc/grub.d/42_ramdax
trial_entry=ramdax-trial

trial_get() {
	sed -n "s/^$1=//p" "$root/$trial_file" 2>/dev/null
}

# A trial that waits for its boot, or for its end.
trial_pending() {
	[[ -e $root/$trial_file && ! $(trial_get failed) ]]
}

# GRUB forgets its choice only where it can write.
trial_can_forget() {
	local kind
	kind=$(tool grub-probe --target=fs /boot/grub 2>/dev/null)
	[[ -z $(tool grub-probe --target=abstraction /boot/grub 2>/dev/null) && $kind =~ ^(ext2|fat|xfs)$ ]]
}

# Whether a trial can be made here; says why not.
trial_possible() {
	if [[ $found != grub ]] || ! has_tool grub-reboot || [[ ! -x $root/$trial_script ]]; then
		say "--trial needs GRUB with grub-reboot, and \"/$trial_script\""
	elif ! grub_reads_fragments; then
		say "--trial needs a grub-mkconfig that reads \"/etc/default/grub.d\""
	elif ! trial_can_forget; then
		say "--trial is not possible: GRUB cannot write to the file system of \"/boot/grub\", and would choose the entry on trial for ever"
	else
		return 0
	fi
	return 1
}

# Whether grub.cfg has the entry, with all of our list.
trial_has_entry() {
	local arguments
	arguments=$(sed -n "/menuentry .*'$trial_entry' {/,/^}/s/^[[:space:]]*linux[a-z0-9]*[[:space:]]*[^ ]* //p" \
		"$root/$(grub_config)")
	[[ -z $(memmap_minus "$ours" "$(memmap_parts "$arguments")") ]] && one_list "$arguments"
}

trial_start() {
	if [[ -z $ours ]]; then
		say "the layout needs no carveouts: there is nothing to try"
		return $USAGE
	fi
	state_set removed '' && mkdir -p "$root/${trial_file%/*}" &&
		replace "$root/$trial_file" "line=$(memmap_join "$ours")
boot=$(boot_id)" || return $FAILED
	if ! grub_change || ! trial_has_entry || ! tool grub-reboot "$trial_entry"; then
		say "the entry for the trial could not be made: no trial, \"ramdax update-bootloader\" puts the line in for good"
		trial_end
		grub_change
		return $FAILED
	fi
	echo "the next boot tries the new line; it stays if that boot completes"
}

# Forgets the trial, and GRUB's choice if it has not been made yet.
trial_end() {
	[[ -e $root/$trial_file ]] || return 0
	rm -f "$root/$trial_file"
	! tool grub-editenv - list 2>/dev/null | grep -qx "next_entry=$trial_entry" ||
		tool grub-editenv - unset next_entry
}

trial_fail() {
	say "the new kernel command line is given up after its trial: $1"
	say "\"$(trial_get line)\" is not used; \"ramdax-update-bootloader\" puts it in all the same"
	replace "$root/$trial_file" "$(cat "$root/$trial_file")
failed=$1" && grub_change
}

# Whether /proc/iomem has all carveouts exactly as the line says.
trial_in_iomem() {
	local part start size
	while read -r part; do
		read -r start size _ <<<"$(memmap_key "$part")"
		grep -q "$(printf '^ *%08x-%08x : Persistent Memory' "$start" $((start + size - 1)))" \
			"$root/proc/iomem" || return
	done <<<"$ours"
}

# What speaks against the line on trial, now that the machine has booted. gen-cmdline keeps a
# running range only if it obeys all rules: if it prints the line again, the line was safe.
trial_verdict() {
	if [[ $(memmap_minus "$ours" "$(memmap_parts "$(cat "$root/proc/cmdline")")") ]]; then
		echo "the machine came back with another command line"
	elif ! trial_in_iomem; then
		echo "the carveouts are not where the line says"
	elif ! memmap_same "$(memmap_parts "$(ask gen-cmdline --quiet)")" "$ours"; then
		echo "gen-cmdline would no longer choose it"
	fi
}

# At the end of a boot. 0 also if there is nothing to be decided.
trial_confirm() {
	local verdict
	trial_pending || return $OK
	[[ $(trial_get boot) != "$(boot_id)" ]] || return $OK
	ours=$(memmap_parts "$(trial_get line)")
	verdict=$(trial_verdict)
	if [[ $verdict ]]; then
		trial_fail "$verdict"
		return $FAILED
	fi
	rm -f "$root/$trial_file"
	main
}

# grub_trial_line LINUX DEFAULT: for the entry on trial, what GRUB_CMDLINE_LINUX_DEFAULT shall be
# instead of what grub_line() made of it. Fails if there is no trial.
grub_trial_line() {
	local there foreign
	trial_pending || return
	there=$(memmap_parts "$1")
	ours=$(memmap_parts "$(trial_get line)")
	foreign=$(memmap_minus "$(memmap_minus "$(memmap_parts "$2")" "$(memmap_parts "$(state_get line)")")" "$ours")
	! memmap_clash "$(memmap_and "$(memmap_minus "$there" "$ours")" "$foreign")" "$ours" >/dev/null ||
		return
	grub_fits "$there" "$(memmap_minus "$ours" "$there")" || return
	memmap_put "$(memmap_before "$2") panic=60 $(memmap_behind "$2")" "$(memmap_and "$foreign" "$(memmap_minus "$ours" "$there")")"
}
