/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which carveout is safe to bind, and which region of the layout it belongs to. Pure.
 */
#ifndef RAMDAX_CARVEOUT_H
#define RAMDAX_CARVEOUT_H

#include "layout.h"
#include "machine.h"

/* What a region's namespaces need when the first may start at the physical address @start: the
 * declared size, or the sum; without the label area. 0 if a share of RAM was declared (anything
 * will do) or the sum exceeds what any machine has. */
uint64_t region_needs(const struct layout_region *region, uint64_t start);

/* Bytes for namespaces in @c: without label area, in whole pages. 0 if there is no room. */
uint64_t carveout_usable(const struct seen_carveout *c);

/*
 * Why @c must not be bound, a sentence part the caller frees ("64 KiB is too small ..."), or NULL
 * if it is safe. A carveout that is bound to RAMDAX already passes no judgement: see the plan.
 */
char *carveout_refusal(const struct machine *m, const struct seen_carveout *c);

/* What somebody can do about that refusal. */
const char *carveout_remedy(const struct machine *m, const struct seen_carveout *c);

/* The same where no carveout is safe, whichever it is. */
#define REMEDY_GUEST   "make namespaces on the host, and give the guest what is made there"
#define REMEDY_MAPLESS "boot a kernel that shows that map (CONFIG_FIRMWARE_MEMMAP)"

#define NO_CARVEOUT SIZE_MAX

/*
 * Matches regions to carveouts: foreign ones by address, the others by the labels found in them,
 * also where the kernel has not taken them up, by address, by node and exact size (those that name
 * a node first), what only the size of RAM tells apart or is larger than needed, then the one left
 * to the one left, on its node or of all. The order of the file plays no part.
 * @of_region[i] becomes the index of the carveout of region i, or NO_CARVEOUT.
 */
void carveout_match(const struct layout *layout, const struct machine *m, size_t *of_region);

/* Whether the namespace @seen is the declared @ns, by name or declared UUID, or its scaffold; or
 * that of any of @region. */
bool namespace_is(const struct layout_namespace *ns, const struct seen_namespace *seen);
bool region_declares(const struct layout_region *region, const struct seen_namespace *seen);
bool namespace_is_scaffold(const struct seen_namespace *seen);

/* The one that declares the UUID of @seen, whose it is whatever name it bears; or NULL. */
const struct layout_namespace *layout_of_uuid(const struct layout *layout,
					      const struct seen_namespace *seen);

/* Whether @seen is of a carveout that the layout declares somebody else's. */
bool region_is_foreign(const struct layout *layout, const struct seen_region *seen);

#endif
