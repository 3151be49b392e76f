/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions and carveouts that carveout_match() leaves over: a share of RAM has a size only once RAM
 * is known, and carveouts may be larger than their regions have become. Pure.
 */
#ifndef RAMDAX_MEMMAP_MATCH_H
#define RAMDAX_MEMMAP_MATCH_H

#include "memmap-space.h"

/*
 * First gives regions without a carveout one of exactly the size that gen-cmdline would choose.
 * Then, if each region left can be given one of the carveouts left that is large enough, and none
 * remains, gives them out: the smallest that is large enough, to the most demanding region first.
 * All or none, because a carveout that remains may be somebody's.
 */
void memmap_match(const struct layout *layout, const struct machine *m, size_t *of_region);

/*
 * Indices of the regions of @layout: those bound to a node before others, more demanding ones
 * before smaller, then by name; so the order of the file plays no part. The caller frees them.
 */
size_t *memmap_by_demand(const struct layout *layout, const struct memmap_space *space);

#endif
