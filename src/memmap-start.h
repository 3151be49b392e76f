/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a free range a region best starts: so that its carveout is smallest, its labels are not
 * where others were, and it starts at a round address.
 */
#ifndef RAMDAX_MEMMAP_START_H
#define RAMDAX_MEMMAP_START_H

#include "memmap-parts.h"

struct memmap_start {
	struct range range;
	uint64_t maps;   /* bytes of ordinary memory for page maps */
	const char *why; /* there, part of a sentence */
};

/* The lowest good start for @region in @space. False, and nothing set, if it does not fit. */
bool memmap_start_in(const struct choosing *c, const struct layout_region *region,
		     struct range space, struct memmap_start *best);

/* The same in the middle of @space, where its ends stay for others; anywhere if that is too
 * narrow. */
bool memmap_start_in_middle(const struct choosing *c, const struct layout_region *region,
			    struct range space, struct memmap_start *best);

#endif
