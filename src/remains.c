// SPDX-License-Identifier: GPL-2.0-or-later
#include "remains.h"

#include <string.h>

#include "capacity.h"
#include "cover.h"
#include "crew.h"
#include "infoblock.h"
#include "label-image.h"
#include "label.h"
#include "mem.h"
#include "spent.h"

/* The most places looked at beside the plan's: larger regions hold larger namespaces, and a look at
 * each multiple of 2 MiB would keep a host of terabytes waiting longer than the kernel does. */
#define LOOKS_MAX 1024

/* Places that are worth another thread to look at them. */
#define LOOK_SHARE 64

/* Where an info block may be. */
struct spot {
	uint64_t offset; /* from the region's start */
	int result;      /* 0, or -errno: it cannot be read */
	bool found;
	uuid_t parent; /* of the namespace that the info block is of; may be null */
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
	size_t n_blocks; /* how many of them have an info block */
	bool elsewhere;  /* none of them, but there is one */
};

static void spot_look(void *context, size_t i)
{
	const struct look *l = context;
	_Alignas(BLOCKDEV_ALIGN) unsigned char bytes[INFOBLOCK_AREA];
	struct spot *spot = &l->spots[i];

	/* In most places there is nothing: that is seen in the first bytes. */
	spot->result = blockdev_read(l->raw, spot->offset, bytes, INFOBLOCK_HINT);
	if (spot->result < 0 || !infoblock_hint(bytes))
		return;
	spot->result = blockdev_read(l->raw, spot->offset, bytes, sizeof(bytes));
	spot->found = spot->result == 0 && infoblock_find(bytes, spot->parent);
}

/* Looks at @n @spots, with all processors if they are many. */
static void spots_look(struct look *l, struct spot *spots, size_t n)
{
	l->spots = spots;
	crew_run(crew_size(n / LOOK_SHARE), n, spot_look, l);
}

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

/* The label of @p, whose info block was looked for at @spot, or nowhere. */
static void add_label(struct look *l, const struct plan_namespace *p, const struct spot *spot)
{
	uint64_t offset = p->where.start - l->region->range.start;
	struct label label = {
		.name = p->ns->name, .mode = p->ns->mode, .where = {offset, p->where.size}};
	bool found = spot && spot->found;

	l->n_blocks += found;
	found = found && !uuid_is_null(spot->parent) && !has_label(l, spot->parent);
	uuid_copy(label.uuid, found ? spot->parent : p->ns->uuid);
	if (has_label(l, label.uuid))
		uuid_generate_random(label.uuid);
	*MEM_APPEND(l->labels, l->n) = label;
}

static int compare_offsets(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool was_seen(const struct look *l, uint64_t offset)
{
	return l->n_seen && bsearch(&offset, l->seen, l->n_seen, sizeof(*l->seen), compare_offsets);
}

/* A raw namespace may be smaller than that, and has no info block. */
static bool has_spot(const struct plan_namespace *p)
{
	return p->where.size >= INFOBLOCK_AREA;
}

/* What the places of the plan hold, and the labels that it comes to. 0 or -errno. */
static int look_where_planned(struct look *l)
{
	_cleanup_(freep) struct spot *spots = NULL;
	const struct plan_namespace *all = l->planned->namespaces;
	size_t n = 0, next = 0;

	for (size_t i = 0; i < l->planned->region->n_namespaces; i++)
		if (has_spot(&all[i]))
			MEM_APPEND(spots, n)->offset = all[i].where.start - l->region->range.start;
	spots_look(l, spots, n);
	for (size_t i = 0; i < n; i++) {
		if (spots[i].result < 0)
			return failed(l, spots[i].result, "reading it");
		*MEM_APPEND(l->seen, l->n_seen) = spots[i].offset;
	}
	if (n)
		qsort(l->seen, n, sizeof(*l->seen), compare_offsets);
	for (size_t i = 0; i < l->planned->region->n_namespaces; i++)
		if (all[i].where.size)
			add_label(l, &all[i], has_spot(&all[i]) ? &spots[next++] : NULL);
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
static bool is_elsewhere(struct look *l)
{
	_cleanup_(freep) struct spot *spots = NULL;
	uint64_t first = l->region->range.start, usable = l->region->usable;
	uint64_t stride = stride_of(usable), offset = align_up(first, PLACE_ALIGN) - first;
	size_t n = 0;

	for (; offset < usable && usable - offset >= INFOBLOCK_AREA; offset += stride)
		if (!was_seen(l, offset))
			MEM_APPEND(spots, n)->offset = offset;
	spots_look(l, spots, n);
	for (size_t i = 0; i < n; i++)
		if (spots[i].found)
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

	l->raw = &cover.raw;
	if (r == 0)
		r = look_where_planned(l);
	if (r == 0 && !l->n_blocks)
		l->elsewhere = is_elsewhere(l);
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
	free(l->seen);
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
