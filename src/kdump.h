/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Crash dumps: what the crash kernel will be started with.
 *
 * Tools for kdump copy the running command line. With memmap= on it, the crash kernel makes a
 * device of the carveout, and its page map, made for all of the carveout, does not fit into the few
 * hundred MiB that the crash kernel has: measured, no dump.
 */
#ifndef RAMDAX_KDUMP_H
#define RAMDAX_KDUMP_H

#include "sysfs.h"

/*
 * What a person must set so that the crash kernel gets no carveouts, as the end of a sentence; NULL
 * if nothing: kdump is not set up (no crashkernel= on @cmdline, no settings, switched off), or they
 * say so. Settings are /etc/default/kdump-tools (Debian, Ubuntu) and /etc/sysconfig/kdump (Fedora,
 * RHEL, SUSE).
 */
const char *kdump_fault(const struct sysfs *fs, const char *cmdline);

#endif
