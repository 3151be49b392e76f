/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is found in a region, and the labels that it comes to; for remains.c and remains-labels.c
 * only.
 */
#ifndef RAMDAX_REMAINS_PARTS_H
#define RAMDAX_REMAINS_PARTS_H

#include "blockdev.h"
#include "infoblock.h"
#include "label-image.h"
#include "plan.h"
#include "sysfs.h"
#include "text.h"

/* Where an info block may be. */
struct spot {
	uint64_t offset; /* from the region's start */
	int result;      /* 0, or -errno: it cannot be read */
	bool found;
	uuid_t parent; /* of the namespace that the info block is of; may be null */
	uint64_t raw;  /* what that takes */
	enum ns_mode mode;
};

/* A region being looked at. */
struct look {
	struct sysfs *fs;
	const struct seen_region *region;
	const struct plan_region *planned;
	struct text *why;
	struct blockdev *raw;
	struct spot *spots; /* being looked at */
	uint64_t *seen;     /* where the plan's have been looked at, sorted */
	size_t n_seen;
	struct label *labels;
	size_t n;
	size_t n_blocks; /* how many of them have an info block: the first of them */
	bool elsewhere;  /* there is one beside those */
	bool repairs;
	bool marked; /* whatever is in it counts, unless it is marked as being filled */
};

/* Where @p is planned, from the region's start; and whether an info block can be there: a raw
 * namespace may be smaller than that, and has none. */
uint64_t remains_offset(const struct look *l, const struct plan_namespace *p);
bool remains_has_spot(const struct plan_namespace *p);

/* Adds the labels that the info blocks at @spots, one for each of the plan's namespaces that
 * remains_has_spot(), come to: who is whose tells its UUID, in whatever order the layout names them
 * now, and only where that is nobody's the place. If there is any, what has none is where the plan
 * puts it. */
void remains_add_planned(struct look *l, const struct spot *spots);

/* Adds the label of what is not in the layout, without the name that it had. What overlaps with
 * something that is, or is twice there, is of an earlier time; but where only the plan has put
 * something, nothing tells which of both it is. */
void remains_add_other(struct look *l, const struct spot *spot);

#endif
