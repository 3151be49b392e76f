/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which region and which namespace of the machine is the one that the layout declares.
 */
#ifndef RAMDAX_VERIFY_MATCH_H
#define RAMDAX_VERIFY_MATCH_H

#include "found.h"

/*
 * For each region of @layout the one that is it, or NULL, in an array that the caller frees: by
 * address; else by the names of namespaces in it; else one without namespaces that would do. Sets
 * found_region.claimed.
 */
struct found_region **match_regions(const struct layout *layout, struct found *found);

/*
 * The namespace of that name, or of the declared uuid, that nothing claimed yet: in @region, or
 * else in any region that no other of the layout has claimed. NULL if there is none. Sets
 * found_namespace.claimed, and *@in to the region it is in.
 */
struct found_namespace *match_namespace(const struct layout_namespace *ns, struct found *found,
					struct found_region *region, struct found_region **in);

#endif
