// SPDX-License-Identifier: GPL-2.0-or-later
/* What must hold of all ranges together. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "memmap-parts.h"

#define SYSTEM_MIN (2 * GIB)
#define SYSTEM_MAX (32 * GIB)
#define SMALL_RAM  (4 * GIB) /* machines with less keep half */
/* Where the needs of a region are asked for that has no start yet: where they are least. */
#define SOMEWHERE (4 * GIB - 16 * MIB)

uint64_t memmap_system_default(uint64_t ram)
{
	if (ram < SMALL_RAM)
		return ram / 2;
	if (ram / 4 > SYSTEM_MAX)
		return SYSTEM_MAX;
	return ram / 4 > SYSTEM_MIN ? ram / 4 : SYSTEM_MIN;
}

/* What the regions without a range will take at least, so that too much is called too much and
 * not a lack of room. Memory that the system does not use may serve them as well. */
static uint64_t still_wanted(const struct choosing *c)
{
	uint64_t bytes = 0;

	if (c->space.words.limit < range_end(c->space.highest))
		return 0;
	for (size_t i = 0; i < c->layout->n_regions; i++) {
		uint64_t needs = memmap_needs(&c->layout->regions[i], &c->space, SOMEWHERE);

		if (!c->ranges[i].range.size && !checked_add(bytes, needs, &bytes))
			return UINT64_MAX;
	}
	return bytes;
}

bool memmap_check_system(struct choosing *c)
{
	uint64_t ram = c->space.ram, ranges = still_wanted(c), maps = 0, wanted;
	uint64_t reserve = c->choice->system_memory;

	for (size_t i = 0; i < c->layout->n_regions; i++) {
		if (!checked_add(ranges, memmap_system_part(&c->space, c->ranges[i].range),
				 &ranges))
			ranges = UINT64_MAX;
		maps += c->ranges[i].maps;
	}
	if (!checked_add(ranges, maps, &wanted) || !checked_add(wanted, reserve, &wanted))
		wanted = UINT64_MAX;
	if (wanted <= ram) {
		c->choice->left = ram - ranges - maps;
		return true;
	}
	memmap_refuse(c, 0,
		      "the regions take %s, page maps in ordinary memory %s, and %s must stay the "
		      "system's (system_memory%s): %s more than the %s of RAM",
		      SIZE_HUMAN(ranges), SIZE_HUMAN(maps), SIZE_HUMAN(reserve),
		      c->layout->has_system_memory ? "" : ", by default", SIZE_HUMAN(wanted - ram),
		      SIZE_HUMAN(ram));
	memmap_next(c, "ask for less, or for less system_memory, in the layout");
	return false;
}

bool memmap_check_nodes(struct choosing *c)
{
	for (size_t i = 0; i < c->space.n_nodes; i++) {
		int node = c->space.nodes[i].node;
		uint64_t ram = c->space.nodes[i].ram, taken = memmap_node_taken(c, node);
		uint64_t reserve = memmap_node_reserve(c, node);

		if (!taken || (taken <= ram && ram - taken >= reserve))
			continue;
		memmap_refuse(c, 0,
			      "the ranges in node %d take %s of its %s, page maps included, but %s "
			      "must stay the system's",
			      node < 0 ? 0 : node, SIZE_HUMAN(taken), SIZE_HUMAN(ram),
			      SIZE_HUMAN(reserve));
		memmap_next(c, "ask for less in that node, in the layout");
		return false;
	}
	return true;
}

/* The carveouts that the ranges will be, by start; the caller frees them. */
static struct seen_carveout *carveouts_of(const struct choosing *c)
{
	size_t n = c->layout->n_regions;
	struct seen_carveout *carveouts = mem_calloc(n, sizeof(*carveouts));

	for (size_t i = 0; i < n; i++) {
		struct seen_carveout *at = carveouts;

		while (at < carveouts + i && at->range.start < c->ranges[i].range.start)
			at++;
		memmove(at + 1, at, (size_t)(carveouts + i - at) * sizeof(*at));
		*at = (struct seen_carveout){.range = c->ranges[i].range,
					     .node = c->ranges[i].node};
	}
	return carveouts;
}

bool memmap_check_recognition(struct choosing *c)
{
	size_t n = c->layout->n_regions;
	_cleanup_(freep) struct seen_carveout *carveouts = carveouts_of(c);
	_cleanup_(freep) size_t *of_region = mem_calloc(n, sizeof(*of_region));
	struct machine cold = *c->machine;

	cold.n_regions = 0;
	cold.carveouts = carveouts;
	cold.n_carveouts = n;
	carveout_match(c->layout, &cold, of_region);
	for (size_t i = 0; i < n; i++) {
		const struct layout_region *region = &c->layout->regions[i];
		const struct seen_carveout *own =
			of_region[i] == NO_CARVEOUT ? NULL : &carveouts[of_region[i]];

		if (own &&
		    (region->foreign ||
		     carveout_usable(own) >= memmap_needs(region, &c->space, own->range.start)))
			continue;
		memmap_refuse(c, region->line,
			      "after a power cycle nothing would tell which range is region "
			      "\"%s\"'s: address = \"0x%llx\" does",
			      region->name, (unsigned long long)c->ranges[i].range.start);
		memmap_next(c, "put that into the layout");
		return false;
	}
	return true;
}
