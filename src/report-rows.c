// SPDX-License-Identifier: GPL-2.0-or-later
#include "report-rows.h"

#include <string.h>

#include "boot-record.h"
#include "carveout.h"
#include "mem.h"
#include "place.h"

#define RAMDAX_DRIVER "ramdax"

/* What everything is judged by. */
struct sources {
	const struct machine *machine;
	const struct plan *plan;
	const struct outcome *outcome;
	const struct boot_record *record;
};

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

struct shape seen_shape(const struct seen_namespace *seen)
{
	return (struct shape){
		.mode = seen->mode,
		.align = seen->align,
		.map = seen->map,
		.sector_size = seen->sector_size,
	};
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

static size_t n_planned(const struct sources *from)
{
	return from->plan ? from->plan->layout->n_regions : 0;
}

static bool is_damaged(const struct sources *from, const struct seen_namespace *seen)
{
	const struct range where = {seen->start, seen->raw};

	return seen->fs.state == SEEN_DAMAGED ||
	       (from->machine->initrd.size && range_overlaps(from->machine->initrd, where));
}

/* This run is not over for @ns: a step for it was there to be done, and was not tried. */
static bool is_deferred(const struct sources *from, const struct layout_namespace *ns)
{
	for (size_t i = 0; from->outcome && i < from->plan->n_steps; i++) {
		const struct step *step = &from->plan->steps[i];

		if (step->ns == ns && !step->conditional)
			return true;
	}
	return false;
}

static enum report_state state_of_present(const struct sources *from, const char *name,
					  const struct seen_namespace *seen)
{
	if ((from->outcome && outcome_created(from->outcome, name)) ||
	    boot_record_state(from->record, name, seen) == RECORD_CREATED)
		return STATE_CREATED;
	return STATE_ADOPTED;
}

static enum report_state planned_state(const struct sources *from, const struct plan_namespace *p)
{
	switch (p->verdict) {
	case VERDICT_ADOPTED:
		return state_of_present(from, p->ns->name, p->seen);
	case VERDICT_UNFINISHED:
		return STATE_DEFERRED;
	case VERDICT_ABSENT:
		return is_deferred(from, p->ns) ? STATE_DEFERRED : STATE_ABSENT;
	case VERDICT_CONFLICT:
		return p->seen && is_damaged(from, p->seen) ? STATE_DAMAGED : STATE_CONFLICT;
	case VERDICT_NO_ROOM:
	case VERDICT_BLOCKED:
		return STATE_ABSENT;
	}
	return STATE_ABSENT;
}

static void add_planned(const struct sources *from, struct row_region *region,
			const struct plan_namespace *p)
{
	struct row_namespace *row = MEM_APPEND(region->namespaces, region->n_namespaces);
	const struct done_step *failure =
		from->outcome ? outcome_failure(from->outcome, p->ns->name) : NULL;

	*row = (struct row_namespace){
		.name = p->ns->name,
		.planned = p,
		.seen = p->seen,
		.state = planned_state(from, p),
		.reason = p->reason,
	};
	if (p->verdict != VERDICT_ADOPTED && failure) {
		row->state = STATE_FAILED;
		row->reason = failure->why;
	}
}

/* One that is there and that no region of the layout, if there is one, names. */
static void add_seen(const struct sources *from, struct row_region *region,
		     const struct seen_namespace *seen)
{
	struct row_namespace *row = MEM_APPEND(region->namespaces, region->n_namespaces);

	*row = (struct row_namespace){
		.name = seen->name ? seen->name : "",
		.seen = seen,
		.state = STATE_FOREIGN,
	};
	if (namespace_is_scaffold(seen)) {
		row->state = STATE_DEFERRED;
		row->reason = "unfinished: the next apply removes it";
		return;
	}
	if (is_damaged(from, seen))
		row->state = STATE_DAMAGED;
	if (from->plan)
		row->reason = "not in the layout";
	else if (boot_record_state(from->record, row->name, seen) == RECORD_CREATED)
		row->state = STATE_CREATED;
	else if (boot_record_state(from->record, row->name, seen) == RECORD_ADOPTED)
		row->state = STATE_ADOPTED;
}

static bool is_planned(const struct plan_region *p, const struct seen_namespace *seen)
{
	for (size_t i = 0; p && i < p->region->n_namespaces; i++)
		if (p->namespaces[i].seen == seen)
			return true;
	return false;
}

static void add_namespaces(const struct sources *from, struct row_region *row)
{
	for (size_t i = 0; row->planned && i < row->planned->region->n_namespaces; i++)
		add_planned(from, row, &row->planned->namespaces[i]);
	for (size_t i = 0; row->seen && i < row->seen->n_namespaces; i++)
		if (!is_planned(row->planned, &row->seen->namespaces[i]))
			add_seen(from, row, &row->seen->namespaces[i]);
}

/* Whether its contents are of this boot: something was made in it, and nothing was there. */
static bool all_created(const struct row_region *row)
{
	size_t n_created = 0;

	for (size_t i = 0; i < row->n_namespaces; i++) {
		n_created += row->namespaces[i].state == STATE_CREATED;
		if (row->namespaces[i].seen && row->namespaces[i].state != STATE_CREATED)
			return false;
	}
	return n_created > 0;
}

static enum report_state refused_state(const struct seen_device *d)
{
	if (!d || !d->driver)
		return STATE_ABSENT;
	return strcmp(d->driver, RAMDAX_DRIVER) != 0 ? STATE_CONFLICT : STATE_FAILED;
}

static enum report_state region_state(const struct sources *from, const struct row_region *row)
{
	const struct plan_region *p = row->planned;

	if (!p || p->region->foreign)
		return STATE_FOREIGN;
	switch (p->state) {
	case REGION_ABSENT:
		return STATE_ABSENT;
	case REGION_REFUSED:
		return refused_state(row_platform_device(row, from->machine));
	case REGION_UNBOUND:
		return from->outcome ? STATE_DEFERRED : STATE_ABSENT;
	case REGION_READY:
		return all_created(row) ? STATE_CREATED : STATE_ADOPTED;
	case REGION_DOWN:
		return STATE_CONFLICT;
	}
	return STATE_ABSENT;
}

static const char *region_reason(const struct plan_region *p)
{
	if (!p)
		return NULL;
	if (!p->reason && p->state == REGION_UNBOUND)
		return "not bound to ramdax yet";
	return p->reason;
}

static void add_region(struct rows *rows, const struct sources *from, const struct plan_region *p,
		       const struct seen_region *seen, const struct seen_carveout *carveout)
{
	struct row_region *row = MEM_APPEND(rows->regions, rows->n_regions);
	const struct seen_device *d;
	const struct done_step *failure = NULL;

	*row = (struct row_region){
		.name = p      ? p->region->name
			: seen ? seen->name
			       : NULL,
		.planned = p,
		.seen = seen,
		.carveout = carveout,
		.range = seen       ? seen->range
			 : carveout ? carveout->range
				    : (struct range){0},
		.node = -1,
		.reason = region_reason(p),
	};
	if (carveout && carveout->node >= 0)
		row->node = carveout->node;
	else if (seen && seen->node >= 0)
		row->node = seen->node;
	else if (p && !carveout)
		row->node = p->region->node;
	d = row_platform_device(row, from->machine);
	add_namespaces(from, row);
	row->state = region_state(from, row);
	if (from->outcome && d && p && p->state == REGION_UNBOUND)
		failure = outcome_failure(from->outcome, d->name);
	if (failure) {
		row->state = STATE_FAILED;
		row->reason = failure->why;
	}
}

static const struct seen_carveout *carveout_of(const struct machine *m,
					       const struct seen_region *seen)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (machine_region_of(m, &m->carveouts[i]) == seen)
			return &m->carveouts[i];
	return NULL;
}

/* Whether rows already tell of the region @seen, or else of the carveout @c. */
static bool is_told(const struct rows *rows, const struct seen_region *seen,
		    const struct seen_carveout *c)
{
	for (size_t i = 0; i < rows->n_regions; i++)
		if ((seen && rows->regions[i].seen == seen) ||
		    (c && rows->regions[i].carveout == c))
			return true;
	return false;
}

void rows_make(struct rows *rows, const struct machine *machine, const struct plan *plan,
	       const struct outcome *outcome, const struct boot_record *record)
{
	const struct sources from = {machine, plan, plan ? outcome : NULL, record};

	*rows = (struct rows){0};
	for (size_t i = 0; i < n_planned(&from); i++)
		add_region(rows, &from, &plan->regions[i], plan->regions[i].seen,
			   plan->regions[i].carveout);
	for (size_t i = 0; i < machine->n_regions; i++) {
		const struct seen_region *seen = &machine->regions[i];

		if (!is_told(rows, seen, NULL))
			add_region(rows, &from, NULL, seen, carveout_of(machine, seen));
	}
	for (size_t i = 0; i < machine->n_carveouts; i++)
		if (!is_told(rows, NULL, &machine->carveouts[i]))
			add_region(rows, &from, NULL, NULL, &machine->carveouts[i]);
}

void rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->n_regions; i++)
		free(rows->regions[i].namespaces);
	free(rows->regions);
	*rows = (struct rows){0};
}
