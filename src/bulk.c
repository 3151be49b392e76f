// SPDX-License-Identifier: GPL-2.0-or-later
#include "bulk.h"

#include <string.h>

#include "fill.h"
#include "label-image.h"
#include "label.h"
#include "machine.h"
#include "mem.h"
#include "nd.h"

/* A region being provisioned. */
struct group {
	struct sysfs *fs;
	const struct seen_region *region;
	struct bulk_step *steps;
	size_t n;
	deadline deadline;
	struct text *why;
	char *device; /* the scaffold over the region */
	struct blockdev raw;
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

static int set(struct group *g, const char *attribute, const char *value)
{
	return failed(g, nd_set(g->fs, g->device, attribute, value), attribute);
}

/* One raw namespace over all of the region. */
static int cover(struct group *g)
{
	_cleanup_(freep) char *block = NULL;
	char text[UUID_STR_LEN];
	uuid_t uuid;
	int r = failed(g, nd_set_number(g->fs, g->region->name, "align", PAGE_BYTES),
		       "align of the region");

	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, text);
	if (r == 0)
		r = failed(g, nd_seed(g->fs, g->region->name, &g->device),
			   "no fresh namespace in the region");
	if (r == 0)
		r = set(g, "alt_name", SCAFFOLD_PREFIX "region");
	if (r == 0)
		r = set(g, "uuid", text);
	if (r == 0)
		r = failed(g, nd_set_number(g->fs, g->device, "size", g->region->usable), "size");
	if (r == 0)
		r = set(g, "force_raw", "1");
	if (r == 0)
		r = failed(g, nd_bind(g->fs, "nd_pmem", g->device), "bind to nd_pmem");
	if (r == 0)
		r = failed(g, nd_block(g->fs, g->device, &block), "its block device");
	if (r == 0)
		r = failed(g, blockdev_open(&g->raw, block), "opening its block device");
	return r;
}

/* Fills the spaces of all; one that fails is left out. Returns how many are filled. */
static size_t fill(struct group *g)
{
	size_t filled = 0;

	for (size_t i = 0; i < g->n; i++) {
		struct bulk_step *s = &g->steps[i];
		struct filling filling = {
			.step = s->step,
			.dev = &g->raw,
			.base = s->step->where.start - g->region->range.start,
			.deadline = g->deadline,
			.why = &s->why,
		};

		s->result = fill_space(&filling);
		filled += s->result == 0;
	}
	return filled;
}

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
		.raw.fd = -1,
	};
	int r = cover(&g);
	size_t filled = r == 0 ? fill(&g) : 0;

	blockdev_close(&g.raw);
	if (g.device)
		nd_free(fs, g.device, NULL);
	if (filled)
		r = write_labels(&g);
	else if (g.device)
		nd_delete(fs, g.device);
	free(g.device);
	return r;
}
