# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What most hosts have: a few namespaces, with file systems, in two regions; and how much of it all is
# neither the kernel's making of devices nor mkfs. RUNS comes from the host; lib.sh is before this.

# region NAME MIB 'FILE-SYSTEM MODE MIB'...
region() {
	printf '[[region]]\nname = "%s"\nsize = "%sMiB"\n' "$1" "$2"
	_region=$1
	shift 2
	for _each; do
		# shellcheck disable=SC2086 # words
		set -- $_each
		_number=$((_number + 1))
		printf '[[region.namespace]]\nname = "%s%s"\nmode = "%s"\nsize = "%sMiB"\n' "$_region" \
			"$_number" "$2" "$3"
		[ "$1" = none ] || printf 'filesystem.type = "%s"\n' "$1"
	done
}

_number=0
{
	echo 'version = 1'
	region a 512 'ext4 fsdax 64' 'xfs fsdax 304' 'none devdax 64'
	region b 256 'ext4 fsdax 64' 'none devdax 64' 'ext4 sector 64'
} >/tmp/usual.toml
clear_layout 512 256

clear_all
_run=0
while [ $_run -lt "$RUNS" ]; do
	_run=$((_run + 1))
	clear_all
	ours "usual layout: cold" usual
	parts "usual layout: cold"
	row % "$(jq '.took | 100 - 100 * (.mkfs + .enumeration + .bind + .unbind + .scrub) / .total | round' \
		/run/ramdax/report.json)" "usual layout: all but kernel, mkfs and zeroing"
	tool release >/dev/null
	row ms "$(tool enumerate)" "usual layout: floor"
done
