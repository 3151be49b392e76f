// SPDX-License-Identifier: GPL-2.0-or-later
#include "bearers.h"

#include <string.h>

#include "mem.h"

static void add(struct bearers *b, const struct seen_region *region,
		const struct seen_namespace *seen)
{
	*MEM_APPEND(b->all, b->n) = (struct bearer){region, seen};
	index_add(&b->names, seen->name, strlen(seen->name));
	index_add(&b->uuids, seen->uuid, sizeof(uuid_t));
}

/* The last first, because an index finds what was added last first. */
void bearers_find(const struct machine *m, struct bearers *bearers)
{
	*bearers = (struct bearers){0};
	for (size_t i = m->n_regions; i-- > 0;)
		for (size_t j = m->regions[i].n_namespaces; j-- > 0;)
			add(bearers, &m->regions[i], &m->regions[i].namespaces[j]);
}

void bearers_release(struct bearers *bearers)
{
	free(bearers->all);
	index_release(&bearers->names);
	index_release(&bearers->uuids);
	*bearers = (struct bearers){0};
}

static size_t follow(const struct bearers *b, const struct index *index, const void *key, size_t n,
		     const struct bearer *last)
{
	return last ? index_next(index, (size_t)(last - b->all)) : index_first(index, key, n);
}

static const struct bearer *of_name(const struct bearers *b, const char *name,
				    const struct bearer *last)
{
	size_t i = follow(b, &b->names, name, strlen(name), last);

	while (i != INDEX_NONE && strcmp(b->all[i].seen->name, name) != 0)
		i = index_next(&b->names, i);
	return i == INDEX_NONE ? NULL : &b->all[i];
}

static bool has_uuid(const struct bearer *bearer, const uuid_t uuid)
{
	return bearer->seen->has_uuid && !uuid_compare(bearer->seen->uuid, uuid);
}

const struct bearer *bearers_of_uuid(const struct bearers *b, const uuid_t uuid,
				     const struct bearer *last)
{
	size_t i = follow(b, &b->uuids, uuid, sizeof(uuid_t), last);

	while (i != INDEX_NONE && !has_uuid(&b->all[i], uuid))
		i = index_next(&b->uuids, i);
	return i == INDEX_NONE ? NULL : &b->all[i];
}

/* First those of the name, then those of the UUID that have another name. */
const struct bearer *bearers_of(const struct bearers *b, const struct layout_namespace *ns,
				const struct bearer *last)
{
	if (!last || !strcmp(last->seen->name, ns->name)) {
		last = of_name(b, ns->name, last);
		if (last || !ns->uuid_declared)
			return last;
	}
	do
		last = bearers_of_uuid(b, ns->uuid, last);
	while (last && !strcmp(last->seen->name, ns->name));
	return last;
}
