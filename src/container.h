/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this process runs on the machine that it prepares. In a container or chroot /sys shows
 * the machine underneath, while the boot loader's files are for another one.
 */
#ifndef RAMDAX_CONTAINER_H
#define RAMDAX_CONTAINER_H

#include "sysfs.h"

/* How it is known that this is a container or chroot, part of a sentence which the caller frees;
 * NULL if nothing speaks for it. @fs is the running machine's root; what else the kernel says of
 * this process (its root directory, its namespaces, the file systems below it) is asked there. */
char *container_evidence(const struct sysfs *fs);

#endif
