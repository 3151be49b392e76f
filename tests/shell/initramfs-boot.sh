# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What initramfs-tools' init gives to a script in the initramfs, for tests: every call is a line in
# $LOG. A shell that panic opened has been left when it returns.

panic() { echo "panic $*" >>"$LOG"; }
