// SPDX-License-Identifier: GPL-2.0-or-later
#include "remains.h"

#include <string.h>

#include "capacity.h"
#include "cover.h"
#include "infoblock.h"
#include "label-image.h"
#include "label.h"
#include "mem.h"
#include "spent.h"

/* The most places looked at beside the plan's: larger regions hold larger namespaces, and a look at
 * each multiple of 2 MiB would keep a host of terabytes waiting longer than the kernel does. */
#define LOOKS_MAX 1024

/* A region being looked at. */
struct look {
	struct sysfs *fs;
	const struct seen_region *region;
	const struct plan_region *planned;
	struct text *why;
	struct label *labels;
	size_t n;
	size_t n_blocks; /* how many of them have an info block */
	bool elsewhere;  /* none of them, but there is one */
};

static int failed(struct look *l, int r, const char *what)
{
	if (r < 0 && !l->why->len)
		text_addf(l->why, "%s: %s", what, strerror(-r));
	return r;
}

static bool has_label(const struct look *l, const uuid_t uuid)
{
	for (size_t i = 0; i < l->n; i++)
		if (!uuid_compare(l->labels[i].uuid, uuid))
			return true;
	return false;
}

/* The label of @p, and what its place holds. */
static int read_place(struct look *l, struct blockdev *raw, const struct plan_namespace *p)
{
	unsigned char bytes[INFOBLOCK_AREA];
	uint64_t offset = p->where.start - l->region->range.start;
	struct label label = {
		.name = p->ns->name, .mode = p->ns->mode, .where = {offset, p->where.size}};
	bool found = false;
	uuid_t parent;
	int r = 0;

	/* A raw namespace may be smaller than that, and has no info block. */
	if (p->where.size >= sizeof(bytes))
		r = failed(l, blockdev_read(raw, offset, bytes, sizeof(bytes)), "reading it");
	if (r < 0)
		return r;
	if (p->where.size >= sizeof(bytes) && infoblock_find(bytes, parent)) {
		l->n_blocks++;
		found = !uuid_is_null(parent) && !has_label(l, parent);
	}
	uuid_copy(label.uuid, found ? parent : p->ns->uuid);
	if (has_label(l, label.uuid))
		uuid_generate_random(label.uuid);
	*MEM_APPEND(l->labels, l->n) = label;
	return 0;
}

/* How far apart such places are: a power of two. */
static uint64_t stride_of(uint64_t usable)
{
	uint64_t stride = PLACE_ALIGN;

	while (usable / stride > LOOKS_MAX)
		stride *= 2;
	return stride;
}

/*
 * Whether there is an info block where the plan puts nothing: what somebody else's namespace, or an
 * earlier layout, has displaced begins elsewhere, mostly at a multiple of PLACE_ALIGN (capacity.h),
 * and as far from the region's start, in large regions, as a larger power of two. What cannot be
 * read holds none.
 */
static bool is_elsewhere(struct look *l, struct blockdev *raw)
{
	unsigned char bytes[INFOBLOCK_AREA];
	uint64_t first = l->region->range.start, usable = l->region->usable;
	uint64_t stride = stride_of(usable), offset = align_up(first, PLACE_ALIGN) - first;
	uuid_t parent;

	for (; offset < usable && usable - offset >= sizeof(bytes); offset += stride)
		if (blockdev_read(raw, offset, bytes, sizeof(bytes)) == 0 &&
		    infoblock_find(bytes, parent))
			return true;
	return false;
}

/* All places of the plan, and if there is nothing the rest, through the scaffold, which is no
 * longer bound then. */
static int look(struct look *l)
{
	SPENT(SPENT_LOOKING);
	struct cover cover = {.fs = l->fs, .region = l->region, .why = l->why};
	int r = cover_lay(&cover, LOOK_SCAFFOLD);

	for (size_t i = 0; r == 0 && i < l->planned->region->n_namespaces; i++)
		if (l->planned->namespaces[i].where.size)
			r = read_place(l, &cover.raw, &l->planned->namespaces[i]);
	if (r == 0 && !l->n_blocks)
		l->elsewhere = is_elsewhere(l, &cover.raw);
	cover_release(&cover);
	return r;
}

static struct look look_of(struct sysfs *fs, const struct step *step, struct text *why)
{
	return (struct look){
		.fs = fs, .region = step->seen_region, .planned = step->planned, .why = why};
}

static void look_release(struct look *l)
{
	free(l->labels);
}

/* Marks the region as one that must be kept; with @l->n labels after that. */
static int mark(struct look *l, bool with_labels)
{
	struct media area = {0};
	int r;

	label_mark_lost(&area);
	if (with_labels)
		label_image(l->labels, l->n, &area);
	r = label_replace(l->fs, l->region, &area, l->why);
	media_release(&area);
	return r;
}

int remains_look(struct sysfs *fs, const struct step *step, struct text *why)
{
	struct look l = look_of(fs, step, why);
	int r = look(&l);

	/* An empty region comes up anew instead of only losing its scaffold, whose number would
	 * stay taken: the first namespace is to be number 0, /dev/pmem0 or /dev/dax0.0. */
	if (r == 0)
		r = l.n_blocks || l.elsewhere ? mark(&l, false) : label_reset(fs, l.region, why);
	look_release(&l);
	return r;
}

int remains_repair(struct sysfs *fs, const struct step *step, struct text *why)
{
	struct look l = look_of(fs, step, why);
	int r = look(&l);

	if (r == 0 && l.n_blocks)
		r = mark(&l, true);
	else if (r == 0) {
		text_add(why, "there is no info block where its namespaces would be");
		mark(&l, false);
		r = -ENODATA;
	}
	look_release(&l);
	return r;
}
