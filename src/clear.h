/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clearing many spaces of regions at once, by all processors: all of them, or with scrub = false
 * what would be recognised.
 */
#ifndef RAMDAX_CLEAR_H
#define RAMDAX_CLEAR_H

#include "fill.h"

/* A space to be cleared, and what came of it: 0 or -errno, with a sentence part in the filling's
 * @why. */
struct clearing {
	struct filling filling;
	uint64_t bytes; /* out: that were to be zeroed */
	int result;
};

/* Those of one region follow each other. */
void clear_all(struct clearing *spaces, size_t n);

#endif
