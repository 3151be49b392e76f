# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
is_up
say "The system is up. Before its disk was even looked for, the initramfs ran" \
	"'ramdax apply --boot'. From the kernel's log:"
show "dmesg | grep ramdax: | tail -n 12"
say "The carveout, and what is where in it:"
show "ramdax plan"
say "What there is:"
show "ramdax status"
say "ndctl, which knows nothing of ramdax, finds ordinary persistent memory:"
show "ndctl list"
say "The file systems mount; with dax=always a program that maps a file has the memory itself," \
	"without a page cache in between:"
mount_all
filesystems | while read -r _ _ where; do
	echo "written in the first boot" >"$where/letter"
done
say "A letter is left in each, and then the machine is reset."
filesystems | while read -r _ _ where; do
	umount "$where"
done
