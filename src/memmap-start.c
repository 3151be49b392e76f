// SPDX-License-Identifier: GPL-2.0-or-later
#include "memmap-start.h"

#include "request.h"

#define START_ALIGN (16 * MIB) /* what the kernel aligns new namespaces to, if nobody says else */
#define PFN_RESERVE (8 * KIB)  /* drivers/nvdimm/pfn_devs.c: before the page map */

/* Starts that are tried: @lead below the multiples of @step, which is 0 for none. */
struct starts {
	uint64_t step;
	uint64_t lead;
	const char *why;
};
#define STARTS 3

/*
 * Where the first namespace aligned to more than 2 MiB wants the region to start: so far below a
 * boundary that info block and page map end there. The map also covers the lead itself.
 */
static struct starts starts_below_boundary(const struct layout_region *region)
{
	_cleanup_(freep) struct place_request *requests = requests_of(region, 0);

	for (size_t i = 0; i < region->n_namespaces; i++) {
		const struct place_request *r = &requests[i];
		uint64_t lead = START_ALIGN, before = 0;

		if (r->shape.align <= PLACE_ALIGN)
			continue;
		while (r->shape.map == MAP_DEV && lead != before) {
			before = lead;
			lead = align_up(PFN_RESERVE +
						(lead + r->bytes) / PAGE_BYTES * STRUCT_PAGE_SIZE,
					START_ALIGN);
		}
		return (struct starts){r->shape.align, lead % r->shape.align,
				       "below a 1GiB boundary, so that alignment costs least"};
	}
	return (struct starts){0};
}

/* The first start from @from on; the caller made sure that nothing wraps. */
static uint64_t next_start(const struct starts *s, uint64_t from)
{
	return align_up(from + s->lead, s->step) - s->lead;
}

/* The first start of @s in @space, from @from on, at which @region fits and its labels are not
 * where others were. */
static bool find_start(const struct choosing *c, const struct layout_region *region,
		       const struct starts *s, struct range space, uint64_t from,
		       struct memmap_start *found)
{
	if (!s->step)
		return false;
	for (size_t i = 0; i <= c->machine->n_carveouts; i++) {
		uint64_t start = next_start(s, from);
		uint64_t needs = memmap_needs(region, &c->space, start);
		struct range r = {start, memmap_size(needs)};

		if (!needs || start >= range_end(space) || r.size > range_end(space) - start)
			return false;
		from = start + PLACE_ALIGN;
		if (memmap_ends_as_running(c, region, r))
			continue;
		if (!memmap_holds(region, start, r.size - LABEL_AREA_SIZE, &found->maps))
			return false;
		found->range = r;
		found->why = s->why;
		return true;
	}
	return false;
}

/* The smallest range for @region in @space from @from on; of equal ones that of the best start. */
static bool find_in(const struct choosing *c, const struct layout_region *region,
		    struct range space, uint64_t from, struct memmap_start *best)
{
	const struct starts starts[STARTS] = {
		starts_below_boundary(region),
		{START_ALIGN, 0, "at a multiple of 16MiB"},
		{PLACE_ALIGN, 0, "at a multiple of 2MiB"},
	};
	bool any = false;

	for (size_t i = 0; i < STARTS; i++) {
		struct memmap_start found;

		if (!find_start(c, region, &starts[i], space, from, &found))
			continue;
		if (!any || found.range.size < best->range.size)
			*best = found;
		any = true;
	}
	return any;
}

bool memmap_start_in(const struct choosing *c, const struct layout_region *region,
		     struct range space, struct memmap_start *best)
{
	return find_in(c, region, space, space.start, best);
}

bool memmap_start_in_middle(const struct choosing *c, const struct layout_region *region,
			    struct range space, struct memmap_start *best)
{
	uint64_t size = memmap_size(memmap_needs(region, &c->space, space.start)), middle;

	if (size > space.size)
		return find_in(c, region, space, space.start, best);
	middle = space.start + (space.size - size) / 2;
	if (middle - space.start >= START_ALIGN &&
	    find_in(c, region, space, align_down(middle, START_ALIGN), best))
		return true;
	return find_in(c, region, space, space.start, best);
}
