// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "bulk.h"
#include "look.h"
#include "mem.h"
#include "observe.h"
#include "step.h"

#define RUN_DIRECTORY "/run/ramdax"
#define LOCK_PATH     RUN_DIRECTORY "/lock"

/* Override, bind, clear, create, enable, and what each of them may bring to light. A plan that is
 * not empty by then never will be. */
#define PASSES_MAX 8

static bool was_tried(const struct outcome *outcome, const struct step *step)
{
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].kind == step->kind &&
		    !strcmp(outcome->done[i].object, step_object(step)))
			return true;
	return false;
}

static void record(struct outcome *outcome, const struct step *step, int r, struct text *why)
{
	*MEM_APPEND(outcome->done, outcome->n_done) = (struct done_step){
		.kind = step->kind,
		.object = mem_strdup(step_object(step)),
		.result = r,
		.why = r < 0 ? text_take(why) : NULL,
		.required = (step->ns && step->ns->required) ||
			    (!step->ns && step->region && step->region->required),
	};
}

/* Says and records what came of @step. True if it was done. */
static bool conclude(struct outcome *outcome, const struct layout *layout, const struct step *step,
		     int r, struct text *why)
{
	if (r < 0 && !why->len)
		text_add(why, strerror(-r));
	if (r < 0)
		step_say_failed(layout, step, text_str(why));
	else
		step_say_done(step);
	record(outcome, step, r, why);
	return r == 0;
}

static bool may_try(const struct outcome *outcome, const struct step *step)
{
	return !step->conditional && !was_tried(outcome, step);
}

/* Makes all of @region at once that can be made so. True if anything was done; if that is not to
 * be, one by one is still to be tried. */
static bool create_bulk(struct sysfs *fs, const struct layout *layout,
			const struct apply_options *options, struct outcome *outcome,
			const struct seen_region *region)
{
	_cleanup_(text_release) struct text why = {0};
	struct bulk_step *group = NULL;
	bool progress = false;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (step->kind == STEP_CREATE && step->seen_region == region && bulk_takes(step) &&
		    may_try(outcome, step))
			MEM_APPEND(group, n)->step = step;
	}
	if (n >= BULK_MIN)
		r = bulk_create(fs, group, n, options->deadline, &why);
	if (r < 0)
		diag_warning("region \"%s\": cannot be made at once, but one by one: %s",
			     region->name, text_str(&why));
	for (size_t i = 0; i < n && n >= BULK_MIN && r == 0; i++)
		progress |=
			conclude(outcome, layout, group[i].step, group[i].result, &group[i].why);
	for (size_t i = 0; i < n; i++)
		text_release(&group[i].why);
	free(group);
	return progress;
}

/* Once, and only where there is something to do: loading a module is a change, too. */
static void load_modules(const struct sysfs *fs, const struct layout *layout,
			 struct outcome *outcome)
{
	if (fs->live && !outcome->modules_loaded)
		step_load_modules(fs, layout);
	outcome->modules_loaded = true;
}

/* One pass over the plan. True if something was done, so that it is worth looking again. */
static bool pass(struct sysfs *fs, const struct layout *layout, const struct apply_options *options,
		 struct outcome *outcome)
{
	bool progress = false;

	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];
		_cleanup_(text_release) struct text why = {0};

		if (!may_try(outcome, step))
			continue;
		if (!deadline_left(options->deadline))
			break;
		if (step->kind != STEP_OVERRIDE)
			load_modules(fs, layout, outcome);
		/* Enumerating anew, it renumbers what the rest of the plan speaks of. */
		if (step->kind == STEP_CREATE && fs->live &&
		    create_bulk(fs, layout, options, outcome, step->seen_region))
			return true;
		progress |= conclude(outcome, layout, step,
				     step_do(fs, step, options->deadline, &why), &why);
	}
	return progress;
}

/* What this run has made needs no decision, nor does what an earlier one of this boot has seen. */
struct settling {
	const struct plan_options *options;
	const struct outcome *outcome;
};

static bool is_settled(const void *context, const struct seen_namespace *seen)
{
	const struct settling *s = context;

	return outcome_created(s->outcome, seen->name) ||
	       (s->options->settled && s->options->settled(s->options->settled_context, seen));
}

/* What this run has scrubbed, or an earlier one of this boot. */
static bool is_scrubbed(const void *context, const struct seen_namespace *seen)
{
	const struct settling *s = context;

	for (size_t i = 0; i < s->outcome->n_done; i++) {
		const struct done_step *done = &s->outcome->done[i];

		if (done->kind == STEP_SCRUB && done->result == 0 &&
		    !strcmp(done->object, seen->name))
			return true;
	}
	return s->options->scrubbed && s->options->scrubbed(s->options->scrubbed_context, seen);
}

static void look_again(struct sysfs *fs, const struct layout *layout,
		       const struct apply_options *options, struct outcome *outcome)
{
	struct settling settling = {&options->plan, outcome};
	struct plan_options plan_options = options->plan;

	plan_options.settled = is_settled;
	plan_options.settled_context = &settling;
	plan_options.scrubbed = is_scrubbed;
	plan_options.scrubbed_context = &settling;
	plan_free(outcome->plan);
	machine_free(outcome->machine);
	look(fs, layout, &plan_options, &outcome->machine, &outcome->plan);
}

static void say_problems(const struct outcome *outcome, const struct layout *layout)
{
	for (size_t i = 0; i < outcome->plan->n_problems; i++) {
		const struct problem *p = &outcome->plan->problems[i];

		if (p->line)
			diag_error("%s (%s:%u)", p->text, layout->path, p->line);
		else
			diag_error("%s", p->text);
	}
}

/* Steps of the last plan were tried without effect or not at all, or there would be none. */
static void say_ineffective(const struct outcome *outcome, const struct layout *layout)
{
	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (step->conditional || outcome_failure(outcome, step_object(step)))
			continue;
		step_say_failed(layout, step,
				was_tried(outcome, step)
					? "it had no effect"
					: "there was no time left, a later run does it");
	}
}

/* Of interest to all who wait for it; if it had nothing to do, only to those who ask. */
static void say_spent(const struct outcome *outcome)
{
	_cleanup_(text_release) struct text text = {0};

	spent_describe(&outcome->spent, &text);
	if (outcome->n_done)
		diag_notice("it took %s", text_str(&text));
	else
		diag_debug("it took %s", text_str(&text));
}

static enum status judge(const struct outcome *outcome, bool look_only)
{
	enum status status = plan_status(outcome->plan);

	if (plan_n_executable(outcome->plan))
		status = status_worse(status, look_only ? STATUS_TO_DO : STATUS_FAILED);
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].result < 0)
			status = status_worse(status, STATUS_FAILED);
	return status;
}

/* Whether a device that another driver holds shows what is on it only once modules are loaded. */
static bool is_veiled(const struct machine *m)
{
	for (size_t i = 0; i < m->n_devices; i++)
		if (m->devices[i].driver && strcmp(m->devices[i].driver, "ramdax") != 0 &&
		    !m->devices[i].signature_known)
			return true;
	return false;
}

struct outcome *apply_emptying(struct sysfs *fs, const struct layout *layout,
			       const struct apply_options *options, const struct emptying *what)
{
	struct outcome *outcome = MEM_NEW(struct outcome);

	outcome->machine = observe(fs);
	outcome->plan = plan_empty(layout, outcome->machine, what);
	outcome->status = plan_status(outcome->plan);
	say_problems(outcome, layout);
	if (outcome->status != STATUS_USAGE)
		pass(fs, layout, options, outcome);
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].result < 0)
			outcome->status = status_worse(outcome->status, STATUS_FAILED);
	look_again(fs, layout, options, outcome);
	outcome->spent = spent_so_far();
	return outcome;
}

struct outcome *apply_run(struct sysfs *fs, const struct layout *layout,
			  const struct apply_options *options)
{
	struct outcome *outcome = MEM_NEW(struct outcome);

	look_again(fs, layout, options, outcome);
	if (!options->look_only && is_veiled(outcome->machine)) {
		load_modules(fs, layout, outcome);
		look_again(fs, layout, options, outcome);
	}
	for (int i = 0; !options->look_only && i < PASSES_MAX && pass(fs, layout, options, outcome);
	     i++)
		look_again(fs, layout, options, outcome);
	say_problems(outcome, layout);
	if (!options->look_only)
		say_ineffective(outcome, layout);
	outcome->status = judge(outcome, options->look_only);
	outcome->spent = spent_so_far();
	if (fs->live)
		say_spent(outcome);
	return outcome;
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
		if (outcome->done[i].result < 0 && !strcmp(outcome->done[i].object, object))
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

int apply_lock(const struct sysfs *fs)
{
	_cleanup_(closep) int fd = -1;

	if (!fs->live)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (mkdir(RUN_DIRECTORY, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(LOCK_PATH, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX) < 0)
		return -errno;
	return TAKE_FD(fd);
}
