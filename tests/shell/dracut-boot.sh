# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What dracut gives to a hook in the initramfs, for tests: every call is a line in $LOG.

getargbool() {
	case " $CMDLINE " in
	*" $2=0 "* | *" $2=no "* | *" $2=off "*) return 1 ;;
	esac
	return 0
}

warn() { echo "warn $*" >>"$LOG"; }
info() { echo "info $*" >>"$LOG"; }
die() { echo "die $*" >>"$LOG"; }
emergency_shell() { echo "emergency_shell $*" >>"$LOG"; }
