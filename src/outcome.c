// SPDX-License-Identifier: GPL-2.0-or-later
#include "outcome.h"

#include <string.h>

#include "mem.h"
#include "step.h"
#include "takedown.h"

void outcome_record(struct outcome *outcome, const struct step *step, int r, struct text *why,
		    uint64_t ms)
{
	*MEM_APPEND(outcome->done, outcome->n_done) = (struct done_step){
		.kind = step->kind,
		.object = mem_strdup(step_object(step)),
		.result = r,
		.why = r < 0 ? text_take(why) : NULL,
		.ms = ms,
		.required = (step->ns && step->ns->required) ||
			    (!step->ns && step->region && step->region->required),
	};
}

const struct done_step *outcome_last_try(const struct outcome *outcome, const struct step *step)
{
	for (size_t i = outcome->n_done; i > 0; i--) {
		const struct done_step *done = &outcome->done[i - 1];

		if (done->kind == step->kind && !strcmp(done->object, step_object(step)))
			return done;
	}
	return NULL;
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
	bool any = false;

	*ms = 0;
	for (size_t i = 0; i < outcome->n_done; i++) {
		if (strcmp(outcome->done[i].object, object) != 0)
			continue;
		any = true;
		*ms += outcome->done[i].ms;
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
	free(outcome);
}

bool outcome_created(const struct outcome *outcome, const char *name)
{
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].kind == STEP_CREATE && outcome->done[i].result == 0 &&
		    !strcmp(outcome->done[i].object, name))
			return true;
	return false;
}

const struct done_step *outcome_failure(const struct outcome *outcome, const char *object)
{
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].result < 0 && outcome->done[i].result != TAKEDOWN_KEPT &&
		    !strcmp(outcome->done[i].object, object))
			return &outcome->done[i];
	return NULL;
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
