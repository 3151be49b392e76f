// SPDX-License-Identifier: GPL-2.0-or-later
#include "clear.h"

#include <string.h>

#include "mem.h"
#include "progress.h"
#include "spent.h"

/* Parts of regions to be zeroed, and whose they are. */
struct work {
	struct clearing *spaces;
	struct sweep_part *parts;
	struct clearing **owners;
	size_t n;
};

struct going {
	struct progress progress;
	deadline deadline;
};

static void add(struct work *w, struct clearing *owner, uint64_t offset, uint64_t bytes)
{
	const uint64_t spared = owner->filling.spared;
	uint64_t cut = offset < spared ? spared - offset : 0;
	size_t n = w->n;

	if (bytes <= cut)
		return;
	offset += cut;
	bytes -= cut;
	*MEM_APPEND(w->owners, n) = owner;
	*MEM_APPEND(w->parts, w->n) =
		(struct sweep_part){.device = owner->filling.dev, .offset = offset, .n = bytes};
}

static void drop_all(struct work *w)
{
	free(TAKE_PTR(w->parts));
	free(TAKE_PTR(w->owners));
	w->n = 0;
}

static bool go_on(void *context, uint64_t done, uint64_t total)
{
	struct going *g = context;

	progress_tell(&g->progress, done, total);
	return deadline_left(g->deadline) > 0;
}

static void fail(struct clearing *space, const struct sweep_part *part, const char *what)
{
	const struct filling *f = &space->filling;

	if (space->result < 0)
		return;
	space->result = part->result;
	if (part->result == -ECANCELED)
		text_add(f->why, "zeroing takes longer than the boot may take");
	else
		text_addf(f->why, "%s at physical address 0x%llx: %s", what,
			  (unsigned long long)(f->step->where.start + part->failed_at - f->base),
			  strerror(-part->result));
}

static void write_all(struct work *w, struct going *going, const char *what)
{
	blockdev_zero_parts(w->parts, w->n, going ? go_on : NULL, going);
	for (size_t i = 0; i < w->n; i++)
		if (w->parts[i].result < 0)
			fail(w->owners[i], &w->parts[i], what);
}

static void wipe_signatures(struct work *w, size_t n)
{
	SPENT(SPENT_WIPE);

	for (size_t i = 0; i < n; i++) {
		struct clearing *space = &w->spaces[i];
		struct media media = {0};

		if (space->result < 0 || space->filling.step->ns->scrub)
			continue;
		fill_signatures(&space->filling, &media);
		for (size_t j = 0; j < media.n; j++) {
			add(w, space, space->filling.base + media.pieces[j].offset,
			    media.pieces[j].n);
			space->bytes += media.pieces[j].n;
		}
		media_release(&media);
	}
	write_all(w, NULL, "wiping signatures");
	drop_all(w);
}

static void scrub(struct work *w, size_t n)
{
	SPENT(SPENT_SCRUB);
	const struct step *first, *last;
	struct going going;

	for (size_t i = 0; i < n; i++) {
		struct clearing *space = &w->spaces[i];

		if (space->result < 0 || !space->filling.step->ns->scrub)
			continue;
		space->bytes = space->filling.step->where.size;
		add(w, space, space->filling.base, space->bytes);
	}
	if (!w->n)
		return;
	first = w->owners[0]->filling.step;
	last = w->owners[w->n - 1]->filling.step;
	going = (struct going){
		.progress = first->region != last->region ? progress_start("zeroing regions", NULL)
			    : first != last ? progress_start("zeroing region", first->region->name)
					    : progress_start("zeroing namespace", first->ns->name),
		.deadline = w->owners[0]->filling.deadline,
	};
	write_all(w, &going, "zeroing");
	progress_end(&going.progress);
	drop_all(w);
}

void clear_all(struct clearing *spaces, size_t n)
{
	struct work work = {.spaces = spaces};

	wipe_signatures(&work, n);
	scrub(&work, n);
}
