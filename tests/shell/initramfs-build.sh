# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What mkinitramfs gives to a hook, for tests: every call is a line in $LOG; nothing is copied.
# $MISSING: programs and modules that this system does not have.

has() {
	case " ${MISSING-} " in *" $1 "*) return 1 ;; esac
}

copy_exec() {
	echo "copy_exec $*" >>"$LOG"
	[ -e "$1" ] || [ "$1" = "$PROGRAM" ]
}

copy_file() { echo "copy_file $*" >>"$LOG"; }
manual_add_modules() { echo "manual_add_modules $*" >>"$LOG"; }

modprobe() {
	for module in "$@"; do :; done
	echo "modprobe $*" >>"$LOG"
	has "$module"
}
