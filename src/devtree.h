/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carveouts of the device tree: platform devices made of nodes compatible with "pmem-region".
 */
#ifndef RAMDAX_DEVTREE_H
#define RAMDAX_DEVTREE_H

#include "sysfs.h"
#include "units.h"

/* Whether the platform device @name is a node with exactly "pmem-region" among its compatibles
 * (the driver takes no other; "pmem-region-v2" alone is of_pmem's). */
bool devtree_is_carveout(const struct sysfs *fs, const char *name);

/*
 * Appends the device's physical ranges: the node's reg, translated through the ranges of its
 * parents. False, and nothing appended, where that cannot be told.
 */
bool devtree_ranges(const struct sysfs *fs, const char *name, struct range **ranges, size_t *n);

/*
 * Appends the ranges in a reg property of @size bytes, cells of 32 bits, big-endian: @n_address
 * (1 or 2) cells of address and @n_size (1 or 2) of size each. False if it is not whole.
 */
bool devtree_reg_parse(const void *reg, size_t size, unsigned n_address, unsigned n_size,
		       struct range **ranges, size_t *n);

#endif
