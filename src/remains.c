// SPDX-License-Identifier: GPL-2.0-or-later
#include "remains.h"

#include <string.h>

#include "capacity.h"
#include "crew.h"
#include "label.h"
#include "mem.h"
#include "remains-parts.h"
#include "spent.h"

/* The most places looked at beside the plan's: larger regions hold larger namespaces, and a look at
 * each multiple of 2 MiB would keep a host of terabytes waiting longer than the kernel does. */
#define LOOKS_MAX 1024

/* Places that are worth another thread to look at them. */
#define LOOK_SHARE 64

static void spot_look(void *context, size_t i)
{
	const struct look *l = context;
	_Alignas(BLOCKDEV_ALIGN) unsigned char bytes[INFOBLOCK_AREA];
	struct spot *spot = &l->spots[i];

	/* In most places there is nothing: that is seen in the first bytes. Where there is
	 * something that cannot be read whole, it is not nothing. */
	spot->result = blockdev_read(l->raw, spot->offset, bytes, INFOBLOCK_HINT);
	if (spot->result < 0 || !infoblock_hint(bytes))
		return;
	spot->result = blockdev_read(l->raw, spot->offset, bytes, sizeof(bytes));
	spot->found = spot->result < 0 || infoblock_find(bytes, spot->parent, &spot->raw);
	if (spot->result == 0)
		spot->mode = infoblock_mode(bytes);
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

static int compare_offsets(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool was_seen(const struct look *l, uint64_t offset)
{
	return l->n_seen && bsearch(&offset, l->seen, l->n_seen, sizeof(*l->seen), compare_offsets);
}

/* What the places of the plan hold, and the labels that it comes to. 0 or -errno. */
static int look_where_planned(struct look *l)
{
	_cleanup_(freep) struct spot *spots = NULL;
	const struct plan_namespace *all = l->planned->namespaces;
	size_t n = 0;

	for (size_t i = 0; i < l->planned->region->n_namespaces; i++)
		if (remains_has_spot(&all[i]))
			MEM_APPEND(spots, n)->offset = remains_offset(l, &all[i]);
	spots_look(l, spots, n);
	for (size_t i = 0; i < n; i++) {
		if (spots[i].result < 0)
			return failed(l, spots[i].result, "reading it");
		*MEM_APPEND(l->seen, l->n_seen) = spots[i].offset;
	}
	if (n)
		qsort(l->seen, n, sizeof(*l->seen), compare_offsets);
	remains_add_planned(l, spots);
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

/* Whether all that should have an info block was found by it. */
static bool all_found(const struct look *l)
{
	const struct layout_region *region = l->planned->region;
	size_t wanted = 0, found = 0;

	for (size_t i = 0; i < region->n_namespaces; i++)
		wanted += region->namespaces[i].mode != MODE_RAW;
	for (size_t i = 0; i < l->n_blocks; i++)
		found += l->labels[i].mode != MODE_RAW;
	return l->n_blocks && found == wanted;
}

/* Of what was found, an older block may be where it was before. */
static bool is_known(const struct look *l, const uuid_t parent)
{
	for (size_t i = 0; i < l->n_blocks; i++)
		if (!uuid_compare(l->labels[i].uuid, parent))
			return true;
	return false;
}

/* Whether @offset is inside of what has its info block at the start, where anything may be. */
static bool is_inside(const struct look *l, uint64_t offset)
{
	for (size_t i = 0; i < l->n_blocks; i++)
		if (offset >= l->labels[i].where.start && offset < range_end(l->labels[i].where))
			return true;
	return false;
}

/*
 * Looks where none of those is: what somebody else's namespace, or an earlier layout, has displaced
 * begins elsewhere, mostly at a multiple of PLACE_ALIGN (capacity.h), and as far from the region's
 * start, in large regions, as a larger power of two. What cannot be read holds none. With all of
 * the layout found, what else there is keeps its place, or the next namespace would be made over
 * it.
 */
static void look_elsewhere(struct look *l, bool found_all)
{
	_cleanup_(freep) struct spot *spots = NULL;
	uint64_t first = l->region->range.start, usable = l->region->usable;
	uint64_t stride = stride_of(usable), offset = align_up(first, PLACE_ALIGN) - first;
	size_t n = 0;

	for (; offset < usable && usable - offset >= INFOBLOCK_AREA; offset += stride)
		if (!was_seen(l, offset) && !is_inside(l, offset))
			MEM_APPEND(spots, n)->offset = offset;
	spots_look(l, spots, n);
	for (size_t i = 0; i < n; i++)
		if (spots[i].found && found_all)
			remains_add_other(l, &spots[i]);
		else if (spots[i].found)
			l->elsewhere |= !is_known(l, spots[i].parent);
}

/* All places of the plan, and where there is nothing the rest, through @cover, which is laid. */
static int look(struct look *l, struct cover *cover)
{
	SPENT(SPENT_LOOKING);
	int r = cover_lay(cover, LOOK_SCAFFOLD);

	l->raw = &cover->raw;
	if (r < 0 || (!l->repairs && cover_was_marked(cover)))
		return r;
	l->elsewhere = l->marked;
	if (l->marked)
		return 0;
	r = look_where_planned(l);
	if (r == 0 && !l->elsewhere && (l->repairs || !all_found(l)))
		look_elsewhere(l, all_found(l));
	return r;
}

static struct look look_of(struct sysfs *fs, const struct step *step, struct text *why)
{
	return (struct look){
		.fs = fs,
		.region = step->seen_region,
		.planned = step->planned,
		.why = why,
		.marked = step->marked,
	};
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

int remains_look(struct sysfs *fs, const struct step *step, struct cover *keep, struct text *why)
{
	struct look l = look_of(fs, step, why);
	struct cover cover = {.fs = fs, .region = l.region, .why = why};
	int r = look(&l, &cover);
	bool empty = r == 0 && !l.n_blocks && !l.elsewhere;

	if (empty && keep)
		*keep = cover;
	else
		cover_release(&cover);
	/* An empty region comes up anew instead of only losing its scaffold, whose number would
	 * stay taken: the first namespace is to be number 0, /dev/pmem0 or /dev/dax0.0. */
	if (empty && !keep)
		r = label_reset(fs, l.region, why);
	else if (r == 0 && !empty)
		r = mark(&l, false);
	look_release(&l);
	return r;
}

int remains_repair(struct sysfs *fs, const struct step *step, struct text *why)
{
	struct look l = look_of(fs, step, why);
	struct cover cover = {.fs = fs, .region = l.region, .why = why};
	int r;

	l.repairs = true;
	r = look(&l, &cover);
	cover_release(&cover);
	if (r == 0 && l.n_blocks && !l.elsewhere)
		r = mark(&l, true);
	else if (r == 0) {
		text_add(why, l.elsewhere
				      ? "not all of what is in it is where the layout would put "
					"it: the layout that it was made with repairs it"
				      : "there is no info block where its namespaces would be");
		mark(&l, false);
		r = -ENODATA;
	}
	look_release(&l);
	return r;
}
