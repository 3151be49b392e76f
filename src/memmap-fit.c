// SPDX-License-Identifier: GPL-2.0-or-later
#include "memmap-fit.h"

#include "carveout.h"
#include "mem.h"
#include "request.h"

/* Far enough from 2^64 for sums; place_extent() has the same limit. */
#define NEEDS_MAX (UINT64_C(1) << 56)

uint64_t memmap_needs(const struct layout_region *region, const struct memmap_space *space,
		      uint64_t start)
{
	uint64_t needs;

	if (region->size.kind == SIZE_PERCENT)
		needs = align_down(
			layout_share(memmap_space_ram(space, region->node), region->size.percent),
			PLACE_ALIGN);
	else
		needs = region_needs(region, start);
	return needs <= NEEDS_MAX ? needs : 0;
}

uint64_t memmap_size(uint64_t needs)
{
	return align_up(needs + LABEL_AREA_SIZE, PLACE_ALIGN);
}

/*
 * 64 bytes a page; devdax of larger alignment maps the pages of one aligned unit to two pages of
 * the map (mm/sparse-vmemmap.c, vmemmap_populate_compound_pages; measured: 0.8 GiB for 200 GiB in
 * units of 2 MiB, next to nothing in units of 1 GiB).
 */
uint64_t memmap_map_bytes(const struct layout_namespace *ns, uint64_t raw)
{
	uint64_t full = raw / PAGE_BYTES * STRUCT_PAGE_SIZE;
	uint64_t folded = ns->align ? (raw + ns->align - 1) / ns->align * 2 * PAGE_BYTES : full;

	if (ns->map != MAP_MEM)
		return 0;
	return ns->mode == MODE_DEVDAX && folded < full ? folded : full;
}

bool memmap_holds(const struct layout_region *region, uint64_t start, uint64_t capacity,
		  uint64_t *maps)
{
	_cleanup_(freep) struct place_request *requests = requests_of(region, capacity);
	const struct range whole = {start, capacity};

	if (place(&whole, 1, requests, region->n_namespaces) < region->n_namespaces)
		return false;
	*maps = 0;
	for (size_t i = 0; i < region->n_namespaces; i++)
		*maps += memmap_map_bytes(&region->namespaces[i], requests[i].where.size);
	return true;
}
