#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ramdax in the initramfs: makes what /etc/ramdax/layout.toml declares, before udev lets another
# driver have the carveouts and before anything is mounted.
#
# Included by itself when the layout exists, otherwise with "dracut --add ramdax". What goes in is
# the program's to say: "ramdax needs" names modules and programs, "ramdax resolve" prints the
# layout that boots. A layout with mistakes gives a loud build and an image without ramdax, never
# a failed build and never a broken image. Works with dracut 059 to 112.
#
# shellcheck disable=SC2154 # dracut sets initdir, kernel, moddir, systemdsystemunitdir

# Asks the program about the system the image is for. With --sysroot that is a tree, and the
# tree's own program answers unless it is for another machine than this one.
_ramdax() {
	local _program
	_program=${dracutsysrootdir-}$(find_binary ramdax)
	"$_program" --version &> /dev/null || _program=ramdax
	"$_program" ${dracutsysrootdir:+--root "$dracutsysrootdir"} "$@"
}

# A crash kernel runs in a sliver of memory beside the crashed system's carveouts. kdump-utils sets
# IN_KDUMP; others ask for their own dracut module by name and leave the rest to check(). They
# share dracut.conf.d with the normal images, so ramdax may be asked for there as well: refusing
# would fail the build, so the module comes along and installs nothing.
_kdump() {
	local _asked=" ${dracutmodules-} ${add_dracutmodules-} ${force_add_dracutmodules-} "
	[[ ${IN_KDUMP-} || $_asked =~ " kdump"(base)?" " ]]
}

# Is there a layout to build from? Prints its mistakes. That the building machine could not carry
# it (status 4) is none: images are built elsewhere, too.
_checked() {
	local _status=0
	_ramdax check 2>&1 || _status=$?
	[[ $_status == [04] ]]
}

check() {
	require_binaries ramdax || return 1
	_kdump && return 255
	[[ -e ${dracutsysrootdir-}/etc/ramdax/layout.toml ]] || return 255
	return 0
}

depends() {
	return 0
}

installkernel() {
	local _modules

	_kdump && return 0
	_checked > /dev/null || return 0
	mapfile -t _modules < <(_ramdax needs --modules)
	((${#_modules[@]})) || return 0 # without regions; instmods would read standard input
	# Never host-only: ramdax has no alias, so no hardware ever seems to need it.
	hostonly='' instmods "${_modules[@]}"
	hostonly='' instmods -c ramdax \
		|| derror "ramdax: kernel $kernel has no ramdax driver, this image cannot make namespaces"
}

install() {
	local _layout=$initdir/etc/ramdax/layout.toml _mistakes _program

	_kdump && return 0
	if ! _mistakes=$(_checked && mkdir -p "${_layout%/*}" && _ramdax resolve 2>&1 > "$_layout"); then
		rm -f "$_layout"
		derror "ramdax: THIS IMAGE IS BUILT WITHOUT RAMDAX, the layout cannot be used:"
		derror "ramdax: ${_mistakes//$'\n'/$'\n'ramdax: }"
		return 0
	fi

	inst_binary "$(find_binary ramdax)" /usr/sbin/ramdax
	while read -r _program; do
		inst_multiple "$_program" || derror "ramdax: the layout needs '$_program', which is not installed"
		[[ $_program != *mkfs.ext* ]] || inst_multiple -o /etc/mke2fs.conf
	done < <(_ramdax needs --programs)

	inst_rules 61-ramdax.rules
	# Whatever happens to the program, only what is declared required may stop a boot.
	grep -q '^ *required = true' "$_layout" && : > "${_layout%/*}/required"
	if dracut_module_included systemd; then
		_install_unit
	else
		inst_hook pre-udev 10 "$moddir/ramdax-pre-udev.sh"
	fi
}

_install_unit() {
	local _unit=$initdir$systemdsystemunitdir/ramdax-initrd.service _timeout

	_timeout=$(sed -n 's/^boot_timeout = \([0-9]*\).*/\1/p' "$initdir/etc/ramdax/layout.toml")
	sed "s/^TimeoutStartSec=.*/TimeoutStartSec=$((${_timeout:-60} + 30))/" \
		"$moddir/ramdax-initrd.service" > "$_unit"
	grep -q '"x-initrd\.mount"' "$initdir/etc/ramdax/layout.toml" \
		&& inst_multiple "${systemdutildir:-/usr/lib/systemd}/system-generators/ramdax-generator"
	[[ -e $initdir/etc/ramdax/required ]] || sed -i '/^OnFailure/d' "$_unit"
	$SYSTEMCTL -q --root "$initdir" enable ramdax-initrd.service
}
