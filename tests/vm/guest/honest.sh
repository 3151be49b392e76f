# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# For guests: a report of ramdax's, held against what others see.

# honest REPORT WHEN: nothing is reported to be there that libndctl and libblkid see otherwise, and
# nothing to be absent that they see.
honest() {
	ramdax-verify --json >/tmp/seen 2>/dev/null
	# shellcheck disable=SC2016 # jq's variables
	_lies=$(jq -rn --slurpfile report "$1" --slurpfile seen /tmp/seen '
		[$seen[0].regions[].namespaces[] | select(.size)] as $seen |
		$report[0].regions[].namespaces[] | . as $n |
		($seen | map(select(.name == $n.name))) as $all | $all[0] as $one |
		if .state == "absent" then select($all | length > 0) |
			"\(.name) is absent, and there"
		elif .state == "created" or .state == "adopted" then
			select(($all | length) != 1 or $one.size != .size or $one.mode != .mode or
				$one.uuid != .uuid or $one.device != .device or
				$one.filesystem.type != .filesystem.type) |
			"\(.name) is \(.state) as \(.), but seen as \($one)"
		else empty end')
	_judged=$?
	is "what is reported is so ($2)" "$_judged:$_lies" 0:
}
