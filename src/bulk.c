// SPDX-License-Identifier: GPL-2.0-or-later
#include "bulk.h"

#include <string.h>

#include "crew.h"
#include "fill.h"
#include "label-image.h"
#include "label.h"
#include "machine.h"
#include "made.h"
#include "mem.h"
#include "nd.h"
#include "spent.h"

/* The most mkfs programs at a time: each may take tens of megabytes. */
#define FORMATS_MAX 16

/* Namespaces that are worth another thread to wipe them, or to write their info blocks. */
#define WIPE_SHARE 8
#define INFO_SHARE 64

/* A step, and where. */
struct item {
	struct bulk_region *region;
	struct bulk_step *step;
};

/* Regions being provisioned. */
struct bulk {
	struct sysfs *fs;
	struct bulk_region *regions;
	size_t n_regions;
	struct item *items; /* of all of them, those of one after the other */
	size_t n;
	deadline deadline;
	struct progress *progress; /* of all mkfs, or NULL */
};

static int failed(struct bulk_region *g, int r, const char *what)
{
	if (r < 0 && !g->why.len)
		text_addf(&g->why, "%s: %s", what, strerror(-r));
	return r;
}

bool bulk_takes(const struct step *step)
{
	const struct seen_region *region = step->seen_region;

	/* A slot that is taken without a namespace is somebody's damaged label. */
	return region && region->n_namespaces == 0 && region->slots_free == REGION_NAMESPACES_MAX &&
	       (!step->format || fill_can_format(step));
}

static bool goes_on(const struct item *item)
{
	return item->region->result == 0 && item->step->result == 0;
}

static struct filling filling_of(struct bulk *b, struct item *item)
{
	const struct step *step = item->step->step;

	return (struct filling){
		.step = step,
		.dev = &item->region->cover.raw,
		.base = step->where.start - item->region->region->range.start,
		.deadline = b->deadline,
		.progress = b->progress,
		.why = &item->step->why,
	};
}

/* The kernel asks for it only where it allocates itself, on behalf of who changes one later. */
static int set_align(struct bulk *b, struct bulk_region *g)
{
	_cleanup_(freep) struct range *wheres = mem_calloc(g->n, sizeof(*wheres));

	for (size_t i = 0; i < g->n; i++) {
		const struct range where = g->steps[i].step->where;

		wheres[i] = (struct range){where.start - g->region->range.start, where.size};
	}
	return failed(g, nd_set_align(b->fs, g->region->name, wheres, g->n), "align of the region");
}

/* Whether the first page of the region is free to be marked. */
static bool can_mark(const struct bulk_region *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct step *step = g->steps[i].step;
		enum ns_mode mode = step->ns->mode;

		if (step->where.start - g->region->range.start < PAGE_BYTES && mode != MODE_FSDAX &&
		    mode != MODE_DEVDAX)
			return false;
	}
	return true;
}

/* One by whose name the region is known as being filled, or that through which it was looked at,
 * which is as good once it is marked: another look would find what is being written. */
static int lay(struct bulk *b, struct bulk_region *g)
{
	if (g->cover.device && !can_mark(g))
		cover_release(&g->cover);
	if (g->cover.device)
		return g->cover.marked ? 0 : cover_mark(&g->cover);
	g->cover = (struct cover){.fs = b->fs, .region = g->region, .why = &g->why};
	return cover_lay(&g->cover, REGION_SCAFFOLD);
}

static void prepare(struct bulk *b)
{
	for (size_t i = 0; i < b->n_regions; i++) {
		struct bulk_region *g = &b->regions[i];

		g->cover.why = &g->why;
		g->result = set_align(b, g);
		if (g->result == 0)
			g->result = lay(b, g);
	}
}

/* One part of the filling, unless an earlier one failed. */
static void fill_one(struct bulk *b, struct item *item, int (*part)(struct filling *f))
{
	struct filling filling = filling_of(b, item);
	uint64_t began = clock_ms();

	if (!goes_on(item))
		return;
	item->step->result = part(&filling);
	item->step->ms += clock_ms() - began;
}

static void wipe_one(void *bulk, size_t i)
{
	struct bulk *b = bulk;
	struct item *item = &b->items[i];

	if (!item->step->step->ns->scrub)
		fill_one(b, item, fill_wipe);
}

/* With scrub = false: what would be recognised. */
static void wipe_all(struct bulk *b)
{
	SPENT(SPENT_WIPE);

	crew_run(crew_size(b->n / WIPE_SHARE), b->n, wipe_one, b);
}

static struct progress zeroing_starts(const struct step *first, const struct step *last)
{
	if (first->region != last->region)
		return progress_start("zeroing regions", NULL);
	if (first != last)
		return progress_start("zeroing region", first->region->name);
	return progress_start("zeroing namespace", first->ns->name);
}

/* With scrub = true: all of it, of all at once, and each takes its share of the time. */
static void zero_all(struct bulk *b)
{
	SPENT(SPENT_SCRUB);
	_cleanup_(freep) struct zeroing *spaces = NULL;
	_cleanup_(freep) struct bulk_step **steps = NULL;
	uint64_t began = clock_ms(), bytes = 0;
	size_t n = 0, n_steps = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct item *item = &b->items[i];
		struct filling filling = filling_of(b, item);

		if (!filling.step->ns->scrub || !goes_on(item))
			continue;
		*MEM_APPEND(spaces, n) = fill_zeroing(&filling);
		*MEM_APPEND(steps, n_steps) = item->step;
		bytes += filling.step->where.size;
	}
	if (!n)
		return;
	zero_spaces(spaces, n, zeroing_starts(steps[0]->step, steps[n - 1]->step), b->deadline);
	for (size_t i = 0; i < n; i++) {
		double share = (double)spaces[i].where.size / (double)bytes;

		steps[i]->result = spaces[i].result;
		steps[i]->ms += (uint64_t)(share * (double)(clock_ms() - began));
	}
}

static void format_one(void *bulk, size_t i)
{
	struct bulk *b = bulk;

	fill_one(b, &b->items[i], fill_format);
}

/* All file systems, as many at a time as there are processors: mkfs keeps one busy. */
static void format_all(struct bulk *b)
{
	SPENT(SPENT_MKFS);
	const char *region = b->items[0].step->step->region->name;
	struct progress progress =
		b->n_regions > 1 ? progress_start("making file systems", NULL)
				 : progress_start("making file systems in region", region);
	size_t wanted = 0;

	for (size_t i = 0; i < b->n; i++)
		wanted += b->items[i].step->step->format;
	b->progress = wanted > 1 ? &progress : NULL;
	crew_run(crew_size(wanted < FORMATS_MAX ? wanted : FORMATS_MAX), b->n, format_one, b);
	b->progress = NULL;
	progress_end(&progress);
}

static void info_one(void *bulk, size_t i)
{
	struct bulk *b = bulk;

	fill_one(b, &b->items[i], fill_info);
}

static void info_all(struct bulk *b)
{
	crew_run(crew_size(b->n / INFO_SHARE), b->n, info_one, b);
}

/* What is written is on the medium, and the scaffold down. */
static void seal_one(void *bulk, size_t i)
{
	struct bulk *b = bulk;
	struct bulk_region *g = &b->regions[i];
	int closed;

	if (g->result == 0)
		g->result = failed(g, blockdev_flush(&g->cover.raw), "flushing");
	if (!g->cover.device)
		return;
	closed = cover_close(&g->cover);
	if (g->result == 0)
		g->result = closed;
}

/* Each waits for grace periods. */
static void seal_all(struct bulk *b)
{
	SPENT(SPENT_UNBIND);

	crew_run(b->n_regions, b->n_regions, seal_one, b);
}

static void note(struct bulk *b)
{
	_cleanup_(freep) uuid_t *uuids = mem_calloc(b->n, sizeof(*uuids));
	size_t n = 0;
	int r;

	for (size_t i = 0; i < b->n; i++) {
		const struct layout_namespace *ns = b->items[i].step->step->ns;

		if (goes_on(&b->items[i]) && ns->survives != SURVIVES_RESET)
			uuid_copy(uuids[n++], ns->uuid);
	}
	r = made_note(b->fs, uuids, n);
	for (size_t i = 0; r < 0 && i < b->n_regions; i++)
		if (b->regions[i].result == 0)
			b->regions[i].result =
				failed(&b->regions[i], r, "noting in " MADE_PATH " what is made");
}

/* The labels of all that are filled in @g. */
static void add_labels(const struct bulk_region *g, struct media *area)
{
	_cleanup_(freep) struct label *labels = mem_calloc(g->n, sizeof(*labels));
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct step *step = g->steps[i].step;
		struct label *l = &labels[n];

		if (g->steps[i].result < 0)
			continue;
		uuid_copy(l->uuid, step->ns->uuid);
		l->name = step->ns->name;
		l->mode = step->ns->mode;
		l->where.start = step->where.start - g->region->range.start;
		l->where.size = step->where.size;
		n++;
	}
	label_image(labels, n, area);
}

/* In place of the scaffolds': none, where that failed, or the filling as a whole. */
static void write_labels(struct bulk *b)
{
	_cleanup_(freep) struct label_change *changes = mem_calloc(b->n_regions, sizeof(*changes));
	_cleanup_(text_release) struct text unsaid = {0};

	for (size_t i = 0; i < b->n_regions; i++) {
		struct bulk_region *g = &b->regions[i];

		changes[i] = (struct label_change){
			.region = g->region, .result = g->result, .why = &g->why};
		if (g->result == 0)
			add_labels(g, &changes[i].area);
	}
	label_replace_all(b->fs, changes, b->n_regions);
	for (size_t i = 0; i < b->n_regions; i++) {
		struct bulk_region *g = &b->regions[i];

		g->result = changes[i].result;
		if (g->result < 0 && g->cover.device)
			label_reset(b->fs, g->region, &unsaid);
		media_release(&changes[i].area);
		cover_release(&g->cover);
	}
}

void bulk_create(struct sysfs *fs, struct bulk_region *regions, size_t n, deadline d)
{
	struct bulk b = {.fs = fs, .regions = regions, .n_regions = n, .deadline = d};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < regions[i].n; k++)
			*MEM_APPEND(b.items, b.n) =
				(struct item){&regions[i], &regions[i].steps[k]};
	prepare(&b);
	wipe_all(&b);
	zero_all(&b);
	format_all(&b);
	info_all(&b);
	seal_all(&b);
	note(&b);
	write_labels(&b);
	free(b.items);
}
