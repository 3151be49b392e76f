// SPDX-License-Identifier: GPL-2.0-or-later
#include "carveout.h"
#include "mem.h"
#include "place.h"
#include "report-rows.h"

const char *report_state_name(enum report_state state)
{
	static const char *const names[] = {
		[STATE_CREATED] = "created", [STATE_ADOPTED] = "adopted",
		[STATE_ABSENT] = "absent",   [STATE_CONFLICT] = "conflict",
		[STATE_FOREIGN] = "foreign", [STATE_DAMAGED] = "damaged",
		[STATE_FAILED] = "failed",   [STATE_DEFERRED] = "deferred",
	};

	return names[state];
}

const char *row_device(const struct row_namespace *row)
{
	if (!row->seen)
		return NULL;
	return row->seen->chardev ? row->seen->chardev : row->seen->block;
}

struct place row_place(const struct row_namespace *row)
{
	const struct seen_namespace *seen = row->seen;
	struct place place = {0};
	struct shape shape;

	if (!seen) {
		if (row->planned)
			place = (struct place){row->planned->where, row->planned->parts};
		return place;
	}
	place.where = (struct range){seen->start, seen->raw};
	if (!seen->enabled)
		return place;
	shape = shape_found(seen);
	capacity_parts(&shape, seen->start, seen->raw, &place.parts);
	place.parts.capacity = seen->capacity;
	return place;
}

const struct seen_device *row_platform_device(const struct row_region *row,
					      const struct machine *machine)
{
	if (!row->carveout || row->carveout->device >= machine->n_devices)
		return NULL;
	return &machine->devices[row->carveout->device];
}

uint64_t row_usable(const struct row_region *row)
{
	if (row->seen)
		return row->seen->usable;
	return row->carveout ? carveout_usable(row->carveout) : 0;
}

bool row_free(const struct row_region *row, uint64_t *bytes)
{
	_cleanup_(freep) struct range *used = NULL, *left = NULL;
	size_t n = 0, n_left;

	if (!row->seen || !row->seen->enabled)
		return false;
	for (size_t i = 0; i < row->seen->n_namespaces; i++)
		*MEM_APPEND(used, n) = (struct range){row->seen->namespaces[i].start,
						      row->seen->namespaces[i].raw};
	n_left = place_free((struct range){row->seen->range.start, row->seen->usable}, used, n,
			    &left);
	*bytes = 0;
	for (size_t i = 0; i < n_left; i++)
		*bytes += left[i].size;
	return true;
}
