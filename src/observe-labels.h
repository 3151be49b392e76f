/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label area of a region, read past the kernel, which shows namespaces and not whether there
 * is an index at all.
 */
#ifndef RAMDAX_OBSERVE_LABELS_H
#define RAMDAX_OBSERVE_LABELS_H

#include "machine.h"
#include "sysfs.h"

/* Sets what @region's labels are; on a captured machine, and for others than root, unknown. */
void labels_observe(const struct sysfs *fs, struct seen_region *region);

#endif
