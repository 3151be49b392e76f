/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written into the space of a namespace before its label makes it real: zeros, the file
 * system, the info block.
 */
#ifndef RAMDAX_FILL_H
#define RAMDAX_FILL_H

#include "blockdev.h"
#include "deadline.h"
#include "plan.h"
#include "progress.h"
#include "text.h"
#include "zero.h"

/* A space to be filled. */
struct filling {
	const struct step *step; /* STEP_CREATE */
	struct blockdev *dev;    /* a scaffold that covers it */
	uint64_t base;           /* of the space in it, bytes */
	deadline deadline;
	struct progress *progress; /* of mkfs for many spaces, or NULL */
	struct text *why;          /* a sentence part for a failure */
};

/* Whether the file system can be made before the namespace exists, or there is no other way.
 * Through a BTT there is: if it has several arenas, only itself knows where its sectors are, and
 * there may be no loop devices. */
bool fill_can_format(const struct step *step);

/*
 * Fills the space and flushes it; then only the label is missing. Zeroing and mkfs end at the
 * deadline (-ECANCELED, -ETIMEDOUT). 0 or -errno.
 */
int fill_space(struct filling *f);

/*
 * Parts of that, in this order, each for many spaces at once and in several threads; what they
 * wrote is flushed by blockdev_flush(). Zeroes with scrub = false what would be recognised; with
 * scrub it is zero_spaces() that zeroes all. Makes the file system, if the step has one. Writes the
 * info block.
 */
int fill_wipe(struct filling *f);
struct zeroing fill_zeroing(const struct filling *f);
int fill_format(struct filling *f);
int fill_info(struct filling *f);

#endif
