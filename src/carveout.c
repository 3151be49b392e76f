// SPDX-License-Identifier: GPL-2.0-or-later
#include "carveout.h"

#include <string.h>

#include "mem.h"
#include "memmap-match.h"
#include "request.h"

bool namespace_is_scaffold(const struct seen_namespace *seen)
{
	return !strncmp(seen->name, SCAFFOLD_PREFIX, strlen(SCAFFOLD_PREFIX));
}

bool namespace_is(const struct layout_namespace *ns, const struct seen_namespace *seen)
{
	return !strcmp(ns->name, seen->name) ||
	       (ns->uuid_declared && seen->has_uuid && !uuid_compare(ns->uuid, seen->uuid));
}

bool region_is_foreign(const struct layout *layout, const struct seen_region *seen)
{
	for (size_t i = 0; i < layout->n_regions; i++)
		if (layout->regions[i].foreign && layout->regions[i].address == seen->range.start)
			return true;
	return false;
}

const struct layout_namespace *layout_of_uuid(const struct layout *layout,
					      const struct seen_namespace *seen)
{
	for (size_t r = 0; r < layout->n_regions; r++)
		for (size_t i = 0; i < layout->regions[r].n_namespaces; i++) {
			const struct layout_namespace *ns = &layout->regions[r].namespaces[i];

			if (ns->uuid_declared && seen->has_uuid &&
			    !uuid_compare(ns->uuid, seen->uuid))
				return ns;
		}
	return NULL;
}

uint64_t region_needs(const struct layout_region *region, uint64_t start)
{
	struct place_request *requests;
	uint64_t sum;

	if (region->size.kind == SIZE_BYTES)
		return align_up(region->size.bytes, PLACE_ALIGN);
	if (region->size.kind == SIZE_PERCENT)
		return 0;
	requests = requests_of(region, 0);
	sum = place_extent(start, requests, region->n_namespaces);
	free(requests);
	return align_up(sum, PLACE_ALIGN);
}

uint64_t carveout_usable(const struct seen_carveout *c)
{
	if (c->range.size < LABEL_AREA_SIZE + PAGE_BYTES)
		return 0;
	return align_down(c->range.size - LABEL_AREA_SIZE, PAGE_BYTES);
}

/* Whether all maps of the firmware that there are show @r as RAM. */
static char *not_ram(const struct machine *m, struct range r)
{
	if (!m->has_firmware_map && !m->has_e820)
		return mem_strdup(
			"the firmware's memory map cannot be read, so nothing proves that "
			"there is RAM");
	if (m->has_firmware_map && !ranges_hold(m->firmware_ram, m->n_firmware_ram, r))
		return mem_strdup(
			"it is not wholly inside System RAM of the firmware's memory map");
	if (m->has_e820 && !ranges_hold(m->e820_ram, m->n_e820_ram, r))
		return mem_strdup("it is not wholly inside RAM of the boot loader's e820 table");
	return NULL;
}

char *carveout_refusal(const struct machine *m, const struct seen_carveout *c)
{
	struct range r = c->range;

	if (m->guest)
		return mem_printf(
			"this is a %s guest, where a carveout's memory is not the guest's own",
			m->guest);
	if (!is_aligned(r.start, PAGE_BYTES) || !is_aligned(r.size, PAGE_BYTES))
		return mem_strdup("it does not start and end on a page boundary");
	if (r.size <= LABEL_AREA_SIZE + PAGE_BYTES)
		return mem_printf("%s is too small: the label area takes %s and a page must follow",
				  SIZE_HUMAN(r.size), SIZE_HUMAN(LABEL_AREA_SIZE));
	for (size_t i = 0; i < m->n_system_ram; i++)
		if (range_overlaps(m->system_ram[i], r))
			return mem_strdup("the kernel uses part of it as System RAM");
	/* A range that the device tree keeps from the system is in no memory map: that it is none
	 * of the system's is all there is to be seen. */
	if (m->devices[c->device].devicetree)
		return c->nomap
			       ? mem_strdup(
					 "it is reserved (no-map) inside /memory, where the kernel "
					 "cannot map it")
			       : NULL;
	return not_ram(m, r);
}

/* A guest's memory is the host's affair, a device tree the firmware's. */
const char *carveout_remedy(const struct machine *m, const struct seen_carveout *c)
{
	if (m->guest)
		return REMEDY_GUEST;
	if (m->devices[c->device].devicetree)
		return "correct its reserved memory in the device tree";
	if (!m->has_firmware_map && !m->has_e820)
		return REMEDY_MAPLESS;
	return "\"ramdax update-bootloader\" chooses a safe place, for the next boot";
}

/* The state of matching: who has been given to whom. */
struct match {
	const struct layout *layout;
	const struct machine *machine;
	size_t *of_region;
	bool *taken; /* per carveout */
};

static void give(struct match *match, size_t region, size_t carveout)
{
	match->of_region[region] = carveout;
	match->taken[carveout] = true;
}

bool region_declares(const struct layout_region *region, const struct seen_namespace *seen)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		if (namespace_is(&region->namespaces[i], seen))
			return true;
	return false;
}

static bool declares_any(const struct layout_region *region, const struct seen_namespace *seen,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (region_declares(region, &seen[i]))
			return true;
	return false;
}

static bool by_labels(const struct match *match, const struct layout_region *region,
		      const struct seen_carveout *c)
{
	const struct seen_region *seen = machine_region_of(match->machine, c);

	return seen && !region->foreign &&
	       declares_any(region, seen->namespaces, seen->n_namespaces);
}

/* Where the kernel has not the labels up. Those that only lack their index may be old, and less
 * than an address. */
static bool by_traces(const struct match *match, const struct layout_region *region,
		      const struct seen_carveout *c)
{
	const struct seen_region *seen = machine_region_of(match->machine, c);

	return seen && !region->foreign && !(region->has_address && seen->labels == LABELS_LOST) &&
	       declares_any(region, seen->traces, seen->n_traces);
}

static bool by_address(const struct match *match, const struct layout_region *region,
		       const struct seen_carveout *c)
{
	(void)match;
	return region->has_address && region->address == c->range.start;
}

/* Whatever its labels say: nothing is ever written there. */
static bool by_foreign_address(const struct match *match, const struct layout_region *region,
			       const struct seen_carveout *c)
{
	return region->foreign && by_address(match, region, c);
}

static bool node_fits(const struct layout_region *region, const struct seen_carveout *c)
{
	return region->node < 0 || c->node < 0 || region->node == c->node;
}

static bool by_size(const struct match *match, const struct layout_region *region,
		    const struct seen_carveout *c)
{
	uint64_t needs = region_needs(region, c->range.start);

	(void)match;
	if (region->has_address || region->foreign || !needs || !node_fits(region, c))
		return false;
	return c->range.size == needs + LABEL_AREA_SIZE ||
	       c->range.size == align_up(needs + LABEL_AREA_SIZE, PLACE_ALIGN);
}

static bool by_node_and_size(const struct match *match, const struct layout_region *region,
			     const struct seen_carveout *c)
{
	return region->node >= 0 && by_size(match, region, c);
}

static bool by_fitting(const struct match *match, const struct layout_region *region,
		       const struct seen_carveout *c)
{
	(void)match;
	return !region->has_address && !region->foreign && node_fits(region, c) &&
	       region_needs(region, c->range.start) <= carveout_usable(c);
}

/* The regions by name, so that the order of the file plays no part. */
static size_t *regions_by_name(const struct layout *layout)
{
	size_t *order = mem_calloc(layout->n_regions, sizeof(*order));

	for (size_t i = 0; i < layout->n_regions; i++) {
		size_t j = i;

		for (; j > 0 &&
		       strcmp(layout->regions[order[j - 1]].name, layout->regions[i].name) > 0;
		     j--)
			order[j] = order[j - 1];
		order[j] = i;
	}
	return order;
}

/* Gives every region without a carveout the first free one that @fits. */
static void match_by(struct match *match, const size_t *order,
		     bool (*fits)(const struct match *, const struct layout_region *,
				  const struct seen_carveout *))
{
	for (size_t i = 0; i < match->layout->n_regions; i++) {
		size_t r = order[i];

		for (size_t c = 0; c < match->machine->n_carveouts; c++) {
			if (match->of_region[r] != NO_CARVEOUT)
				break;
			if (!match->taken[c] &&
			    fits(match, &match->layout->regions[r], &match->machine->carveouts[c]))
				give(match, r, c);
		}
	}
}

/* The only region without a carveout that @node admits (-1: any); NO_CARVEOUT if there are more. */
static size_t region_left(const struct match *match, int node)
{
	size_t found = NO_CARVEOUT;

	for (size_t i = 0; i < match->layout->n_regions; i++) {
		if (match->of_region[i] != NO_CARVEOUT ||
		    (node >= 0 && match->layout->regions[i].node != node))
			continue;
		if (found != NO_CARVEOUT)
			return NO_CARVEOUT;
		found = i;
	}
	return found;
}

/* The same for carveouts. A fragment that holds nothing is nobody's and does not count. */
static size_t carveout_left(const struct match *match, int node)
{
	size_t found = NO_CARVEOUT;

	for (size_t i = 0; i < match->machine->n_carveouts; i++) {
		const struct seen_carveout *c = &match->machine->carveouts[i];

		if (match->taken[i] || !carveout_usable(c) || (node >= 0 && c->node != node))
			continue;
		if (found != NO_CARVEOUT)
			return NO_CARVEOUT;
		found = i;
	}
	return found;
}

/* The one left to the one left, of a node or of all. */
static void match_last(struct match *match, int node)
{
	size_t region = region_left(match, node), carveout = carveout_left(match, node);

	if (region != NO_CARVEOUT && carveout != NO_CARVEOUT &&
	    by_fitting(match, &match->layout->regions[region],
		       &match->machine->carveouts[carveout]))
		give(match, region, carveout);
}

/* What only the size of RAM tells apart, and what is larger than needed. */
static void match_rest(struct match *match)
{
	memmap_match(match->layout, match->machine, match->of_region);
	for (size_t i = 0; i < match->layout->n_regions; i++)
		if (match->of_region[i] != NO_CARVEOUT)
			match->taken[match->of_region[i]] = true;
}

void carveout_match(const struct layout *layout, const struct machine *m, size_t *of_region)
{
	_cleanup_(freep) bool *taken = mem_calloc(m->n_carveouts, sizeof(*taken));
	_cleanup_(freep) size_t *order = regions_by_name(layout);
	struct match match = {layout, m, of_region, taken};

	for (size_t i = 0; i < layout->n_regions; i++)
		of_region[i] = NO_CARVEOUT;
	match_by(&match, order, by_foreign_address);
	match_by(&match, order, by_labels);
	match_by(&match, order, by_traces);
	match_by(&match, order, by_address);
	match_by(&match, order, by_node_and_size);
	match_by(&match, order, by_size);
	match_rest(&match);
	for (size_t i = 0; i < layout->n_regions; i++)
		if (layout->regions[i].node >= 0)
			match_last(&match, layout->regions[i].node);
	match_last(&match, -1);
}
