/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeroing a space, however large: it can be stopped, and says how far it is.
 */
#ifndef RAMDAX_ZERO_H
#define RAMDAX_ZERO_H

#include "blockdev.h"
#include "deadline.h"
#include "text.h"

struct zeroing {
	struct blockdev *dev;
	uint64_t base;      /* of the space in it, bytes */
	struct range where; /* the space, physical */
	const char *name;   /* whose it is */
	deadline deadline;
	struct text *why; /* a sentence part for a failure */
};

/*
 * Zeroes the space. 0; -ECANCELED at the deadline; or -errno, the physical address told: -EIO where
 * the memory itself has failed (drivers/nvdimm/pmem.c, pmem_do_write: the kernel knows the page as
 * poisoned, and does not touch it).
 */
int zero_space(const struct zeroing *z);

#endif
