# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What the two boots tell their story with.

say() {
	echo
	printf '%s\n' "$@"
	echo
}

show() {
	printf '$ %s\n' "$1"
	eval "$1" 2>&1
}

# The file systems of the layout: device, type, where they are to be mounted. In this small system
# nobody else does it; with systemd the units that ramdax generates do.
filesystems() {
	ramdax resolve | awk -F '"' '$1 ~ /^name =/ { name = $2 } $1 ~ /^mount_point =/ { print name, $2 }' \
		>/tmp/mount_points
	ramdax status --json | jq -r '.regions[].namespaces[] | select(.filesystem.type) |
		"\(.name) \(.device) \(.filesystem.type)"' | while read -r name device type; do
		where=$(sed -n "s,^$name ,,p" /tmp/mount_points)
		echo "$device $type ${where:-/mnt/$name}"
	done
}

mount_all() {
	filesystems | while read -r device type where; do
		dax=
		case $device:$type in
		*s:* | *:ext2 | *:btrfs | *:vfat) ;;
		*) dax=',dax=always' ;;
		esac
		mkdir -p "$where"
		mount -t "$type" -o "rw$dax" "$device" "$where" ||
			not_ok "$device mounts on $where"
	done
	ok 'mounted' >/dev/null
	show "grep /dev/pmem /proc/mounts"
}

is_up() {
	[ "$(report .status)" = 0 ] || not_ok 'everything was provisioned' "$(cat /run/ramdax/report.json)"
}
