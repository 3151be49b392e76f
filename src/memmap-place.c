// SPDX-License-Identifier: GPL-2.0-or-later
/* A place for the regions that are free to lie anywhere. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "memmap-match.h"
#include "memmap-parts.h"
#include "request.h"

#define LOW_END     (4 * GIB)
#define START_ALIGN (16 * MIB) /* what the kernel aligns new namespaces to, if nobody says else */
#define PFN_RESERVE (8 * KIB)  /* drivers/nvdimm/pfn_devs.c: before the page map */

/* Starts that are tried: @lead below the multiples of @step, which is 0 for none. */
struct starts {
	uint64_t step;
	uint64_t lead;
	const char *why;
};
#define STARTS 3

struct candidate {
	struct range range;
	uint64_t maps;
	int node;
	const char *why;
	bool low;
};

/* Where to look, best first: running carveouts of nobody are spared while there is other room. */
struct hunt {
	bool low; /* below 4 GiB */
	bool spare_unclaimed;
};
static const struct hunt hunts[] = {{false, true}, {false, false}, {true, true}, {true, false}};

/* One try to serve all regions. */
struct attempt {
	const size_t *order; /* NULL: that of the file */
	bool low;            /* below 4 GiB, too */
};

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
		       struct candidate *found)
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
		    struct range space, uint64_t from, struct candidate *best)
{
	const struct starts starts[STARTS] = {
		starts_below_boundary(region),
		{START_ALIGN, 0, "at a multiple of 16MiB"},
		{PLACE_ALIGN, 0, "at a multiple of 2MiB"},
	};
	bool any = false;

	for (size_t i = 0; i < STARTS; i++) {
		struct candidate found = *best;

		if (!find_start(c, region, &starts[i], space, from, &found))
			continue;
		if (!any || found.range.size < best->range.size)
			*best = found;
		any = true;
	}
	return any;
}

/* The middle of @space, where the ends stay for others; anywhere in it if that does not fit. */
static bool find_in_middle(const struct choosing *c, const struct layout_region *region,
			   struct range space, struct candidate *best)
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

/* What a new range must not touch. The caller frees the list. */
static size_t obstacles_of(const struct choosing *c, bool spare_unclaimed, struct range **obstacles)
{
	struct range *list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < c->layout->n_regions; i++)
		if (c->ranges[i].range.size)
			*MEM_APPEND(list, n) = c->ranges[i].range;
	for (size_t i = 0; i < c->space.n_taken; i++)
		*MEM_APPEND(list, n) = c->space.taken[i];
	for (size_t i = 0; spare_unclaimed && i < c->n_unclaimed; i++)
		*MEM_APPEND(list, n) = c->unclaimed[i];
	*obstacles = list;
	return n;
}

/* A free part of an area, wholly above or below 4 GiB. */
struct part {
	struct range range;
	int node;
};

struct parts_list {
	struct part *items;
	size_t n;
};

static void add_parts(struct parts_list *list, const struct memmap_area *area, uint64_t from,
		      uint64_t to, const struct range *obstacles, size_t n_obstacles)
{
	uint64_t start = area->range.start > from ? area->range.start : from;
	uint64_t end = range_end(area->range) < to ? range_end(area->range) : to;
	_cleanup_(freep) struct range *pieces = NULL;
	size_t n;

	if (start >= end)
		return;
	n = memmap_subtract((struct range){start, end - start}, obstacles, n_obstacles, &pieces);
	for (size_t i = 0; i < n; i++)
		*MEM_APPEND(list->items, list->n) = (struct part){pieces[i], area->node};
}

/* The free memory that serves @region. */
static struct parts_list parts_of(const struct choosing *c, const struct layout_region *region,
				  struct hunt hunt)
{
	_cleanup_(freep) struct range *obstacles = NULL;
	size_t n = obstacles_of(c, hunt.spare_unclaimed, &obstacles);
	struct parts_list list = {0};

	for (size_t i = 0; i < c->space.n_areas; i++)
		if (memmap_area_serves(&c->space.areas[i], region->node))
			add_parts(&list, &c->space.areas[i], hunt.low ? 0 : LOW_END,
				  hunt.low ? LOW_END : memmap_ceiling(c), obstacles, n);
	return list;
}

static bool node_affords(const struct choosing *c, const struct candidate *found)
{
	uint64_t ram = memmap_space_ram(&c->space, found->node);
	uint64_t taken = memmap_node_taken(c, found->node) + memmap_node_reserve(c, found->node);

	return taken <= ram && found->range.size + found->maps <= ram - taken;
}

/* Above 4 GiB: the least that is lost, then the lowest. Below: the largest part, its middle. */
static bool find_place(const struct choosing *c, const struct layout_region *region,
		       struct hunt hunt, struct candidate *best)
{
	struct parts_list parts = parts_of(c, region, hunt);
	const bool low = hunt.low;
	uint64_t largest = 0;
	bool any = false;

	for (size_t i = 0; i < parts.n; i++) {
		struct range space = parts.items[i].range;
		struct candidate found = {.node = parts.items[i].node, .low = low};

		if (low ? !find_in_middle(c, region, space, &found)
			: !find_in(c, region, space, space.start, &found))
			continue;
		if (!node_affords(c, &found))
			continue;
		if (any && (low ? space.size <= largest : found.range.size >= best->range.size))
			continue;
		*best = found;
		largest = space.size;
		any = true;
	}
	free(parts.items);
	return any;
}

static void refuse_region(struct choosing *c, const struct layout_region *region)
{
	uint64_t needs = memmap_needs(region, &c->space, LOW_END), largest = 0;
	_cleanup_(freep) char *node = mem_printf(" in node %d", region->node);

	for (int low = 0; low < 2; low++) {
		struct parts_list parts = parts_of(c, region, (struct hunt){low, false});

		for (size_t i = 0; i < parts.n; i++)
			if (parts.items[i].range.size > largest)
				largest = parts.items[i].range.size;
		free(parts.items);
	}
	if (!needs)
		memmap_refuse(c, region->line,
			      "region \"%s\" has a size of nothing, or one that no memory has",
			      region->name);
	else
		memmap_refuse(
			c, region->line,
			"no place for region \"%s\": it needs %s for its namespaces, the "
			"largest free range%s is %s, and some of each node stays the system's",
			region->name, SIZE_EXACT(needs), region->node >= 0 ? node : "",
			SIZE_HUMAN(largest));
}

/* What is @found, even anew, may be what runs. */
static void settle(const struct choosing *c, struct memmap_range *chosen,
		   const struct candidate *found)
{
	size_t running = c->running[chosen->region - c->layout->regions];
	bool runs = running != NO_CARVEOUT &&
		    c->machine->carveouts[running].range.start == found->range.start &&
		    c->machine->carveouts[running].range.size == found->range.size;

	chosen->range = found->range;
	chosen->maps = found->maps;
	chosen->node = found->node;
	chosen->origin = runs ? MEMMAP_KEPT : MEMMAP_NEW;
	memmap_reason(chosen,
		      found->low ? "no room above 4GiB: in the middle of what is free below, %s"
				 : "the lowest free RAM above 4GiB, %s",
		      found->why);
}

static bool find_anywhere(const struct choosing *c, const struct layout_region *region, bool low,
			  struct candidate *found)
{
	for (size_t i = 0; i < ARRAY_SIZE(hunts); i++)
		if ((low || !hunts[i].low) && find_place(c, region, hunts[i], found))
			return true;
	return false;
}

/* Serves all regions, or none and returns the one that found no place. */
static const struct layout_region *place_all(struct choosing *c, struct attempt attempt)
{
	const struct layout_region *failed = NULL;
	size_t n = c->layout->n_regions;
	_cleanup_(freep) struct candidate *found = mem_calloc(n, sizeof(*found));

	for (size_t i = 0; i < n && !failed; i++) {
		size_t r = attempt.order ? attempt.order[i] : i;
		const struct layout_region *region = &c->layout->regions[r];

		if (c->ranges[r].range.size)
			continue;
		if (!find_anywhere(c, region, attempt.low, &found[r])) {
			failed = region;
			break;
		}
		c->ranges[r].range = found[r].range;
		c->ranges[r].maps = found[r].maps;
		c->ranges[r].node = found[r].node;
	}
	for (size_t r = 0; r < n; r++) {
		if (!found[r].range.size)
			continue;
		if (failed) {
			c->ranges[r].range = (struct range){0};
			c->ranges[r].maps = 0;
		} else {
			settle(c, &c->ranges[r], &found[r]);
		}
	}
	return failed;
}

bool memmap_place(struct choosing *c)
{
	_cleanup_(freep) size_t *demand = memmap_by_demand(c->layout, &c->space);
	const struct attempt attempts[] = {
		{NULL, false}, {demand, false}, {NULL, true}, {demand, true}};
	const struct layout_region *failed = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		failed = place_all(c, attempts[i]);
		if (!failed)
			return true;
	}
	refuse_region(c, failed);
	return false;
}
