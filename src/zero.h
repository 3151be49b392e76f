/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeroing spaces, however large, with all processors: it can be stopped, and says how far it is.
 */
#ifndef RAMDAX_ZERO_H
#define RAMDAX_ZERO_H

#include "blockdev.h"
#include "deadline.h"
#include "progress.h"
#include "text.h"

struct zeroing {
	struct blockdev *dev;
	uint64_t base;      /* of the space in it, bytes */
	struct range where; /* the space, physical */
	struct text *why;   /* a sentence part for a failure */
	/* Out: 0; -ECANCELED at the deadline; or -errno, the physical address told: -EIO where the
	 * memory itself has failed (drivers/nvdimm/pmem.c, pmem_do_write: the kernel knows the page
	 * as poisoned, and does not touch it). */
	int result;
};

/* Zeroes @n spaces, those of one device one after the other, and tells of it to @progress. */
void zero_spaces(struct zeroing *spaces, size_t n, struct progress progress, deadline d);

/* Zeroes one, which is all of namespace @name or will be. Returns its result. */
int zero_space(struct zeroing *space, const char *name, deadline d);

#endif
