# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
is_up
say "Up again. This time there was nothing to make; everything was adopted as it is, and not" \
	"one byte of it was written:"
show "dmesg | grep ramdax: | tail -n 12"
show "ramdax status"
say "And the letters?"
mount_all
filesystems | while read -r _ _ where; do
	show "cat $where/letter"
	grep -qx 'written in the first boot' "$where/letter" || echo lost >/tmp/lost
	umount "$where"
done
fails 'no letter was lost' test -e /tmp/lost >/dev/null
