// SPDX-License-Identifier: GPL-2.0-or-later
/* A place for the regions that are free to lie anywhere. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "memmap-match.h"
#include "memmap-parts.h"
#include "memmap-start.h"

#define LOW_END (4 * GIB)

struct candidate {
	struct memmap_start at;
	int node;
	int where; /* of the hunt */
};

/* Where to look, best first: running carveouts of nobody are spared while there is other room. */
struct hunt {
	enum {
		UNUSED,
		HIGH,
		LOW
	} where; /* behind a limit of the system's; above or below 4 GiB */
	bool spare_unclaimed;
};
static const struct hunt hunts[] = {{UNUSED, true}, {UNUSED, false}, {HIGH, true},
				    {HIGH, false},  {LOW, true},     {LOW, false}};

/* One try to serve all regions. */
struct attempt {
	const size_t *order; /* NULL: that of the file */
	bool low;            /* below 4 GiB, too */
};

/* What a new range must not touch. The caller frees the list. */
static size_t obstacles_of(const struct choosing *c, bool spare_unclaimed, struct range **obstacles)
{
	struct range *list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < c->layout->n_regions; i++)
		if (c->ranges[i].range.size)
			*MEM_APPEND(list, n) = c->ranges[i].range;
	for (size_t i = 0; i < c->space.words.n_taken; i++)
		*MEM_APPEND(list, n) = c->space.words.taken[i];
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
	uint64_t limit = c->space.words.limit > LOW_END ? c->space.words.limit : LOW_END;
	uint64_t from = hunt.where == LOW ? 0 : hunt.where == HIGH ? LOW_END : limit;
	uint64_t to = hunt.where == LOW ? LOW_END : memmap_ceiling(c);
	struct parts_list list = {0};

	for (size_t i = 0; i < c->space.n_areas; i++)
		if (memmap_area_serves(&c->space.areas[i], region->node))
			add_parts(&list, &c->space.areas[i], from, to, obstacles, n);
	return list;
}

static bool node_affords(const struct choosing *c, const struct candidate *found)
{
	uint64_t ram = memmap_space_ram(&c->space, found->node);
	uint64_t taken = memmap_node_taken(c, found->node) + memmap_node_reserve(c, found->node);
	uint64_t more = memmap_system_part(&c->space, found->at.range) + found->at.maps;

	return more == 0 || (taken <= ram && more <= ram - taken);
}

/* Above 4 GiB: the least that is lost, then the lowest. Below: the largest part, its middle. */
static bool find_place(const struct choosing *c, const struct layout_region *region,
		       struct hunt hunt, struct candidate *best)
{
	struct parts_list parts = parts_of(c, region, hunt);
	const bool low = hunt.where == LOW;
	uint64_t largest = 0;
	bool any = false;

	for (size_t i = 0; i < parts.n; i++) {
		struct range space = parts.items[i].range;
		struct candidate found = {.node = parts.items[i].node, .where = hunt.where};

		if (low ? !memmap_start_in_middle(c, region, space, &found.at)
			: !memmap_start_in(c, region, space, &found.at))
			continue;
		if (!node_affords(c, &found))
			continue;
		if (any &&
		    (low ? space.size <= largest : found.at.range.size >= best->at.range.size))
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

	for (size_t h = 0; h < ARRAY_SIZE(hunts); h++) {
		struct parts_list parts = parts_of(c, region, hunts[h]);

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
	memmap_next(c, needs ? "ask for less, or for several smaller regions, in the layout"
			     : "correct its size in the layout");
}

/* What is @found, even anew, may be what runs. */
static void settle(const struct choosing *c, struct memmap_range *chosen,
		   const struct candidate *found)
{
	static const char *const places[] = {
		[UNUSED] = "the lowest free RAM behind the limit of what the system uses",
		[HIGH] = "the lowest free RAM above 4GiB",
		[LOW] = "no room above 4GiB: in the middle of what is free below",
	};
	size_t running = c->running[chosen->region - c->layout->regions];
	bool runs = running != NO_CARVEOUT &&
		    c->machine->carveouts[running].range.start == found->at.range.start &&
		    c->machine->carveouts[running].range.size == found->at.range.size;

	chosen->range = found->at.range;
	chosen->maps = found->at.maps;
	chosen->node = found->node;
	chosen->origin = runs ? MEMMAP_KEPT : MEMMAP_NEW;
	memmap_reason(chosen, "%s, %s", places[found->where], found->at.why);
}

static bool find_anywhere(const struct choosing *c, const struct layout_region *region, bool low,
			  struct candidate *found)
{
	for (size_t i = 0; i < ARRAY_SIZE(hunts); i++)
		if ((low || hunts[i].where != LOW) && find_place(c, region, hunts[i], found))
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
		c->ranges[r].range = found[r].at.range;
		c->ranges[r].maps = found[r].at.maps;
		c->ranges[r].node = found[r].node;
	}
	for (size_t r = 0; r < n; r++) {
		if (!found[r].at.range.size)
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
