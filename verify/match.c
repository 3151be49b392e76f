// SPDX-License-Identifier: GPL-2.0-or-later
#include "match.h"

#include <string.h>

#include "mem.h"

static struct found_region *by_address(struct found *found, uint64_t address)
{
	for (size_t i = 0; i < found->n_regions; i++)
		if (found->regions[i].start == address && !found->regions[i].claimed)
			return &found->regions[i];
	return NULL;
}

static struct found_namespace *by_name(struct found_region *region, const char *name)
{
	for (size_t i = 0; i < region->n_namespaces; i++) {
		struct found_namespace *ns = &region->namespaces[i];

		if (!ns->claimed && !strcmp(ns->name, name))
			return ns;
	}
	return NULL;
}

static struct found_namespace *by_uuid(struct found_region *region, const uuid_t uuid)
{
	for (size_t i = 0; i < region->n_namespaces; i++) {
		struct found_namespace *ns = &region->namespaces[i];

		if (!ns->claimed && ns->has_uuid && !uuid_compare(ns->uuid, uuid))
			return ns;
	}
	return NULL;
}

static struct found_namespace *find_in(struct found_region *region,
				       const struct layout_namespace *ns)
{
	struct found_namespace *it = by_name(region, ns->name);

	return it || !ns->uuid_declared ? it : by_uuid(region, ns->uuid);
}

/* The one that holds most of what is declared in @declared. */
static struct found_region *by_contents(struct found *found, const struct layout_region *declared)
{
	struct found_region *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < found->n_regions; i++) {
		struct found_region *region = &found->regions[i];
		size_t n = 0;

		if (region->claimed)
			continue;
		for (size_t k = 0; k < declared->n_namespaces; k++)
			n += find_in(region, &declared->namespaces[k]) != NULL;
		if (n > most) {
			most = n;
			best = region;
		}
	}
	return best;
}

static struct found_region *by_room(struct found *found, const struct layout_region *declared)
{
	for (size_t i = 0; i < found->n_regions; i++) {
		struct found_region *region = &found->regions[i];

		if (region->claimed || region->n_namespaces ||
		    (declared->node >= 0 && declared->node != region->node) ||
		    (declared->size.kind == SIZE_BYTES && region->usable < declared->size.bytes))
			continue;
		return region;
	}
	return NULL;
}

static void claim(struct found_region **slot, struct found_region *region)
{
	*slot = region;
	if (region)
		region->claimed = true;
}

struct found_region **match_regions(const struct layout *layout, struct found *found)
{
	struct found_region **of = mem_calloc(layout->n_regions + 1, sizeof(struct found_region *));

	for (size_t i = 0; i < layout->n_regions; i++)
		if (layout->regions[i].has_address)
			claim(&of[i], by_address(found, layout->regions[i].address));
	for (size_t i = 0; i < layout->n_regions; i++)
		if (!of[i])
			claim(&of[i], by_contents(found, &layout->regions[i]));
	for (size_t i = 0; i < layout->n_regions; i++)
		if (!of[i] && !layout->regions[i].has_address)
			claim(&of[i], by_room(found, &layout->regions[i]));
	return of;
}

struct found_namespace *match_namespace(const struct layout_namespace *ns, struct found *found,
					struct found_region *region, struct found_region **in)
{
	struct found_namespace *it = region ? find_in(region, ns) : NULL;

	*in = region;
	for (size_t i = 0; i < found->n_regions && !it; i++) {
		if (found->regions[i].claimed)
			continue;
		*in = &found->regions[i];
		it = find_in(*in, ns);
	}
	if (it)
		it->claimed = true;
	return it;
}
