/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making one namespace, so that it either is not there or is there whole.
 *
 * It begins as a scaffold: a raw namespace under a name of ours, which nobody takes for finished
 * and the next run removes. Through it contents are zeroed, the file system and the info block are
 * written and flushed. Writing the declared name into the label publishes it, and the kernel finds
 * the rest by itself.
 */
#ifndef RAMDAX_CREATE_H
#define RAMDAX_CREATE_H

#include "deadline.h"
#include "plan.h"
#include "sysfs.h"
#include "text.h"

/*
 * Does @step, a STEP_CREATE. 0, or -errno with a sentence part in @why and nothing left behind that
 * the next run would not clear. Zeroing and mkfs end at @d (-ECANCELED, -ETIMEDOUT).
 */
int create_namespace(struct sysfs *fs, const struct step *step, deadline d, struct text *why);

#endif
