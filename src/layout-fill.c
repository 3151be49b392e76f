// SPDX-License-Identifier: GPL-2.0-or-later
/* count = "fill": how many namespaces there is room for. */
#include "capacity.h"
#include "layout-parse.h"

/* What one of them takes at most, wherever it is put: one that is aligned to 1 GiB may have to
 * leave almost as much before its data. */
static uint64_t most_raw(const struct layout_namespace *ns)
{
	struct shape shape = shape_of(ns);
	uint64_t raw = 0;

	if (ns->size.kind == SIZE_RAW)
		return ns->size.bytes;
	/* Cannot fail: no size is above SIZE_LIMIT. */
	capacity_raw(&shape, 0, align_up(ns->size.bytes, shape.align ? shape.align : 1), &raw);
	return raw;
}

/* False after a fault at what makes the number unknown. */
static bool can_fill(struct fault_list *faults, const struct layout_files *files,
		     const struct region_draft *rd, const struct namespace_draft *d)
{
	const struct toml *v = d->from.at[NS_COUNT];

	for (size_t i = 0; i < rd->n_drafts; i++) {
		const struct namespace_draft *other = rd->drafts[i];
		_cleanup_(freep) char *line = line_shown(files, other->ns.line);

		if (other == d || (!draft_fills(other) && other->ns.size.kind != SIZE_REST))
			continue;
		FAULT_VALUE(faults, v, "the namespace in %s already takes the rest", line);
		return false;
	}
	if (rd->region.size.kind != SIZE_BYTES && is_clear(&rd->from, REGION_SIZE))
		FAULT_VALUE(faults, v, "\"fill\" needs the \"size\" of its region, in bytes");
	else if (d->ns.size.kind != SIZE_BYTES && d->ns.size.kind != SIZE_RAW)
		FAULT_VALUE(faults, v, "\"fill\" needs a size in bytes");
	else
		return rd->region.size.kind == SIZE_BYTES && is_shaped(d) &&
		       is_clear(&d->from, NS_SIZE) && is_clear(&d->from, NS_RAW_SIZE) &&
		       d->ns.size.bytes;
	return false;
}

/* How many there is room for beside the others. */
static uint64_t room_for(const struct region_draft *rd, const struct namespace_draft *d)
{
	uint64_t size = rd->region.size.bytes, others = 0, slots = REGION_NAMESPACES_MAX, n;

	for (size_t i = 0; i < rd->n_drafts; i++) {
		const struct namespace_draft *other = rd->drafts[i];
		unsigned copies = draft_copies(other);

		if (other == d)
			continue;
		others += draft_taken(other, size) * copies;
		slots -= copies < slots ? copies : slots;
	}
	n = others < size ? (size - others) / most_raw(&d->ns) : 0;
	return n < slots ? n : slots;
}

void region_fill(struct fault_list *faults, const struct layout_files *files,
		 struct region_draft *rd)
{
	for (size_t i = 0; i < rd->n_drafts; i++) {
		struct namespace_draft *d = rd->drafts[i];
		uint64_t n = 0;

		if (!draft_fills(d))
			continue;
		if (can_fill(faults, files, rd, d)) {
			n = room_for(rd, d);
			if (!n)
				FAULT_VALUE(faults, d->from.at[NS_COUNT],
					    "there is no room for one of them: wherever it is put, "
					    "it takes up to %s",
					    SIZE_EXACT(most_raw(&d->ns)));
		}
		d->count = n ? (unsigned)n : 1;
		if (!n)
			d->from.unclear |= 1U << NS_COUNT;
	}
}
