// SPDX-License-Identifier: GPL-2.0-or-later
#include "pass.h"

#include <string.h>

#include "bulk.h"
#include "format.h"
#include "mem.h"
#include "raze.h"
#include "run.h"
#include "step.h"
#include "takedown.h"

/* Says and records what came of @step. True if things are no longer what they were when it was
 * planned. Of what was kept the next plan tells, if it still is in use. */
static bool conclude(struct outcome *outcome, const struct layout *layout, const struct step *step,
		     int r, struct text *why, uint64_t ms)
{
	if (r < 0 && !why->len)
		text_add(why, strerror(-r));
	if (r == TAKEDOWN_KEPT)
		diag_debug("not done, %s \"%s\": %s", step_name(step->kind), step_object(step),
			   text_str(why));
	else if (r < 0)
		step_say_failed(layout,
				&(struct failure){.step = step,
						  .result = r,
						  .why = text_str(why),
						  .initramfs = outcome->machine->initramfs});
	else
		step_say_done(step);
	outcome_record(outcome, step, r, why, ms);
	return r == 0 || r == TAKEDOWN_KEPT;
}

static bool may_try(const struct outcome *outcome, const struct step *step)
{
	return !step->conditional && !outcome_was_tried(outcome, step);
}

/* The step of @kind for what @step is for; or NULL. */
static const struct step *counterpart(const struct plan *plan, const struct step *step,
				      enum step_kind kind)
{
	for (size_t i = 0; step->ns && i < plan->n_steps; i++)
		if (plan->steps[i].kind == kind && plan->steps[i].ns == step->ns)
			return &plan->steps[i];
	return NULL;
}

/* Whether what @step would replace is still there: it was not to be destroyed, or that failed. */
static bool is_in_the_way(const struct outcome *outcome, const struct step *step)
{
	const struct step *destroy = counterpart(outcome->plan, step, STEP_DESTROY);
	const struct done_step *done = destroy ? outcome_last_try(outcome, destroy) : NULL;

	return done && done->result < 0;
}

/* Whether @step destroys what cannot be made again, because there is no program for its file
 * system. */
static bool lacks_program(const struct sysfs *fs, const struct plan *plan, const struct step *step)
{
	const struct step *create = step->kind == STEP_DESTROY && !step->expired && fs->live
					    ? counterpart(plan, step, STEP_CREATE)
					    : NULL;
	_cleanup_(freep) char *program =
		create && create->format ? run_find(format_program(step->ns->fs.type)) : NULL;

	return create && create->format && !program;
}

/* Makes all of @region at once that can be made so. True if anything was done, or the region is no
 * longer as it was; if not, one by one is still to be tried. */
static bool create_bulk(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
			deadline d, const struct seen_region *region)
{
	_cleanup_(text_release) struct text why = {0};
	struct bulk_step *group = NULL;
	bool progress = false;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (step->kind == STEP_CREATE && step->seen_region == region && bulk_takes(step) &&
		    may_try(outcome, step) && !is_in_the_way(outcome, step))
			MEM_APPEND(group, n)->step = step;
	}
	if (n)
		r = bulk_create(fs, group, n, d, &why);
	if (r == TAKEDOWN_KEPT)
		progress = true;
	else if (r < 0)
		diag_warning("region \"%s\": cannot be made at once, but one by one: %s",
			     region->name, text_str(&why));
	for (size_t i = 0; i < n && r == 0; i++)
		progress |= conclude(outcome, layout, group[i].step, group[i].result, &group[i].why,
				     group[i].ms);
	for (size_t i = 0; i < n; i++)
		text_release(&group[i].why);
	free(group);
	return progress;
}

/* Removes all of @region that is to be removed. *@stale if the region was made anew. */
static void remove_group(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
			 deadline d, const struct seen_region *region, bool *stale)
{
	struct raze_step *group = NULL;
	size_t n = 0;

	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];
		_cleanup_(text_release) struct text why = {0};

		if (!raze_takes(step) || step->seen_region != region || !may_try(outcome, step))
			continue;
		if (!lacks_program(fs, outcome->plan, step)) {
			MEM_APPEND(group, n)->step = step;
			continue;
		}
		text_addf(&why, "%s, to make it again, is not installed",
			  format_program(step->ns->fs.type));
		conclude(outcome, layout, step, FORMAT_MISSING, &why, 0);
	}
	*stale = n && raze(fs, group, n, d);
	for (size_t i = 0; i < n; i++) {
		conclude(outcome, layout, group[i].step, group[i].result, &group[i].why, 0);
		text_release(&group[i].why);
	}
	free(group);
}

void pass_load_modules(const struct sysfs *fs, const struct layout *layout, struct outcome *outcome)
{
	if (fs->live && !outcome->modules_loaded)
		step_load_modules(fs, layout);
	outcome->modules_loaded = true;
}

/* Whether @step is among what was done since there were @before. */
static bool done_since(const struct outcome *outcome, const struct step *step, size_t before)
{
	const struct done_step *done = outcome_last_try(outcome, step);

	return done && (size_t)(done - outcome->done) >= before;
}

/* Whether something was kept that later steps count on. */
static bool any_kept_since(const struct outcome *outcome, size_t before)
{
	for (size_t i = before; i < outcome->n_done; i++)
		if (outcome->done[i].result == TAKEDOWN_KEPT &&
		    outcome->done[i].kind != STEP_WIPE && outcome->done[i].kind != STEP_SCRUB)
			return true;
	return false;
}

/* Does @step, alone or with those that go with it. *@stale if something of what the rest of the
 * plan speaks of is no longer what it was. */
static void do_next(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
		    deadline d, const struct step *step, bool *stale)
{
	_cleanup_(text_release) struct text why = {0};
	size_t before = outcome->n_done;
	uint64_t began = clock_ms();
	int r;

	if (raze_takes(step)) {
		remove_group(fs, layout, outcome, d, step->seen_region, stale);
	} else if (step->kind == STEP_CREATE && fs->live &&
		   create_bulk(fs, layout, outcome, d, step->seen_region)) {
		/* Enumerated anew, everything has another number. */
		*stale = true;
	} else {
		r = step_do(fs, step, d, &why);
		conclude(outcome, layout, step, r, &why, clock_ms() - began);
	}
	*stale |= any_kept_since(outcome, before);
}

bool pass(struct sysfs *fs, const struct layout *layout, struct outcome *outcome, deadline d)
{
	const size_t before = outcome->n_done;
	bool stale = false;

	for (size_t i = 0; i < outcome->plan->n_steps && !stale; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (!may_try(outcome, step) || done_since(outcome, step, before) ||
		    (step->kind == STEP_CREATE && is_in_the_way(outcome, step)))
			continue;
		if (!deadline_left(d))
			break;
		if (step->kind != STEP_OVERRIDE)
			pass_load_modules(fs, layout, outcome);
		do_next(fs, layout, outcome, d, step, &stale);
	}
	return stale || outcome->n_done > before;
}
