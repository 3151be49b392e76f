/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is overwritten of a namespace's contents where not all of it is zeroed.
 */
#ifndef RAMDAX_WIPE_H
#define RAMDAX_WIPE_H

#include "blockdev.h"
#include "capacity.h"
#include "media.h"

/*
 * Adds to @media what is to be zeroed, from the namespace's start, so that nobody recognises what
 * was in it: signatures_wipe(), and labels of zfs, if any are there; what cannot be read counts as
 * there. The namespace is @where in physical memory; @dev reaches it, at @base.
 */
void wipe_areas(const struct blockdev *dev, uint64_t base, const struct shape *shape,
		struct range where, struct media *media);

#endif
