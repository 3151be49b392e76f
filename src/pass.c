// SPDX-License-Identifier: GPL-2.0-or-later
#include "pass.h"

#include <string.h>

#include "bulk.h"
#include "format.h"
#include "label.h"
#include "mem.h"
#include "raze.h"
#include "remains.h"
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
	const struct done_step *done = outcome_last(outcome, STEP_DESTROY, step_object(step));

	return done && done->result < 0 && counterpart(outcome->plan, step, STEP_DESTROY);
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

/* The scaffold that is over @region already, which is the caller's now. */
static struct cover cover_over(struct outcome *outcome, const struct seen_region *region)
{
	for (size_t i = 0; i < outcome->n_covers; i++) {
		struct cover cover = outcome->covers[i];

		if (cover.region != region)
			continue;
		outcome->covers[i] = outcome->covers[--outcome->n_covers];
		return cover;
	}
	return (struct cover){0};
}

/* What is made at once with @step, whose region is among the @n @groups then. */
static void bulk_add(struct outcome *outcome, const struct step *step, struct bulk_region **groups,
		     size_t *n)
{
	struct bulk_region *group = NULL;

	for (size_t i = 0; i < *n && !group; i++)
		if ((*groups)[i].region == step->seen_region)
			group = &(*groups)[i];
	if (!group) {
		group = MEM_APPEND(*groups, *n);
		group->region = step->seen_region;
		group->cover = cover_over(outcome, step->seen_region);
	}
	MEM_APPEND(group->steps, group->n)->step = step;
}

/* Says and records what came of @group. True if any of it was done, or its region is no longer as
 * it was; if not, one by one is still to be tried. */
static bool bulk_conclude(struct outcome *outcome, const struct layout *layout,
			  struct bulk_region *group)
{
	bool progress = group->result == TAKEDOWN_KEPT;

	if (group->result < 0 && !progress)
		diag_warning("region \"%s\": cannot be made at once, but one by one: %s",
			     group->region->name, text_str(&group->why));
	for (size_t i = 0; i < group->n; i++) {
		struct bulk_step *s = &group->steps[i];

		if (group->result == 0)
			progress |= conclude(outcome, layout, s->step, s->result, &s->why, s->ms);
		text_release(&s->why);
	}
	text_release(&group->why);
	free(group->steps);
	return progress;
}

/* Makes all at once that can be made so, in all regions. True as above. */
static bool create_bulk(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
			deadline d)
{
	struct bulk_region *groups = NULL;
	bool progress = false;
	size_t n = 0;

	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (step->kind == STEP_CREATE && bulk_takes(step) && may_try(outcome, step) &&
		    !is_in_the_way(outcome, step))
			bulk_add(outcome, step, &groups, &n);
	}
	if (n)
		bulk_create(fs, groups, n, d);
	for (size_t i = 0; i < n; i++)
		progress |= bulk_conclude(outcome, layout, &groups[i]);
	free(groups);
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

bool pass_load_modules(const struct sysfs *fs, const struct layout *layout, struct outcome *outcome)
{
	bool loaded = fs->live && !outcome->modules_loaded && step_load_modules(fs, layout);

	outcome->modules_loaded = true;
	return loaded;
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

/* Whether the plan makes anything in @region, should it be empty. */
static bool is_to_fill(const struct plan *plan, const struct seen_region *region)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == STEP_CREATE && plan->steps[i].seen_region == region)
			return true;
	return false;
}

/* Does @step, a STEP_LOOK. */
static void look_into(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
		      const struct step *step)
{
	_cleanup_(text_release) struct text why = {0};
	struct cover cover = {0};
	bool keep = fs->live && is_to_fill(outcome->plan, step->seen_region);
	uint64_t began = clock_ms();
	int r = remains_look(fs, step, keep ? &cover : NULL, &why);

	conclude(outcome, layout, step, r, &why, clock_ms() - began);
	if (cover.device)
		*MEM_APPEND(outcome->covers, outcome->n_covers) = cover;
}

void pass_take_in(struct outcome *outcome)
{
	struct machine *m = outcome->machine;

	for (size_t i = 0; i < outcome->n_covers; i++)
		seen_region_empty(&m->regions[outcome->covers[i].region - m->regions]);
}

void pass_let_go(struct sysfs *fs, struct outcome *outcome)
{
	_cleanup_(text_release) struct text unsaid = {0};

	while (outcome->n_covers) {
		struct cover *cover = &outcome->covers[--outcome->n_covers];

		cover->why = &unsaid;
		cover_release(cover);
		label_reset(fs, cover->region, &unsaid);
	}
	free(TAKE_PTR(outcome->covers));
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
	} else if (step->kind == STEP_LOOK) {
		look_into(fs, layout, outcome, step);
	} else if (step->kind == STEP_CREATE && fs->live && create_bulk(fs, layout, outcome, d)) {
		/* Enumerated anew, everything has another number. */
		*stale = true;
	} else {
		/* One by one there must be room. */
		if (step->kind == STEP_CREATE)
			pass_let_go(fs, outcome);
		r = step_do(fs, step, d, &why);
		conclude(outcome, layout, step, r, &why, clock_ms() - began);
	}
	*stale |= any_kept_since(outcome, before);
}

enum pass_result pass(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
		      deadline d)
{
	const size_t before = outcome->n_done, covers = outcome->n_covers;
	bool stale = false, loaded = false, looked_only;

	for (size_t i = 0; i < outcome->plan->n_steps && !stale; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (!may_try(outcome, step) || done_since(outcome, step, before) ||
		    (step->kind == STEP_CREATE && is_in_the_way(outcome, step)))
			continue;
		if (!deadline_left(d))
			break;
		if (step->kind != STEP_OVERRIDE)
			loaded |= pass_load_modules(fs, layout, outcome);
		do_next(fs, layout, outcome, d, step, &stale);
	}
	if (!stale && outcome->n_done == before)
		return PASS_NOTHING;
	/* What is made takes covers away, and makes all stale. */
	looked_only = outcome->n_done - before == outcome->n_covers - covers;
	return looked_only && !stale && !loaded ? PASS_LOOKED : PASS_TRIED;
}
