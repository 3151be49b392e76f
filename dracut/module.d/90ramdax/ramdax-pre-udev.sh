#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ramdax in an initramfs without systemd: runs before udev, so that no other driver takes the
# carveouts. Sourced by dracut's init: returns, never exits. Never "die": it powers off.
# The program writes its own messages to the kernel log and limits its own time; it fails only
# for what the layout requires, and then the image carries /etc/ramdax/required.

getargbool 1 rd.ramdax || return 0

/usr/sbin/ramdax apply --boot
_ramdax_status=$?

if [ "$_ramdax_status" -eq 0 ]; then
	:
elif [ -e /etc/ramdax/required ]; then
	emergency_shell -n ramdax "ramdax: a required namespace is missing (status $_ramdax_status)"
else
	warn "ramdax: stopped with status $_ramdax_status, the boot goes on"
fi
unset _ramdax_status
