// SPDX-License-Identifier: GPL-2.0-or-later
#include "zero.h"

#include <string.h>

#include "progress.h"

struct going {
	const struct zeroing *z;
	struct progress progress;
};

static bool go_on(void *context, uint64_t done, uint64_t total)
{
	struct going *g = context;

	progress_tell(&g->progress, done, total);
	return deadline_left(g->z->deadline) > 0;
}

int zero_space(const struct zeroing *z)
{
	struct going going = {.z = z, .progress = progress_start("zeroing namespace", z->name)};
	uint64_t failed_at = 0;
	int r = blockdev_zero(z->dev, z->base, z->where.size, go_on, &going, &failed_at);

	progress_end(&going.progress);
	if (r == -ECANCELED)
		text_add(z->why, "zeroing takes longer than the boot may take");
	else if (r < 0)
		text_addf(z->why, "zeroing at physical address 0x%llx: %s",
			  (unsigned long long)(z->where.start + failed_at - z->base), strerror(-r));
	return r;
}
