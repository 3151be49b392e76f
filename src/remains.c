// SPDX-License-Identifier: GPL-2.0-or-later
#include "remains.h"

#include <string.h>

#include "btt.h"
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
	uint64_t raw;  /* what that takes */
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
};

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

static bool has_label(const struct look *l, const uuid_t uuid, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!uuid_compare(l->labels[i].uuid, uuid) || !strcmp(l->labels[i].name, name))
			return true;
	return false;
}

/* Whether there is room for @where, beside the labels that there are. */
static bool is_free(const struct look *l, struct range where)
{
	if (where.start > l->region->usable || where.size > l->region->usable - where.start)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (range_overlaps(l->labels[i].where, where))
			return false;
	return true;
}

static uint64_t offset_of(const struct look *l, const struct plan_namespace *p)
{
	return p->where.start - l->region->range.start;
}

/* Whose the info block at @spot is by its UUID; or NULL. */
static const struct layout_namespace *owner_of(const struct look *l, const struct spot *spot)
{
	const struct layout_region *region = l->planned->region;

	for (size_t i = 0; i < region->n_namespaces; i++)
		if (!uuid_compare(region->namespaces[i].uuid, spot->parent))
			return &region->namespaces[i];
	return NULL;
}

/* Derived UUIDs are of version 5: it was made for a name that is not in the region any more. */
static bool is_anothers(const struct spot *spot, const struct layout_namespace *owner)
{
	return !owner && uuid_type(spot->parent) == UUID_TYPE_DCE_SHA1;
}

/* The label of what has its info block at @spot: @ns, as large as the block says. False if two are
 * that, or where another is. */
static bool add_found(struct look *l, const struct layout_namespace *ns, const struct spot *spot,
		      uint64_t planned)
{
	struct label label = {.name = ns->name, .mode = ns->mode, .where = {spot->offset, planned}};

	/* Of a BTT of several arenas only the first is known. */
	if (ns->mode != MODE_SECTOR || spot->raw < BTT_ARENA_MAX || spot->raw > planned)
		label.where.size = spot->raw;
	uuid_copy(label.uuid, uuid_is_null(spot->parent) ? ns->uuid : spot->parent);
	if (has_label(l, label.uuid, ns->name) || !is_free(l, label.where))
		return false;
	*MEM_APPEND(l->labels, l->n) = label;
	l->n_blocks++;
	return true;
}

/* The label of what the plan puts where there is no info block, unless it is elsewhere, or another
 * is there. */
static void add_planned(struct look *l, const struct plan_namespace *p)
{
	struct label label = {.name = p->ns->name,
			      .mode = p->ns->mode,
			      .where = {offset_of(l, p), p->where.size}};

	uuid_copy(label.uuid, p->ns->uuid);
	if (p->where.size && !has_label(l, label.uuid, label.name) && is_free(l, label.where))
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

/* What the info blocks at @spots, one for each of the plan's namespaces that @has_spot(), come to:
 * who is whose tells its UUID, in whatever order the layout names them now, and only where that is
 * nobody's the place. If there is any, what has none is where the plan puts it. */
static void add_labels(struct look *l, const struct spot *spots)
{
	const struct plan_namespace *all = l->planned->namespaces;
	size_t n = l->planned->region->n_namespaces;

	for (int by_uuid = 1; by_uuid >= 0; by_uuid--)
		for (size_t i = 0, next = 0; i < n; i++) {
			const struct spot *spot = has_spot(&all[i]) ? &spots[next++] : NULL;
			const struct layout_namespace *owner = NULL;

			if (!spot || !spot->found)
				continue;
			owner = owner_of(l, spot);
			if (!owner == !by_uuid &&
			    (is_anothers(spot, owner) ||
			     !add_found(l, owner ? owner : all[i].ns, spot, all[i].where.size)))
				l->elsewhere = true;
		}
	for (size_t i = 0; l->n_blocks && i < n; i++)
		add_planned(l, &all[i]);
}

/* What the places of the plan hold, and the labels that it comes to. 0 or -errno. */
static int look_where_planned(struct look *l)
{
	_cleanup_(freep) struct spot *spots = NULL;
	const struct plan_namespace *all = l->planned->namespaces;
	size_t n = 0;

	for (size_t i = 0; i < l->planned->region->n_namespaces; i++)
		if (has_spot(&all[i]))
			MEM_APPEND(spots, n)->offset = offset_of(l, &all[i]);
	spots_look(l, spots, n);
	for (size_t i = 0; i < n; i++) {
		if (spots[i].result < 0)
			return failed(l, spots[i].result, "reading it");
		*MEM_APPEND(l->seen, l->n_seen) = spots[i].offset;
	}
	if (n)
		qsort(l->seen, n, sizeof(*l->seen), compare_offsets);
	add_labels(l, spots);
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
 * Whether there is an info block where none of those is: what somebody else's namespace, or an
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
		if (!was_seen(l, offset) && !is_inside(l, offset))
			MEM_APPEND(spots, n)->offset = offset;
	spots_look(l, spots, n);
	for (size_t i = 0; i < n; i++)
		if (spots[i].found && !is_known(l, spots[i].parent))
			return true;
	return false;
}

/* All places of the plan, and where there is nothing the rest, through the scaffold, which is no
 * longer bound then. */
static int look(struct look *l)
{
	SPENT(SPENT_LOOKING);
	struct cover cover = {.fs = l->fs, .region = l->region, .why = l->why};
	int r = cover_lay(&cover, LOOK_SCAFFOLD);

	l->raw = &cover.raw;
	if (r == 0)
		r = look_where_planned(l);
	if (r == 0 && !l->elsewhere && !all_found(l))
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
