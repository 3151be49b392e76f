// SPDX-License-Identifier: GPL-2.0-or-later
#include "raze.h"

#include <string.h>

#include "cover.h"
#include "empty.h"
#include "label.h"
#include "mem.h"
#include "nd.h"
#include "spent.h"
#include "takedown.h"

/* A group of steps of one region. */
struct group {
	struct sysfs *fs;
	const struct seen_region *region;
	struct raze_step *steps;
	size_t n;
	deadline deadline;
};

bool raze_takes(const struct step *step)
{
	return step->kind == STEP_CLEAR || step->kind == STEP_DESTROY || step->kind == STEP_WIPE;
}

/* What is left of one that is down. */
static int remove_one(struct group *g, struct raze_step *s)
{
	const struct step *step = s->step;
	int r = takedown_is_same(g->fs, step->seen, &s->why);

	if (r == 0 && step->kind == STEP_WIPE)
		r = empty_wipe(g->fs, step, g->deadline, &s->why);
	if (r < 0)
		return r;
	r = nd_delete(g->fs, step->seen->device);
	if (r < 0)
		text_addf(&s->why, "deleting its label: %s", strerror(-r));
	return r;
}

static void remove_each(struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->steps[i].result == 0)
			g->steps[i].result = remove_one(g, &g->steps[i]);
}

/* Whether the group is all there is in the region, damaged labels included. Zeroing goes one by
 * one: what is not zeroed yet must be known by its label, should it be interrupted. */
static bool is_whole(const struct group *g)
{
	if (!g->fs->live || g->n != g->region->n_namespaces ||
	    g->region->slots_free + g->n != REGION_NAMESPACES_MAX)
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (g->steps[i].step->zero)
			return false;
	return true;
}

/* Where there may be signatures in what the group wipes, from the region's start. */
static struct sweep_part *signatures_of(const struct group *g, const struct blockdev *raw,
					size_t *n)
{
	struct sweep_part *parts = NULL;

	*n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct seen_namespace *seen = g->steps[i].step->seen;
		uint64_t base = seen->start - g->region->range.start;
		struct media media = {0};

		if (g->steps[i].step->kind == STEP_WIPE)
			empty_signatures(seen, raw, base, &media);
		blockdev_add_parts(raw, base, &media, &parts, n);
		media_release(&media);
	}
	return parts;
}

static int wipe_signatures(const struct group *g, struct cover *cover)
{
	SPENT(SPENT_WIPE);
	size_t n;
	_cleanup_(freep) struct sweep_part *parts = signatures_of(g, &cover->raw, &n);
	int r = 0;

	blockdev_zero(parts, n, NULL, NULL);
	for (size_t i = 0; i < n && r == 0; i++)
		r = parts[i].result;
	if (r == 0)
		r = blockdev_flush(&cover->raw);
	if (r < 0)
		text_addf(cover->why, "wiping signatures: %s", strerror(-r));
	return r;
}

static int wipe_all(struct group *g, struct cover *cover)
{
	int r = cover_lay(cover, REGION_SCAFFOLD), closed;

	if (r == 0)
		r = wipe_signatures(g, cover);
	SPENT(SPENT_UNBIND);
	closed = cover_close(cover);
	return r < 0 ? r : closed;
}

static bool wipes(const struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->steps[i].step->kind == STEP_WIPE)
			return true;
	return false;
}

/* The region with all that is in it. 0, TAKEDOWN_KEPT, or -errno. */
static int remove_region(struct group *g, struct text *why)
{
	struct cover cover = {.fs = g->fs, .region = g->region, .why = why};
	int r = wipes(g) ? wipe_all(g, &cover) : 0;

	if (r == 0)
		r = label_reset(g->fs, g->region, why);
	cover_release(&cover);
	return r;
}

static bool remove_whole(struct group *g)
{
	_cleanup_(text_release) struct text why = {0};
	int r = remove_region(g, &why);

	/* Of what is in use, or came meanwhile, each is told by itself. */
	if (r == TAKEDOWN_KEPT)
		return false;
	for (size_t i = 0; r < 0 && i < g->n; i++) {
		g->steps[i].result = r;
		text_add(&g->steps[i].why, text_str(&why));
	}
	return true;
}

static void take_down(struct group *g)
{
	_cleanup_(freep) struct takedown *items = mem_calloc(g->n, sizeof(*items));

	for (size_t i = 0; i < g->n; i++)
		items[i].seen = g->steps[i].step->seen;
	takedown_namespaces(g->fs, items, g->n);
	for (size_t i = 0; i < g->n; i++) {
		g->steps[i].result = items[i].result;
		g->steps[i].why = items[i].why;
	}
}

bool raze(struct sysfs *fs, struct raze_step *steps, size_t n, deadline d)
{
	struct group g = {.fs = fs,
			  .region = steps[0].step->seen_region,
			  .steps = steps,
			  .n = n,
			  .deadline = d};

	if (is_whole(&g) && remove_whole(&g))
		return true;
	take_down(&g);
	remove_each(&g);
	return false;
}
