// SPDX-License-Identifier: GPL-2.0-or-later
#include "outcome.h"

#include <string.h>

#include "mem.h"
#include "step.h"
#include "takedown.h"

/* What was done for @object before @done, or with NULL the last of it; NULL if nothing was. */
static const struct done_step *before(const struct outcome *o, const char *object,
				      const struct done_step *done)
{
	size_t i = done ? index_next(&o->objects, (size_t)(done - o->done))
			: index_first(&o->objects, object, strlen(object));

	while (i != INDEX_NONE && strcmp(o->done[i].object, object) != 0)
		i = index_next(&o->objects, i);
	return i == INDEX_NONE ? NULL : &o->done[i];
}

void outcome_add(struct outcome *outcome, const struct done_step *done)
{
	*MEM_APPEND(outcome->done, outcome->n_done) = *done;
	index_add(&outcome->objects, done->object, strlen(done->object));
}

void outcome_record(struct outcome *outcome, const struct step *step, int r, struct text *why,
		    uint64_t ms)
{
	const struct done_step done = {
		.kind = step->kind,
		.object = mem_strdup(step_object(step)),
		.ns = step->kind == STEP_CREATE ? step->ns : NULL,
		.result = r,
		.why = r < 0 ? text_take(why) : NULL,
		.ms = ms,
		.required = (step->ns && step->ns->required) ||
			    (!step->ns && step->region && step->region->required),
	};

	outcome_add(outcome, &done);
}

const struct done_step *outcome_last(const struct outcome *outcome, enum step_kind kind,
				     const char *object)
{
	const struct done_step *done = NULL;

	do
		done = before(outcome, object, done);
	while (done && done->kind != kind);
	return done;
}

const struct done_step *outcome_last_try(const struct outcome *outcome, const struct step *step)
{
	return outcome_last(outcome, step->kind, step_object(step));
}

/* Whoever used what was kept may have gone since. */
bool outcome_was_tried(const struct outcome *outcome, const struct step *step)
{
	const struct done_step *done = outcome_last_try(outcome, step);

	return done && done->result != TAKEDOWN_KEPT;
}

bool outcome_was_kept(const struct outcome *outcome, const struct step *step)
{
	const struct done_step *done = outcome_last_try(outcome, step);

	return done && done->result == TAKEDOWN_KEPT;
}

bool outcome_took(const struct outcome *outcome, const char *object, uint64_t *ms)
{
	const struct done_step *done = NULL;
	bool any = false;

	*ms = 0;
	while ((done = before(outcome, object, done))) {
		any = true;
		*ms += done->ms;
	}
	return any;
}

bool outcome_any_failed(const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].result < 0 && outcome->done[i].result != TAKEDOWN_KEPT)
			return true;
	return false;
}

void outcome_free(struct outcome *outcome)
{
	if (!outcome)
		return;
	plan_free(outcome->plan);
	machine_free(outcome->machine);
	for (size_t i = 0; i < outcome->n_done; i++) {
		free(outcome->done[i].object);
		free(outcome->done[i].why);
	}
	free(outcome->done);
	index_release(&outcome->objects);
	free(outcome);
}

bool outcome_did(const struct outcome *outcome, enum step_kind kind, const char *object)
{
	const struct done_step *done = NULL;

	while ((done = before(outcome, object, done)))
		if (done->kind == kind && done->result == 0)
			return true;
	return false;
}

bool outcome_wrote(const void *outcome, const struct seen_namespace *seen, struct shape *shape)
{
	const struct done_step *done = NULL;

	while ((done = before(outcome, seen->name, done))) {
		if (!done->ns || done->result < 0 || !seen->has_uuid ||
		    uuid_compare(done->ns->uuid, seen->uuid))
			continue;
		*shape = shape_of(done->ns);
		return true;
	}
	return false;
}

const struct done_step *outcome_failure(const struct outcome *outcome, const char *object)
{
	const struct done_step *done = NULL, *first = NULL;

	while ((done = before(outcome, object, done)))
		if (done->result < 0 && done->result != TAKEDOWN_KEPT)
			first = done;
	return first;
}

bool outcome_required_missing(const struct outcome *outcome)
{
	const struct plan *plan = outcome->plan;

	for (size_t i = 0; i < plan->layout->n_regions; i++) {
		const struct plan_region *r = &plan->regions[i];

		if (r->region->required && r->state != REGION_READY)
			return true;
		for (size_t n = 0; n < r->region->n_namespaces; n++)
			if (r->namespaces[n].ns->required &&
			    r->namespaces[n].verdict != VERDICT_ADOPTED)
				return true;
	}
	return false;
}
