# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Runs in a guest without a carveout.
grep 'System RAM' /proc/iomem | sed 's/^/    /'
ok 'that is the memory it has' >/dev/null
echo '$ ramdax gen-cmdline'
ramdax gen-cmdline
