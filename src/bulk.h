/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making all namespaces of empty regions at once: their contents through one scaffold over each
 * region, then their labels, the index block last, then one enumeration by the kernel. What a
 * kernel takes differently shows in the next plan and goes the ordinary way.
 *
 * All regions go together: each has memory of its own, and mkfs and grace periods need not wait for
 * another's.
 */
#ifndef RAMDAX_BULK_H
#define RAMDAX_BULK_H

#include "cover.h"
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

/* A region with what is to be made in it, and what came of that. */
struct bulk_region {
	const struct seen_region *region;
	struct bulk_step *steps;
	size_t n;
	/* The scaffold through which it was looked at, or none. Taken over. */
	struct cover cover;
	/* 0 with the results of the steps set; TAKEDOWN_KEPT, or -errno with a sentence part in
	 * why, when none was made. */
	int result;
	struct text why;
};

/* Whether @step, a STEP_CREATE, may be part of a group: its region holds nothing, and nothing
 * must be bound before it is complete. */
bool bulk_takes(const struct step *step);

/* Does all steps of @n regions. */
void bulk_create(struct sysfs *fs, struct bulk_region *regions, size_t n, deadline d);

#endif
