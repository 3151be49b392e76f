/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doing a plan once, from its first step to its last, or until it no longer tells how things are.
 */
#ifndef RAMDAX_PASS_H
#define RAMDAX_PASS_H

#include "deadline.h"
#include "outcome.h"
#include "sysfs.h"

enum pass_result {
	PASS_NOTHING, /* was tried */
	/* Regions were found empty, and the scaffolds over them keep them so: that is all that
	 * the machine no longer is as it was seen, see pass_take_in(). */
	PASS_LOOKED,
	/* Something was tried: done or not, it may no longer be what it was, and must be looked at
	 * again. Any scaffold must go before that. */
	PASS_TRIED,
};

/* Does the steps of @outcome->plan that may be done and have not been, and records what came of
 * each; none is begun after @d. */
enum pass_result pass(struct sysfs *fs, const struct layout *layout, struct outcome *outcome,
		      deadline d);

/* Has @outcome->machine, of which there is no plan, say what PASS_LOOKED means. */
void pass_take_in(struct outcome *outcome);

/* Takes away the scaffolds that are left over regions. They are empty then. */
void pass_let_go(struct sysfs *fs, struct outcome *outcome);

/* Loads the modules that the layout needs, once, and only where there is something to do: that is
 * a change, too. False if nothing was. */
bool pass_load_modules(const struct sysfs *fs, const struct layout *layout,
		       struct outcome *outcome);

#endif
