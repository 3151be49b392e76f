// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges whose place is not chosen: those that run, and those with a declared address. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "memmap-match.h"
#include "memmap-parts.h"

/* Surplus below this is what rounding makes, or one step aside from a stale label. */
#define SURPLUS_MIN (2 * PLACE_ALIGN)

/* Which rule @r breaks as the range of @region, part of a sentence; NULL: none. */
static char *rule_broken(const struct choosing *c, const struct layout_region *region,
			 struct range r)
{
	const struct memmap_area *area = memmap_space_find(&c->space, r);

	if (!is_aligned(r.start, PAGE_BYTES) || !is_aligned(r.size, PAGE_BYTES))
		return mem_strdup("it does not start and end on a page boundary");
	if (r.size <= LABEL_AREA_SIZE + PAGE_BYTES)
		return mem_printf("%s is too small", SIZE_HUMAN(r.size));
	if (!area)
		return mem_strdup("it is not wholly inside one System RAM entry and one node, in "
				  "memory that cannot be unplugged");
	if (!memmap_area_serves(area, region->node))
		return mem_printf("it is memory of node %d", area->node);
	for (size_t i = 0; i < c->space.words.n_taken; i++)
		if (range_overlaps(c->space.words.taken[i], r))
			return mem_strdup("the kernel command line gives a part of it to "
					  "something else");
	for (size_t i = 0; i < c->layout->n_regions; i++)
		if (c->ranges[i].range.size && range_overlaps(c->ranges[i].range, r))
			return mem_printf("it overlaps the range of region \"%s\"",
					  c->layout->regions[i].name);
	return NULL;
}

/* Whether namespaces of @region were found in @running: then they have found their places. */
static bool is_inhabited(const struct choosing *c, const struct layout_region *region,
			 const struct seen_carveout *running)
{
	const struct seen_region *seen = machine_region_of(c->machine, running);

	for (size_t i = 0; seen && i < seen->n_namespaces; i++)
		for (size_t j = 0; j < region->n_namespaces; j++)
			if (namespace_is(&region->namespaces[j], &seen->namespaces[i]))
				return true;
	return false;
}

/* Why @running cannot stay @region's, or NULL. */
static char *not_kept(const struct choosing *c, const struct layout_region *region,
		      const struct seen_carveout *running, uint64_t *maps)
{
	uint64_t start = running->range.start;
	uint64_t needs = memmap_needs(region, &c->space, start);
	uint64_t usable = carveout_usable(running);

	*maps = 0;
	if (region->has_address && region->address != start)
		return mem_printf("the declared address is 0x%llx",
				  (unsigned long long)region->address);
	if (region->foreign)
		return rule_broken(c, region, running->range);
	if (!needs || usable < needs)
		return mem_printf("it offers %s, and %s is needed", SIZE_EXACT(usable),
				  SIZE_EXACT(needs));
	if (!memmap_holds(region, start, usable, maps) && !is_inhabited(c, region, running))
		return mem_strdup("not all namespaces find a place in it");
	return rule_broken(c, region, running->range);
}

static void warn_of_surplus(struct choosing *c, const struct layout_region *region,
			    const struct seen_carveout *running)
{
	uint64_t usable = carveout_usable(running);
	uint64_t needs = memmap_needs(region, &c->space, running->range.start);

	if (region->foreign || usable - needs < SURPLUS_MIN)
		return;
	memmap_warn(c, region->line,
		    "region \"%s\" keeps its running range at 0x%llx, %s more than it needs: "
		    "--fresh would choose anew and give up what is in it",
		    region->name, (unsigned long long)running->range.start,
		    SIZE_HUMAN(usable - needs));
}

static void warn_of_ceiling(struct choosing *c, const struct memmap_range *chosen)
{
	if (range_end(chosen->range) > memmap_ceiling(c))
		memmap_warn(c, chosen->region->line,
			    "region \"%s\" leaves less than 1GiB of the highest memory free, where "
			    "EFI may put the initial RAM disk",
			    chosen->region->name);
}

/* False if refused: a foreign range has no other place. */
static bool keep(struct choosing *c, size_t i, const struct seen_carveout *running)
{
	const struct layout_region *region = &c->layout->regions[i];
	struct memmap_range *chosen = &c->ranges[i];
	uint64_t maps;
	_cleanup_(freep) char *why = not_kept(c, region, running, &maps);

	if (why && region->foreign) {
		memmap_refuse(c, region->line, "the carveout of foreign region \"%s\": %s",
			      region->name, why);
		memmap_next(c, "correct the memmap= that makes it, or take the region out of the "
			       "layout");
		return false;
	}
	if (why) {
		memmap_reason(chosen, "the running range at 0x%llx is given up: %s",
			      (unsigned long long)running->range.start, why);
		memmap_warn(c, region->line,
			    "region \"%s\": its running range of %s at 0x%llx is given up, with "
			    "all that is in it: %s",
			    region->name, SIZE_EXACT(running->range.size),
			    (unsigned long long)running->range.start, why);
		return true;
	}
	chosen->range = running->range;
	chosen->maps = maps;
	chosen->origin = MEMMAP_KEPT;
	chosen->node = memmap_space_find(&c->space, running->range)->node;
	memmap_reason(chosen, "it runs now, and stays so that a warm reboot finds its data");
	warn_of_surplus(c, region, running);
	warn_of_ceiling(c, chosen);
	return true;
}

/* The range that @region's address and size make. False if refused. */
static bool pin(struct choosing *c, size_t i)
{
	const struct layout_region *region = &c->layout->regions[i];
	uint64_t needs = memmap_needs(region, &c->space, region->address);
	struct memmap_range *chosen = &c->ranges[i];
	struct range r = {region->address, memmap_size(needs)};
	_cleanup_(freep) char *why = NULL;

	if (region->foreign && region->size.kind == SIZE_SUM) {
		memmap_refuse(
			c, region->line,
			"foreign region \"%s\" has no running carveout at 0x%llx, so that its "
			"size is not known",
			region->name, (unsigned long long)region->address);
		memmap_next(c, "give the region its size in the layout");
		return false;
	}
	if (memmap_ends_as_running(c, region, r))
		r.size += PLACE_ALIGN;
	if (!needs)
		why = mem_strdup("it is larger than any machine's memory");
	else if (!is_aligned(r.start, PLACE_ALIGN))
		why = mem_strdup("its address is not a multiple of 2MiB");
	else
		why = rule_broken(c, region, r);
	if (!why && !memmap_holds(region, r.start, r.size - LABEL_AREA_SIZE, &chosen->maps))
		why = mem_strdup("not all namespaces find a place in its size");
	if (why) {
		memmap_refuse(c, region->line, "region \"%s\" cannot have %s at 0x%llx: %s",
			      region->name, SIZE_EXACT(r.size), (unsigned long long)r.start, why);
		memmap_next(c, region->foreign
				       ? "correct its address or size in the layout"
				       : "correct its address or size in the layout, or leave the "
					 "address out: then a place is chosen");
		return false;
	}
	chosen->range = r;
	chosen->origin = MEMMAP_PINNED;
	chosen->node = memmap_space_find(&c->space, r)->node;
	memmap_reason(chosen, "the layout declares its address");
	warn_of_ceiling(c, chosen);
	return true;
}

static size_t running_at(const struct machine *m, uint64_t start)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (m->carveouts[i].range.start == start)
			return i;
	return NO_CARVEOUT;
}

/* With --fresh only what the layout itself pins stays: foreign ranges, and others to the byte. */
static void match_fresh(const struct choosing *c, size_t *of_region)
{
	for (size_t i = 0; i < c->layout->n_regions; i++) {
		const struct layout_region *region = &c->layout->regions[i];
		size_t at =
			region->has_address ? running_at(c->machine, region->address) : NO_CARVEOUT;
		uint64_t needs = memmap_needs(region, &c->space, region->address);

		if (at != NO_CARVEOUT && !region->foreign &&
		    c->machine->carveouts[at].range.size != memmap_size(needs))
			at = NO_CARVEOUT;
		of_region[i] = at;
	}
}

static void note_unclaimed(struct choosing *c, const bool *claimed)
{
	for (size_t i = 0; i < c->machine->n_carveouts; i++) {
		struct range r = c->machine->carveouts[i].range;

		if (claimed[i])
			continue;
		memmap_warn(c, 0,
			    "the running carveout of %s at 0x%llx belongs to no region and is left "
			    "out: a region with its address and foreign = true would keep it",
			    SIZE_EXACT(r.size), (unsigned long long)r.start);
		*MEM_APPEND(c->unclaimed, c->n_unclaimed) = r;
	}
}

bool memmap_keep(struct choosing *c)
{
	const struct layout *layout = c->layout;
	_cleanup_(freep) size_t *kept = mem_calloc(layout->n_regions, sizeof(*kept));
	_cleanup_(freep) bool *claimed = mem_calloc(c->machine->n_carveouts, sizeof(*claimed));

	carveout_match(layout, c->machine, c->running);
	memmap_match(layout, c->machine, c->running);
	for (size_t i = 0; i < layout->n_regions; i++)
		kept[i] = c->running[i];
	if (c->options->fresh)
		match_fresh(c, kept);
	for (size_t i = 0; i < layout->n_regions; i++) {
		if (kept[i] == NO_CARVEOUT)
			continue;
		claimed[kept[i]] = true;
		if (!keep(c, i, &c->machine->carveouts[kept[i]]))
			return false;
	}
	if (!c->options->fresh)
		note_unclaimed(c, claimed);
	for (size_t i = 0; i < layout->n_regions; i++)
		if (layout->regions[i].has_address && !c->ranges[i].range.size && !pin(c, i))
			return false;
	return true;
}
