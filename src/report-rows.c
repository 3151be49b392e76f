// SPDX-License-Identifier: GPL-2.0-or-later
#include "report-rows.h"

#include <string.h>

#include "boot-record.h"
#include "carveout.h"
#include "mem.h"

#define RAMDAX_DRIVER "ramdax"

/* What everything is judged by. */
struct sources {
	const struct machine *machine;
	const struct plan *plan;
	const struct outcome *outcome;
	const struct boot_record *record;
};

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

/* Whether this run did a step of @kind to @name. */
static bool was_done(const struct sources *from, enum step_kind kind, const char *name)
{
	return from->outcome && outcome_did(from->outcome, kind, name);
}

/* The step that this run could still have done to @ns; NULL also if there was no run. */
static const struct step *step_left(const struct sources *from, const struct layout_namespace *ns)
{
	for (size_t i = 0; from->outcome && i < from->plan->n_steps; i++) {
		const struct step *step = &from->plan->steps[i];

		if (step->ns == ns && !step->conditional)
			return step;
	}
	return NULL;
}

static enum report_state state_of_present(const struct sources *from, const char *name,
					  const struct seen_namespace *seen)
{
	if (was_done(from, STEP_CREATE, name) || was_done(from, STEP_FORMAT, name) ||
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
		return step_left(from, p->ns) ? STATE_DEFERRED : STATE_ABSENT;
	case VERDICT_CONFLICT:
		return p->seen && is_damaged(from, p->seen) ? STATE_DAMAGED : STATE_CONFLICT;
	case VERDICT_NO_ROOM:
	case VERDICT_BLOCKED:
		return STATE_ABSENT;
	}
	return STATE_ABSENT;
}

static const char *planned_reason(const struct row_region *region, const struct plan_namespace *p)
{
	if (p->reason || p->verdict != VERDICT_ABSENT)
		return p->reason;
	return region->planned->state == REGION_UNBOUND ? "its region is not bound"
							: "it was not made yet";
}

/* What was tried and did not come true: refused, or done without effect. */
static void judge_outcome(const struct sources *from, struct row_namespace *row)
{
	const struct layout_namespace *ns = row->planned->ns;
	const struct done_step *failure =
		from->outcome ? outcome_failure(from->outcome, ns->name) : NULL;
	const struct step *left = step_left(from, ns);

	if (failure) {
		row->state = STATE_FAILED;
		row->reason = failure->why;
	} else if (left && was_done(from, left->kind, ns->name)) {
		row->state = STATE_FAILED;
		row->reason = "it had no effect";
	}
}

static void add_planned(const struct sources *from, struct row_region *region,
			const struct plan_namespace *p)
{
	struct row_namespace *row = MEM_APPEND(region->namespaces, region->n_namespaces);

	*row = (struct row_namespace){
		.name = p->ns->name,
		.planned = p,
		.seen = p->seen,
		.state = planned_state(from, p),
		.reason = planned_reason(region, p),
	};
	if (p->verdict != VERDICT_ADOPTED)
		judge_outcome(from, row);
}

/* What this run did counts, else what an earlier one of this boot did. */
static void judge_took(const struct sources *from, struct row_namespace *row)
{
	row->has_took = from->outcome && outcome_took(from->outcome, row->name, &row->took);
	if (!row->has_took && row->seen)
		row->has_took = boot_record_took(from->record, row->name, row->seen, &row->took);
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
	if (seen->fault) {
		row->reason = seen->fault;
		return;
	}
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

/* kexec keeps memory; what the firmware did with it nobody knows. */
static void judge_integrity(const struct sources *from, struct row_namespace *row)
{
	row->unproven = row->state == STATE_ADOPTED && from->machine->boot_kind != BOOT_KEXEC;
}

static void judge(const struct sources *from, struct row_namespace *row)
{
	judge_integrity(from, row);
	row->made = row->state == STATE_CREATED ||
		    (row->seen && boot_record_made(from->record, row->seen));
	judge_took(from, row);
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
	for (size_t i = 0; i < row->n_namespaces; i++)
		judge(from, &row->namespaces[i]);
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
		if (p->unproven && from->outcome)
			return STATE_DEFERRED;
		return all_created(row) ? STATE_CREATED : STATE_ADOPTED;
	case REGION_DOWN:
	case REGION_LOST:
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
