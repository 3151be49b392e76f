/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doing the steps of a plan, one at a time, and saying so. Nothing is decided here.
 */
#ifndef RAMDAX_STEP_H
#define RAMDAX_STEP_H

#include "deadline.h"
#include "plan.h"
#include "remedy.h"
#include "sysfs.h"
#include "text.h"

/* Does @step, for which all modules are loaded. 0, or -errno, perhaps with a sentence part in @why.
 * What can be stopped, zeroing and mkfs, ends at @d. */
int step_do(struct sysfs *fs, const struct step *step, deadline d, struct text *why);

/* The name of what @step concerns: a namespace, a device of the kernel, a region. */
const char *step_object(const struct step *step);

/* Says that @step was done; that one was not, why, and what to do about it. */
void step_say_done(const struct step *step);
void step_say_failed(const struct layout *layout, const struct failure *failure);

/* Loads the kernel modules that the layout needs; false if there is nothing to load. One that is
 * missing will be missed. */
bool step_load_modules(const struct sysfs *fs, const struct layout *layout);

#endif
