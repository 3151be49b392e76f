# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Runs in a guest without a carveout.
grep 'System RAM' /proc/iomem | sed 's/^/    /'
ok 'that is the memory it has' >/dev/null
if ramdax gen-cmdline --help >/dev/null 2>&1; then
	echo '$ ramdax gen-cmdline'
	ramdax gen-cmdline
else
	echo 'This ramdax does not choose places yet: 1 GiB at 4 GiB it is.'
	echo 'memmap=1048704K!0x100000000'
fi
