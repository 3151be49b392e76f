/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label area of a region, read past the kernel, which shows namespaces and not whether there
 * is an index at all.
 */
#ifndef RAMDAX_OBSERVE_LABELS_H
#define RAMDAX_OBSERVE_LABELS_H

#include "machine.h"
#include "sysfs.h"

/*
 * Sets what @region's labels are, and adds those that the kernel passes over to its namespaces. One
 * whose place is none has all of the region. The label area is returned, and the caller frees it.
 * On a captured machine, and for others than root, nothing is known, and NULL is returned.
 */
unsigned char *labels_observe(const struct sysfs *fs, struct seen_region *region);

/* The label area of @region alone, in the same way. */
unsigned char *labels_area(const struct sysfs *fs, const struct seen_region *region);

/* Reads the label area of the DIMM "nmem0" on the running machine into @area, LABEL_AREA_SIZE bytes
 * of zeros before, as far as it says anything. 0 or -errno. */
int labels_read(const char *dimm, unsigned char *area);

#endif
