// SPDX-License-Identifier: GPL-2.0-or-later
#include "zero.h"

#include <string.h>

#include "mem.h"

struct going {
	struct progress progress;
	deadline deadline;
};

static bool go_on(void *context, uint64_t done, uint64_t total)
{
	struct going *g = context;

	progress_tell(&g->progress, done, total);
	return deadline_left(g->deadline) > 0;
}

static void conclude(struct zeroing *z, const struct sweep_part *part)
{
	z->result = part->result;
	if (part->result == -ECANCELED)
		text_add(z->why, "zeroing takes longer than the boot may take");
	else if (part->result < 0)
		text_addf(z->why, "zeroing at physical address 0x%llx: %s",
			  (unsigned long long)(z->where.start + part->failed_at - z->base),
			  strerror(-part->result));
}

void zero_spaces(struct zeroing *spaces, size_t n, struct progress progress, deadline d)
{
	_cleanup_(freep) struct sweep_part *parts = mem_calloc(n + 1, sizeof(*parts));
	struct going going = {progress, d};

	for (size_t i = 0; i < n; i++)
		parts[i] = (struct sweep_part){.device = spaces[i].dev,
					       .offset = spaces[i].base,
					       .n = spaces[i].where.size};
	blockdev_zero(parts, n, go_on, &going);
	for (size_t i = 0; i < n; i++)
		conclude(&spaces[i], &parts[i]);
	progress_end(&going.progress);
}

int zero_space(struct zeroing *space, const char *name, deadline d)
{
	zero_spaces(space, 1, progress_start("zeroing namespace", name), d);
	return space->result;
}
