// SPDX-License-Identifier: GPL-2.0-or-later
#include "memmap-match.h"

#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "memmap-fit.h"

/* Where needs are compared: a region that may lie anywhere has no start yet. */
#define SOMEWHERE (4 * GIB)

static bool before(const struct layout_region *a, uint64_t a_needs, const struct layout_region *b,
		   uint64_t b_needs)
{
	if ((a->node >= 0) != (b->node >= 0))
		return a->node >= 0;
	return a_needs != b_needs ? a_needs > b_needs : strcmp(a->name, b->name) < 0;
}

size_t *memmap_by_demand(const struct layout *layout, const struct memmap_space *space)
{
	size_t *order = mem_calloc(layout->n_regions, sizeof(*order));
	_cleanup_(freep) uint64_t *needs = mem_calloc(layout->n_regions, sizeof(*needs));
	const struct layout_region *regions = layout->regions;

	for (size_t i = 0; i < layout->n_regions; i++) {
		size_t j = i;

		needs[i] = memmap_needs(&regions[i], space, SOMEWHERE);
		for (; j > 0 &&
		       before(&regions[i], needs[i], &regions[order[j - 1]], needs[order[j - 1]]);
		     j--)
			order[j] = order[j - 1];
		order[j] = i;
	}
	return order;
}

/* What is being matched, and in which order. */
struct matching {
	const struct layout *layout;
	const struct machine *machine;
	const struct memmap_space *space;
	const size_t *order;
};

static bool is_taken(const struct matching *m, const size_t *of_region, size_t carveout)
{
	for (size_t i = 0; i < m->layout->n_regions; i++)
		if (of_region[i] == carveout)
			return true;
	return false;
}

/* Those with an address have no other carveout than the one there. */
static bool is_left(const struct matching *m, const size_t *of_region, size_t region)
{
	return of_region[region] == NO_CARVEOUT && !m->layout->regions[region].has_address &&
	       !m->layout->regions[region].foreign;
}

static bool suits(const struct matching *m, const struct layout_region *region,
		  const struct seen_carveout *c, bool larger)
{
	uint64_t needs = memmap_needs(region, m->space, c->range.start);

	if (!needs || (region->node >= 0 && c->node >= 0 && region->node != c->node))
		return false;
	return larger ? carveout_usable(c) >= needs : c->range.size == memmap_size(needs);
}

/* Gives each region left the smallest carveout left that suits. Whether all got one. */
static bool give_out(const struct matching *m, bool larger, size_t *of_region)
{
	const struct seen_carveout *carveouts = m->machine->carveouts;
	bool all = true;

	for (size_t i = 0; i < m->layout->n_regions; i++) {
		size_t region = m->order[i], best = NO_CARVEOUT;

		if (!is_left(m, of_region, region))
			continue;
		for (size_t j = 0; j < m->machine->n_carveouts; j++)
			if (!is_taken(m, of_region, j) &&
			    suits(m, &m->layout->regions[region], &carveouts[j], larger) &&
			    (best == NO_CARVEOUT ||
			     carveouts[j].range.size < carveouts[best].range.size))
				best = j;
		of_region[region] = best;
		all &= best != NO_CARVEOUT;
	}
	return all;
}

static void match_rest(const struct matching *m, size_t *of_region)
{
	size_t n = m->layout->n_regions;
	_cleanup_(freep) size_t *trial = mem_calloc(n, sizeof(*trial));

	give_out(m, false, of_region);
	for (size_t i = 0; i < n; i++)
		trial[i] = of_region[i];
	if (!give_out(m, true, trial))
		return;
	for (size_t i = 0; i < m->machine->n_carveouts; i++)
		if (carveout_usable(&m->machine->carveouts[i]) && !is_taken(m, trial, i))
			return;
	for (size_t i = 0; i < n; i++)
		of_region[i] = trial[i];
}

void memmap_match(const struct layout *layout, const struct machine *machine, size_t *of_region)
{
	_cleanup_(memmap_space_release) struct memmap_space space;
	_cleanup_(freep) char *unknown = memmap_space_read(&space, machine);
	_cleanup_(freep) size_t *order = NULL;

	if (unknown)
		return;
	order = memmap_by_demand(layout, &space);
	match_rest(&(struct matching){layout, machine, &space, order}, of_region);
}
