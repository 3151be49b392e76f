/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How this kernel came to run.
 */
#ifndef RAMDAX_BOOT_H
#define RAMDAX_BOOT_H

#include "machine.h"
#include "sysfs.h"

/* Fills release, cmdline, boot_id, initramfs, boot_kind, driver and guest. */
void boot_observe(const struct sysfs *fs, struct machine *m);

/* Whether the kernel @release, as it is installed, has RAMDAX as a module (in whatever form it is
 * compressed) or built in. */
bool boot_release_has_driver(const struct sysfs *fs, const char *release);

/* A crash kernel: it owns a few hundred MiB, and all other memory is evidence. */
bool boot_is_crash_kernel(const struct sysfs *fs, const char *cmdline);

/*
 * Whether this boot is about to become a hibernated system: resume= names a device that can be
 * looked at and holds an image (on the running machine only), or systemd's EFI variable says so.
 */
bool boot_is_resuming(const struct sysfs *fs, const char *cmdline);

/* Whether the command line asks for a look and no more: rd.ramdax=check. */
bool boot_only_checks(const char *cmdline);

/* Whoever boots into rescue or emergency mode wants a shell, not a reason to get none. */
bool boot_is_rescue(const char *cmdline);

#endif
