/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking away what is in a namespace, with or without the namespace.
 *
 * From the first write on it bears a scaffold's name, so that whenever this is interrupted nobody
 * is handed what is left, and the next apply makes it anew.
 */
#ifndef RAMDAX_EMPTY_H
#define RAMDAX_EMPTY_H

#include "blockdev.h"
#include "deadline.h"
#include "media.h"
#include "plan.h"
#include "sysfs.h"
#include "text.h"

/*
 * The part of @step, a STEP_WIPE, between takedown_namespaces() and the deletion of the label:
 * signatures and info blocks are overwritten, with @step->zero all of it. 0, or -errno with a
 * sentence part in @why.
 */
int empty_wipe(struct sysfs *fs, const struct step *step, deadline d, struct text *why);

/* Adds to @media what is to be overwritten, with zeros, of signatures and info blocks of @seen,
 * from its start, which is at @base of @dev. */
void empty_signatures(const struct seen_namespace *seen, const struct blockdev *dev, uint64_t base,
		      struct media *media);

/* Does @step, a STEP_SCRUB: all of it is zeroed but what makes it a namespace of its mode, and that
 * is written anew. 0, TAKEDOWN_KEPT, or -errno with a sentence part in @why; then it stays a
 * scaffold. */
int empty_scrub(struct sysfs *fs, const struct step *step, deadline d, struct text *why);

#endif
