// SPDX-License-Identifier: GPL-2.0-or-later
#include "bulk.h"

#include <string.h>

#include "clear.h"
#include "cover.h"
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

/* Info blocks that are worth another thread to write them. */
#define INFO_SHARE 64

/* A region being provisioned. */
struct group {
	struct sysfs *fs;
	const struct seen_region *region;
	struct bulk_step *steps;
	size_t n;
	deadline deadline;
	struct progress *progress; /* of all mkfs, or NULL */
	struct text *why;
	struct cover cover;
};

static int failed(struct group *g, int r, const char *what)
{
	if (r < 0 && !g->why->len)
		text_addf(g->why, "%s: %s", what, strerror(-r));
	return r;
}

bool bulk_takes(const struct step *step)
{
	const struct seen_region *region = step->seen_region;

	/* A slot that is taken without a namespace is somebody's damaged label. */
	return region && region->n_namespaces == 0 && region->slots_free == REGION_NAMESPACES_MAX &&
	       (!step->format || fill_can_format(step));
}

static struct filling filling_of(struct group *g, struct bulk_step *s)
{
	return (struct filling){
		.step = s->step,
		.dev = &g->cover.raw,
		.base = s->step->where.start - g->region->range.start,
		.deadline = g->deadline,
		.progress = g->progress,
		.why = &s->why,
	};
}

/* One part of the filling, unless an earlier one failed. */
static void fill_one(struct group *g, struct bulk_step *s, int (*part)(struct filling *f))
{
	struct filling filling = filling_of(g, s);
	uint64_t began = clock_ms();

	if (s->result < 0)
		return;
	s->result = part(&filling);
	s->ms += clock_ms() - began;
}

static void info_one(void *group, size_t i)
{
	struct group *g = group;

	fill_one(g, &g->steps[i], fill_info);
}

static void info_all(struct group *g)
{
	crew_run(crew_size(g->n / INFO_SHARE), g->n, info_one, g);
}

/* All at once: each takes its share of the time. */
static void clear(struct group *g)
{
	_cleanup_(freep) struct clearing *spaces = mem_calloc(g->n, sizeof(*spaces));
	uint64_t began = clock_ms(), bytes = 1;

	for (size_t i = 0; i < g->n; i++)
		spaces[i].filling = filling_of(g, &g->steps[i]);
	clear_all(&g->cover.raw, spaces, g->n);
	for (size_t i = 0; i < g->n; i++)
		bytes += spaces[i].bytes;
	for (size_t i = 0; i < g->n; i++) {
		double share = (double)spaces[i].bytes / (double)bytes;

		g->steps[i].result = spaces[i].result;
		g->steps[i].ms += (uint64_t)(share * (double)(clock_ms() - began));
	}
}

static void format_one(void *group, size_t i)
{
	struct group *g = group;

	fill_one(g, &g->steps[i], fill_format);
}

/* All file systems, as many at a time as there are processors: mkfs keeps one busy. */
static void format_all(struct group *g)
{
	SPENT(SPENT_MKFS);
	struct progress progress = {0};
	size_t wanted = 0;

	for (size_t i = 0; i < g->n; i++)
		wanted += g->steps[i].step->format;
	progress = progress_start("making file systems in region", g->steps[0].step->region->name);
	g->progress = wanted > 1 ? &progress : NULL;
	crew_run(crew_size(wanted < FORMATS_MAX ? wanted : FORMATS_MAX), g->n, format_one, g);
	g->progress = NULL;
	progress_end(&progress);
}

/* Fills the spaces of all; one that fails is left out. 0 or -errno. */
static int fill(struct group *g)
{
	clear(g);
	format_all(g);
	info_all(g);
	return failed(g, blockdev_flush(&g->cover.raw), "flushing");
}

/* The kernel asks for it only where it allocates itself, on behalf of who changes one later. */
static int set_align(struct group *g)
{
	_cleanup_(freep) struct range *wheres = mem_calloc(g->n, sizeof(*wheres));

	for (size_t i = 0; i < g->n; i++) {
		const struct range where = g->steps[i].step->where;

		wheres[i] = (struct range){where.start - g->region->range.start, where.size};
	}
	return failed(g, nd_set_align(g->fs, g->region->name, wheres, g->n), "align of the region");
}

static int note(struct group *g)
{
	_cleanup_(freep) uuid_t *uuids = mem_calloc(g->n, sizeof(*uuids));
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct layout_namespace *ns = g->steps[i].step->ns;

		if (g->steps[i].result == 0 && ns->survives != SURVIVES_RESET)
			uuid_copy(uuids[n++], ns->uuid);
	}
	return failed(g, made_note(g->fs, uuids, n), "noting in " MADE_PATH " what is made");
}

/* The labels of all that are filled, in place of the scaffold's. */
static int write_labels(struct group *g)
{
	_cleanup_(freep) struct label *labels = mem_calloc(g->n, sizeof(*labels));
	struct media area = {0};
	size_t n = 0;
	int r;

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
	label_image(labels, n, &area);
	r = label_replace(g->fs, g->region, &area, g->why);
	media_release(&area);
	return r;
}

int bulk_create(struct sysfs *fs, struct bulk_step *steps, size_t n, deadline d, struct text *why)
{
	struct group g = {
		.fs = fs,
		.region = steps[0].step->seen_region,
		.steps = steps,
		.n = n,
		.deadline = d,
		.why = why,
		.cover = {.fs = fs, .region = steps[0].step->seen_region, .why = why},
	};
	_cleanup_(text_release) struct text unsaid = {0};
	int r = set_align(&g), freed;

	if (r < 0)
		return r;
	r = cover_lay(&g.cover, REGION_SCAFFOLD);
	if (r == 0)
		r = fill(&g);
	freed = cover_close(&g.cover);
	if (r == 0)
		r = freed;
	if (r == 0)
		r = note(&g);
	if (r == 0)
		r = write_labels(&g);
	else if (g.cover.device)
		label_reset(fs, g.region, &unsaid);
	cover_release(&g.cover);
	return r;
}
