# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What the benchmarks' guests share: every measurement is printed as "row UNIT VALUE NAME". tool.c says
# what "tool" does.

row() {
	echo "row $*"
}

# layout NAME KEY...: /tmp/NAME.toml, a region with namespaces that have these keys.
layout() {
	_layout=/tmp/$1.toml
	shift
	printf '%s\n' 'version = 1' '[[region]]' 'name = "bench"' '[[region.namespace]]' \
		'name = "n"' 'scrub = false' "$@" >"$_layout"
}

# took ROW COMMAND...: how long it takes, and the most memory it has.
took() {
	_row=$1
	shift
	_time=$(tool time "$@")
	is "$* ($_row)" $? 0
	row ms "${_time% *}" "$_row"
	row KiB "${_time#* }" "$_row: peak memory"
}

# ours ROW LAYOUT [OPTION]...
ours() {
	_layout=/tmp/$2.toml
	_name=$1
	shift 2
	took "$_name" ramdax apply -q --layout "$_layout" "$@"
}

# clear_layout MIB...: what clear_all goes by: a region of each size.
clear_layout() {
	echo 'version = 1' >/tmp/clear.toml
	for _mib; do
		printf '%s\n' '[[region]]' "name = \"clear$_mib\"" "size = \"${_mib}MiB\"" \
			'[[region.namespace]]' "name = \"clear$_mib\"" 'mode = "raw"' 'size = "rest"'
	done >>/tmp/clear.toml
}

# After it the memory has been touched, all of it is zero, and the labels are gone.
clear_all() {
	tool forget >/dev/null
	rm -f /run/ramdax/report.json
	_time=$(tool time ramdax apply -q --recreate --layout /tmp/clear.toml)
	tool forget >/dev/null
	rm -f /run/ramdax/report.json
}

# Where the time of the last apply went.
parts() {
	jq -r --arg row "$1" '.took | to_entries[] | select(.value >= 10 and .key != "total") |
		"row ms \(.value) \($row): \(.key)"' /run/ramdax/report.json
}

modprobe -a ramdax nd_pmem dax_pmem device_dax nd_btt loop
echo ramdax >/sys/bus/platform/devices/e820_pmem/driver_override
tool enumerate >/dev/null
