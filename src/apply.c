// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "carveout.h"
#include "look.h"
#include "mem.h"
#include "observe.h"
#include "pass.h"
#include "runfile.h"
#include "step.h"
#include "takedown.h"
#include "watch.h"

/* Override, bind, clear, create, enable, and what each of them may bring to light. A plan that is
 * not empty by then never will be. */
#define PASSES_MAX 8

/* What this run has made needs no decision, nor does what an earlier one of this boot has seen. */
struct settling {
	const struct layout *layout;
	const struct plan_options *options;
	const struct outcome *outcome;
};

/* Whether this run did that to @seen, which goes by its name, or that of whom its UUID says it is.
 */
static bool did(const struct settling *s, enum step_kind kind, const struct seen_namespace *seen)
{
	const struct layout_namespace *ns = layout_of_uuid(s->layout, seen);

	return outcome_did(s->outcome, kind, ns ? ns->name : seen->name);
}

static bool is_settled(void *context, const struct seen_namespace *seen)
{
	const struct settling *s = context;

	return did(s, STEP_CREATE, seen) ||
	       (s->options->settled && s->options->settled(s->options->settled_context, seen));
}

/* What this run has scrubbed, or an earlier one of this boot, if nobody has written to it since. */
static bool is_scrubbed(void *context, const struct seen_namespace *seen)
{
	const struct settling *s = context;

	if (did(s, STEP_SCRUB, seen))
		return true;
	return s->options->scrubbed && s->options->scrubbed(s->options->scrubbed_context, seen);
}

/* Plans for the machine, which is looked at again unless it is known what has become of it. */
static void plan_again(struct sysfs *fs, const struct layout *layout,
		       const struct apply_options *options, struct outcome *outcome, bool known)
{
	struct settling settling = {layout, &options->plan, outcome};
	struct known_written written = {outcome_wrote, outcome};
	struct plan_options plan_options = options->plan;

	plan_options.settled = is_settled;
	plan_options.settled_context = &settling;
	plan_options.scrubbed = is_scrubbed;
	plan_options.scrubbed_context = &settling;
	plan_free(outcome->plan);
	if (known) {
		pass_take_in(outcome);
		outcome->plan = plan_make(layout, outcome->machine, &plan_options);
	} else {
		pass_let_go(fs, outcome);
		machine_free(outcome->machine);
		look(fs, layout, &plan_options, &written, &outcome->machine, &outcome->plan);
	}
}

static void look_again(struct sysfs *fs, const struct layout *layout,
		       const struct apply_options *options, struct outcome *outcome)
{
	plan_again(fs, layout, options, outcome, false);
}

void apply_say_problem(const struct layout *layout, const struct problem *p)
{
	_cleanup_(text_release) struct text line = {0};

	text_add(&line, p->text);
	if (p->line)
		text_addf(&line, " (%s:%u)", LAYOUT_AT(&layout->files, p->line));
	text_addf(&line, "; %s", p->next);
	diag_error("%s", text_str(&line));
}

static void say_problems(const struct outcome *outcome, const struct layout *layout)
{
	for (size_t i = 0; i < outcome->plan->n_problems; i++)
		apply_say_problem(layout, &outcome->plan->problems[i]);
}

static struct failure kept(const struct outcome *outcome, const struct step *step)
{
	return (struct failure){
		.step = step, .result = TAKEDOWN_KEPT, .why = outcome_last_try(outcome, step)->why};
}

/* Steps of the last plan were tried without effect or not at all, or there would be none. */
static void say_ineffective(const struct outcome *outcome, const struct layout *layout)
{
	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];
		struct failure failure;

		if (step->conditional || outcome_failure(outcome, step_object(step)))
			continue;
		if (outcome_was_kept(outcome, step))
			failure = kept(outcome, step);
		else if (outcome_was_tried(outcome, step))
			failure = (struct failure){.step = step, .why = "it had no effect"};
		else
			failure = (struct failure){.step = step,
						   .result = -ETIMEDOUT,
						   .why = "there was no time left"};
		failure.initramfs = outcome->machine->initramfs;
		step_say_failed(layout, &failure);
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

	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];

		if (!step->conditional)
			status = status_worse(status, look_only ? STATUS_TO_DO
						      : outcome_was_kept(outcome, step)
							      ? STATUS_CONFLICT
							      : STATUS_FAILED);
	}
	return status_worse(status, outcome_any_failed(outcome) ? STATUS_FAILED : STATUS_OK);
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

static bool is_nobody_asking(const void *context, const struct seen_namespace *seen)
{
	(void)context;
	(void)seen;
	return true;
}

/* What is on it does not matter to who empties it, but who uses it. */
static struct machine *look_at_users(const struct sysfs *fs)
{
	SPENT(SPENT_LOOKING);
	const struct observe_choice choice = {.passes_over = is_nobody_asking, .users = true};

	return observe_chosen(fs, &choice);
}

/* A pass ends with a region that came up anew, emptied as a whole. What is planned for others is as
 * it was, and not to be planned again: without what is gone, a name might mean another. */
static bool any_untried(const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->plan->n_steps; i++)
		if (!outcome_last_try(outcome, &outcome->plan->steps[i]))
			return true;
	return false;
}

struct outcome *apply_emptying(struct sysfs *fs, const struct layout *layout,
			       const struct apply_options *options, const struct emptying *what)
{
	struct outcome *outcome = MEM_NEW(struct outcome);

	outcome->machine = look_at_users(fs);
	outcome->plan = plan_empty(layout, outcome->machine, what);
	outcome->status = plan_status(outcome->plan);
	say_problems(outcome, layout);
	while (outcome->status != STATUS_USAGE && any_untried(outcome) &&
	       pass(fs, layout, outcome, options->deadline))
		;
	for (size_t i = 0; i < outcome->plan->n_steps; i++) {
		const struct step *step = &outcome->plan->steps[i];
		struct failure failure;

		if (!outcome_was_kept(outcome, step))
			continue;
		failure = kept(outcome, step);
		step_say_failed(layout, &failure);
		outcome->status = status_worse(outcome->status, STATUS_CONFLICT);
	}
	if (outcome_any_failed(outcome))
		outcome->status = status_worse(outcome->status, STATUS_FAILED);
	look_again(fs, layout, options, outcome);
	outcome->spent = spent_so_far();
	return outcome;
}

/* Whether to go on with the plan. */
static bool is_wanted(const struct apply_options *options, struct outcome *outcome)
{
	outcome->unwanted =
		options->wanted && !options->wanted(options->wanted_context, outcome->plan);
	return !outcome->unwanted;
}

struct outcome *apply_run(struct sysfs *fs, const struct layout *layout,
			  const struct apply_options *options)
{
	struct outcome *outcome = MEM_NEW(struct outcome);
	enum pass_result result;

	look_again(fs, layout, options, outcome);
	if (!options->look_only && is_veiled(outcome->machine)) {
		pass_load_modules(fs, layout, outcome);
		look_again(fs, layout, options, outcome);
	}
	/* What was tried in vain may have changed something, too. */
	for (int i = 0; !options->look_only && i < PASSES_MAX && is_wanted(options, outcome) &&
			(result = pass(fs, layout, outcome, options->deadline)) != PASS_NOTHING;
	     i++)
		plan_again(fs, layout, options, outcome, result == PASS_LOOKED);
	pass_let_go(fs, outcome);
	if (!outcome->unwanted)
		say_problems(outcome, layout);
	if (!options->look_only && !outcome->unwanted)
		say_ineffective(outcome, layout);
	outcome->status = judge(outcome, options->look_only || outcome->unwanted);
	outcome->spent = spent_so_far();
	if (fs->live)
		say_spent(outcome);
	return outcome;
}

int apply_lock(const struct sysfs *fs)
{
	WATCH("waiting for another run of ramdax to end", NULL);
	_cleanup_(closep) int fd = -1;

	if (!fs->live)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (mkdir(RUN_DIRECTORY, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(APPLY_LOCK_PATH, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX) < 0)
		return -errno;
	return TAKE_FD(fd);
}

void apply_say_no_lock(int r)
{
	diag_error("cannot take the lock \"" APPLY_LOCK_PATH
		   "\": %s; see that root can write to \"" RUN_DIRECTORY "\"",
		   strerror(-r));
}
