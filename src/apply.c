// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "bulk.h"
#include "create.h"
#include "format.h"
#include "label.h"
#include "mem.h"
#include "needs.h"
#include "nd.h"
#include "observe.h"
#include "run.h"

#define RUN_DIRECTORY "/run/ramdax"
#define LOCK_PATH     RUN_DIRECTORY "/lock"

/* Override, bind, clear, create, enable, and what each of them may bring to light. A plan that is
 * not empty by then never will be. */
#define PASSES_MAX 8

static const char *object_of(const struct step *step)
{
	if (step->ns)
		return step->ns->name;
	if (step->seen)
		return step->seen->device;
	if (step->seen_region)
		return step->seen_region->name;
	return step->device->name;
}

static int set_override(struct sysfs *fs, const struct seen_device *d)
{
	return sysfs_write(fs, "ramdax", "sys/bus/platform/devices/%s/driver_override", d->name);
}

/* Failing to load one that the kernel has built in, or does not need, shows when it is missed. */
static void load_modules(const struct layout *layout)
{
	_cleanup_(text_release) struct text output = {0};
	struct needs needs = needs_of(layout);
	const char **argv = mem_calloc(needs.n_modules + 4, sizeof(*argv));
	int status = 0, r;

	argv[0] = "modprobe";
	argv[1] = "-q";
	argv[2] = "-a";
	for (size_t i = 0; i < needs.n_modules; i++)
		argv[3 + i] = needs.modules[i];
	r = run_program(argv, NO_DEADLINE, &output, &status);
	if (r < 0)
		diag_debug("modprobe: %s", r == -EIO ? run_last_line(&output) : strerror(-r));
	free(argv);
	needs_release(&needs);
}

/* Another driver may have been told to bind it by the loading alone: EBUSY, and it is bound. */
static int bind_device(struct sysfs *fs, const struct layout *layout, const struct seen_device *d,
		       struct text *why)
{
	_cleanup_(freep) char *driver = NULL;
	int r;

	if (fs->live)
		load_modules(layout);
	r = sysfs_write(fs, d->name, "sys/bus/platform/drivers/ramdax/bind");
	if (r == -EBUSY &&
	    sysfs_read_link(fs, &driver, "sys/bus/platform/devices/%s/driver", d->name) == 0 &&
	    !strcmp(driver, "ramdax"))
		r = 0;
	if (r == -ENOENT)
		text_add(why, "the ramdax driver could not be loaded");
	nd_settle(fs);
	return r;
}

static int clear(struct sysfs *fs, const struct seen_namespace *seen)
{
	int r = nd_free(fs, seen->device, seen->holder);

	return r < 0 ? r : nd_delete(fs, seen->device);
}

/* ENXIO: the kernel found who claims it and binds that instead (nd_pmem_probe). */
static int enable(struct sysfs *fs, const struct seen_namespace *seen)
{
	int r = nd_bind(fs, "nd_pmem", seen->device);

	nd_settle(fs);
	return r == -ENXIO || r == -EBUSY ? 0 : r;
}

static int finish_format(const struct step *step, deadline d, struct text *why)
{
	_cleanup_(freep) char *path = mem_printf("/dev/%s", step->seen->block);

	return format_device(step->ns, path, step->ns->scrub, d, why);
}

static int do_step(struct sysfs *fs, const struct layout *layout, const struct step *step,
		   const struct apply_options *options, struct text *why)
{
	switch (step->kind) {
	case STEP_OVERRIDE:
		return set_override(fs, step->device);
	case STEP_RELEASE:
		return sysfs_write(fs, step->device->name, "sys/bus/platform/drivers/%s/unbind",
				   step->device->driver);
	case STEP_BIND:
		return bind_device(fs, layout, step->device, why);
	case STEP_RESET:
		return label_reset(fs, step->seen_region, why);
	case STEP_CLEAR:
	case STEP_DESTROY:
		return clear(fs, step->seen);
	case STEP_ENABLE:
		return enable(fs, step->seen);
	case STEP_CREATE:
		return create_namespace(fs, step, options->deadline, why);
	case STEP_FORMAT:
		return finish_format(step, options->deadline, why);
	}
	return -EINVAL;
}

static void say_done(const struct step *step)
{
	const struct layout_namespace *ns = step->ns;

	switch (step->kind) {
	case STEP_CREATE:
		diag_notice("created namespace \"%s\": %s, %s%s%s (in RAM: gone at power off)",
			    ns->name, mode_name(ns->mode), SIZE_EXACT(step->parts.capacity),
			    step->format ? " with " : "", step->format ? fs_name(ns->fs.type) : "");
		break;
	case STEP_FORMAT:
		diag_notice("made %s in namespace \"%s\"", fs_name(ns->fs.type), ns->name);
		break;
	case STEP_RELEASE:
		diag_notice("released device \"%s\" from driver \"%s\"", step->device->name,
			    step->device->driver);
		break;
	case STEP_BIND:
		diag_notice("bound device \"%s\" to ramdax", step->device->name);
		break;
	case STEP_ENABLE:
		diag_notice("enabled namespace \"%s\"", ns->name);
		break;
	case STEP_CLEAR:
		diag_notice("removed \"%s\", which an interrupted run left unfinished",
			    step->seen->name);
		break;
	case STEP_DESTROY:
		diag_notice("destroyed namespace \"%s\": %s",
			    *step->seen->name ? step->seen->name : step->seen->device,
			    step->reason);
		break;
	case STEP_RESET:
		diag_notice("emptied the label area of \"%s\"", step->seen_region->name);
		break;
	case STEP_OVERRIDE:
		diag_debug("reserved device \"%s\" for ramdax", step->device->name);
		break;
	}
}

static void say_failed(const struct layout *layout, const struct step *step, const char *why)
{
	unsigned line = step->ns ? step->ns->line : step->region ? step->region->line : 0;
	const char *what = step->ns            ? "namespace"
			   : step->seen        ? "namespace device"
			   : step->seen_region ? "region"
					       : "device";

	if (line)
		diag_error("cannot %s %s \"%s\": %s (%s:%u)", step_name(step->kind), what,
			   object_of(step), why, layout->path, line);
	else
		diag_error("cannot %s %s \"%s\": %s", step_name(step->kind), what, object_of(step),
			   why);
}

static bool was_tried(const struct outcome *outcome, const struct step *step)
{
	for (size_t i = 0; i < outcome->n_done; i++)
		if (outcome->done[i].kind == step->kind &&
		    !strcmp(outcome->done[i].object, object_of(step)))
			return true;
	return false;
}

static void record(struct outcome *outcome, const struct step *step, int r, struct text *why)
{
	*MEM_APPEND(outcome->done, outcome->n_done) = (struct done_step){
		.kind = step->kind,
		.object = mem_strdup(object_of(step)),
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
		say_failed(layout, step, text_str(why));
	else
		say_done(step);
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
		/* Enumerating anew, it renumbers what the rest of the plan speaks of. */
		if (step->kind == STEP_CREATE && fs->live &&
		    create_bulk(fs, layout, options, outcome, step->seen_region))
			return true;
		progress |= conclude(outcome, layout, step,
				     do_step(fs, layout, step, options, &why), &why);
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

static void look(struct sysfs *fs, const struct layout *layout, const struct apply_options *options,
		 struct outcome *outcome)
{
	struct settling settling = {&options->plan, outcome};
	struct plan_options plan_options = options->plan;

	plan_options.settled = is_settled;
	plan_options.settled_context = &settling;
	plan_free(outcome->plan);
	machine_free(outcome->machine);
	outcome->machine = observe(fs);
	outcome->plan = plan_make(layout, outcome->machine, &plan_options);
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

		if (step->conditional || outcome_failure(outcome, object_of(step)))
			continue;
		say_failed(layout, step,
			   was_tried(outcome, step)
				   ? "it had no effect"
				   : "there was no time left, a later run does it");
	}
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

struct outcome *apply_run(struct sysfs *fs, const struct layout *layout,
			  const struct apply_options *options)
{
	struct outcome *outcome = MEM_NEW(struct outcome);

	look(fs, layout, options, outcome);
	for (int i = 0; !options->look_only && i < PASSES_MAX && pass(fs, layout, options, outcome);
	     i++)
		look(fs, layout, options, outcome);
	say_problems(outcome, layout);
	if (!options->look_only)
		say_ineffective(outcome, layout);
	outcome->status = judge(outcome, options->look_only);
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
