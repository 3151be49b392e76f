/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a device holds nothing: a mark that it was zeroed says so of one moment only.
 */
#ifndef RAMDAX_ZEROED_H
#define RAMDAX_ZEROED_H

#include "sysfs.h"

/* Whether all bytes of the block device /dev/@block are zero, read past the page cache by as many
 * threads as help, until the first that is not. False, too, if it cannot be read. */
bool zeroed(const struct sysfs *fs, const char *block);

#endif
