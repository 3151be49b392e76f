/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removing namespaces: what is to be cleared, destroyed or wiped of one region, together. All are
 * taken from their drivers at once; where nothing else is in the region, its label area is then
 * made anew, which is quicker than to delete label after label, and numbers begin with 0 again.
 */
#ifndef RAMDAX_RAZE_H
#define RAMDAX_RAZE_H

#include "deadline.h"
#include "plan.h"
#include "sysfs.h"
#include "text.h"

/* A step of the group, and what came of it. */
struct raze_step {
	const struct step *step;
	int result; /* 0, TAKEDOWN_KEPT, or -errno */
	struct text why;
};

/* Whether @step, in which STEP_CLEAR, STEP_DESTROY and STEP_WIPE are meant, is done here. */
bool raze_takes(const struct step *step);

/* Does the @n steps, all of one region, and sets the results. True if the region was made anew, so
 * that what else is planned in it speaks of what is no longer there. */
bool raze(struct sysfs *fs, struct raze_step *steps, size_t n, deadline d);

#endif
