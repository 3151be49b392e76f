# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A few namespaces of hundreds of GiB, in memory that the host gives only where it is touched. RUNS
# comes from the host; lib.sh is before this.

# one_round OF: cold, the kernel alone, and warm.
one_round() {
	tool forget >/dev/null
	rm -f /run/ramdax/report.json
	ours "$1: cold" large
	parts "$1: cold"
	tool release >/dev/null
	row ms "$(tool enumerate)" "$1: floor"
	tool release >/dev/null
	rm -f /run/ramdax/report.json
	ours "$1: warm" large
	holds "wiped ($1)" ramdax wipe -q --yes --layout /tmp/large.toml
}

# one_layout MODE COUNT GIB ALIGN. The first round touches memory that the host has yet to give: it does not count.
one_layout() {
	layout large "mode = \"$1\"" "count = $2" "size = \"$3GiB\"" "align = \"$4\"" 'map = "mem"'
	one_round "$2 x $3 GiB $1" >/dev/null
	_run=0
	while [ $_run -lt "$RUNS" ]; do
		_run=$((_run + 1))
		one_round "$2 x $3 GiB $1"
	done
}

one_layout devdax 2 300 1GiB
one_layout devdax 4 190 1GiB
one_layout devdax 8 90 1GiB
one_layout fsdax 1 200 2MiB
