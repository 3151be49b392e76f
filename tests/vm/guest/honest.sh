# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# For guests: a report of ramdax's, held against what others see.

# honest REPORT WHEN: nothing is reported to be there that ndctl and libblkid see otherwise, and
# nothing to be absent that they see.
honest() {
	ndctl list -N -X -i -v >/tmp/ndctl
	[ -s /tmp/ndctl ] || echo '[]' >/tmp/ndctl
	for _block in /dev/pmem*; do # of several it stops at the first without a type
		blkid -p -o export -s TYPE "$_block" 2>/dev/null # "DEVNAME=...", then "TYPE=..."
	done >/tmp/blkid
	# shellcheck disable=SC2016 # jq's variables
	_lies=$(jq -rn --slurpfile report "$1" --slurpfile ndctl /tmp/ndctl --rawfile blkid /tmp/blkid '
		($ndctl[0] | if type == "array" then . else [.] end |
			map(select((.size // 0) > 0))) as $seen |
		([$blkid | scan("DEVNAME=(.*)\nTYPE=(.*)") | {key: .[0], value: .[1]}] |
			from_entries) as $types |
		$report[0].regions[].namespaces[] | . as $n |
		($seen | map(select(.name == $n.name))) as $all | $all[0] as $one |
		if .state == "absent" then select($all | length > 0) |
			"\(.name) is absent, and there"
		elif .state == "created" or .state == "adopted" then
			select(($all | length) != 1 or $one.size != .size or $one.mode != .mode or
				($one.raw_uuid // $one.uuid) != .uuid or
				"/dev/" + ($one.blockdev // $one.daxregion.devices[0].chardev // "") != .device or
				($types[.device] // "") != (.filesystem.type // "")) |
			"\(.name) is \(.state) as \(.), but seen as \($one), \($types[.device])"
		else empty end')
	_judged=$?
	is "what is reported is so ($2)" "$_judged:$_lies" 0:
}
