# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What dracut gives to module-setup.sh, for tests: every call is a line in $LOG; what would be
# copied is not. $MISSING: programs and modules that this system does not have.

has() { [[ " ${MISSING-} " != *" $1 "* ]]; }

find_binary() { has "$1" && echo "/usr/sbin/$1"; }
require_binaries() { has "$1"; }
dracut_module_included() { [[ " ${INCLUDED-} " == *" $1 "* ]]; }
inst_binary() { echo "inst_binary $*" >>"$LOG"; }
inst_rules() { echo "inst_rules $*" >>"$LOG"; }
inst_hook() { echo "inst_hook $*" >>"$LOG"; }

inst_multiple() {
	echo "inst_multiple $*" >>"$LOG"
	has "$1"
}

instmods() {
	echo "instmods hostonly='${hostonly-}' $*" >>"$LOG"
	[[ $1 != -c ]] || has "$2"
}

derror() { echo "derror $*" >>"$LOG"; }
dwarn() { echo "dwarn $*" >>"$LOG"; }
