/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which namespaces of a machine bear a name or a UUID, in whatever region.
 */
#ifndef RAMDAX_BEARERS_H
#define RAMDAX_BEARERS_H

#include "index.h"
#include "layout.h"
#include "machine.h"

/* A namespace that is there, and where. */
struct bearer {
	const struct seen_region *region;
	const struct seen_namespace *seen;
};

struct bearers {
	struct bearer *all;
	size_t n;
	struct index names, uuids;
};

void bearers_find(const struct machine *m, struct bearers *bearers);
void bearers_release(struct bearers *bearers);

/* Those that are @ns (namespace_is(), carveout.h), by name first, in the order in which they were
 * seen: the next one after @last, the first if that is NULL; NULL if there is none. */
const struct bearer *bearers_of(const struct bearers *bearers, const struct layout_namespace *ns,
				const struct bearer *last);

/* Those that have @uuid, in the same way. */
const struct bearer *bearers_of_uuid(const struct bearers *bearers, const uuid_t uuid,
				     const struct bearer *last);

#endif
