/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doing a plan once, from its first step to its last, or until it no longer tells how things are.
 */
#ifndef RAMDAX_PASS_H
#define RAMDAX_PASS_H

#include "deadline.h"
#include "outcome.h"
#include "sysfs.h"

/*
 * Does the steps of @outcome->plan that may be done and have not been, and records what came of
 * each; none is begun after @d. True if any was tried: done or not, something may no longer be what
 * it was, and must be looked at again.
 */
bool pass(struct sysfs *fs, const struct layout *layout, struct outcome *outcome, deadline d);

/* Loads the modules that the layout needs, once, and only where there is something to do: that is
 * a change, too. */
void pass_load_modules(const struct sysfs *fs, const struct layout *layout,
		       struct outcome *outcome);

#endif
