/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making all namespaces of an empty region at once: their contents through one scaffold over the
 * region, then their labels, the index block last, then one enumeration by the kernel. What a
 * kernel takes differently shows in the next plan and goes the ordinary way.
 */
#ifndef RAMDAX_BULK_H
#define RAMDAX_BULK_H

#include "deadline.h"
#include "plan.h"
#include "sysfs.h"
#include "text.h"

/* A step of the group, and what came of it. */
struct bulk_step {
	const struct step *step;
	int result; /* 0 or -errno: one that failed is left out, the others are made */
	struct text why;
	uint64_t ms; /* spent for its contents */
};

/* Whether @step, a STEP_CREATE, may be part of a group: its region holds nothing, and nothing
 * must be bound before it is complete. */
bool bulk_takes(const struct step *step);

/*
 * Does the @n steps, all of one region. 0 with the results set; or -errno with a sentence part in
 * @why when none was made.
 */
int bulk_create(struct sysfs *fs, struct bulk_step *steps, size_t n, deadline d, struct text *why);

#endif
