/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large a region's carveout must be, and whether one is large enough. Pure.
 */
#ifndef RAMDAX_MEMMAP_FIT_H
#define RAMDAX_MEMMAP_FIT_H

#include "capacity.h"
#include "layout.h"
#include "memmap-space.h"

/*
 * Bytes for namespaces that @region needs in a carveout at @start, shares of RAM resolved:
 * region_needs() for every kind of size. 0 if no machine has that much (or a share is nothing).
 */
uint64_t memmap_needs(const struct layout_region *region, const struct memmap_space *space,
		      uint64_t start);

/* The size of a carveout that offers @needs: with the label area, in whole 2 MiB, because older
 * kernels' nd_e820 refuses others. */
uint64_t memmap_size(uint64_t needs);

/*
 * Whether all namespaces of @region find a place in @capacity bytes from @start. If so, *@maps
 * becomes the bytes of ordinary memory that their page maps take.
 */
bool memmap_holds(const struct layout_region *region, uint64_t start, uint64_t capacity,
		  uint64_t *maps);

/* Bytes of ordinary memory that the page map of a namespace of @raw bytes takes. */
uint64_t memmap_map_bytes(const struct layout_namespace *ns, uint64_t raw);

#endif
