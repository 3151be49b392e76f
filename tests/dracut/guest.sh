# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What scripts in the real root say about the initramfs they came from.

# provisioned NAME: the namespace "images" is there, by the driver that shall have it, and its
# file system can be mounted by label and by UUID.
provisioned() {
	is "ramdax has the carveouts" "$(driver)" ramdax
	is "nd_e820 has nothing" "$(bound_to e820_pmem)" ""
	is "the namespace is fsdax" "$(namespace images mode)" fsdax
	holds "udev knows the label" test -e /dev/disk/by-label/images
	holds "mounts by label, with DAX" mount -o dax=always /dev/disk/by-label/images /mnt
	umount /mnt
	holds "mounts by UUID" \
		mount /dev/disk/by-uuid/aeaa7d06-fa4f-5d63-a5cd-5d3094daf764 /mnt
	umount /mnt
	is "the report survives" "$(report .status)" 0
}

# untouched: nobody set anything up; what udev did is nd_e820's.
untouched() {
	is "ramdax has nothing" "$(bound_to ramdax)" ""
	is "no namespace of ours" "$(namespace images mode)" ""
	fails "no report" test -e /run/ramdax/report.json
}

driver() {
	basename "$(readlink /sys/bus/platform/devices/e820_pmem/driver)"
}

bound_to() {
	ls -d "/sys/bus/platform/drivers/$1/e820_pmem"* 2>/dev/null
}

# before WHAT PATTERN PATTERN: the kernel log has both lines, in this order.
before() {
	_first=$(dmesg | grep -nE -m 1 -e "$2" | cut -d : -f 1)
	_second=$(dmesg | grep -nE -m 1 -e "$3" | cut -d : -f 1)
	if [ "${_first:-0}" -gt 0 ] && [ "${_second:-0}" -gt "$_first" ]; then
		ok "$1"
	else
		not_ok "$1" "line ${_first:-none}: $2" "line ${_second:-none}: $3"
	fi
}
