/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does what plans say, until there is nothing left to do: observe, plan, do, and again. Success
 * means that the last plan is empty.
 */
#ifndef RAMDAX_APPLY_H
#define RAMDAX_APPLY_H

#include "deadline.h"
#include "outcome.h"
#include "plan-empty.h"
#include "sysfs.h"

#define APPLY_LOCK_PATH "/run/ramdax/lock"

struct apply_options {
	struct plan_options plan;
	deadline deadline; /* after it no step is begun, and none may go on */
	bool look_only;    /* do nothing: the outcome says what there would be to do */
	/* Whether what the plan says is wanted; asked of every plan before it is done, since a
	 * device that is bound brings to light what there is to destroy. NULL: it is. */
	bool (*wanted)(void *context, const struct plan *plan);
	void *wanted_context;
};

/* Says @problem of a plan for @layout, and what somebody can do about it. */
void apply_say_problem(const struct layout *layout, const struct problem *problem);

/*
 * Applies @layout; says what it does and what went wrong. Only one applies at a time: a second one
 * waits (see apply_lock()). The layout must outlive the outcome.
 */
struct outcome *apply_run(struct sysfs *fs, const struct layout *layout,
			  const struct apply_options *options);

/*
 * Wipes or scrubs what @what says, in the same way. The status is what came of that; what the plan
 * for @layout is afterwards is in the outcome, but not done. With a problem of status USAGE nothing
 * was done.
 */
struct outcome *apply_emptying(struct sysfs *fs, const struct layout *layout,
			       const struct apply_options *options, const struct emptying *what);
/* Takes the lock of all that changes something, waiting for whoever has it. A descriptor, which
 * holds it until closed, or -errno. Made below the root; on a captured machine there is none. */
int apply_lock(const struct sysfs *fs);

/* Says that it could not be had: @r of it. */
void apply_say_no_lock(int r);

#endif
