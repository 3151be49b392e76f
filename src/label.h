/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label area of a region, through its DIMM's commands (include/uapi/linux/ndctl.h).
 */
#ifndef RAMDAX_LABEL_H
#define RAMDAX_LABEL_H

#include "machine.h"
#include "media.h"
#include "sysfs.h"
#include "text.h"

/* A label area to be written. */
struct label_change {
	const struct seen_region *region;
	struct media area; /* offsets from its start */
	/* 0, TAKEDOWN_KEPT or -errno; with one before, nothing is done. */
	int result;
	struct text *why; /* a sentence part then */
};

/*
 * Writes the label areas of @n regions and has the kernel read them again, all at the same time:
 * their namespaces are then what the labels say. If something of a region is in use, or something
 * is in it that @region does not say, all of it is kept (takedown_region()).
 */
void label_replace_all(struct sysfs *fs, struct label_change *changes, size_t n);

/* The same for one. 0, TAKEDOWN_KEPT or -errno with a sentence part in @why. */
int label_replace(struct sysfs *fs, const struct seen_region *region, const struct media *area,
		  struct text *why);

/* Has the kernel read the label area of @region, which is not enabled, and make what it says.
 * 0 or -errno with a sentence part in @why. */
int label_read_again(struct sysfs *fs, const struct seen_region *region, struct text *why);

/* label_replace() with an area that says that there are none: all namespaces are gone, and the
 * region is up if nothing but its labels kept it down. */
int label_reset(struct sysfs *fs, const struct seen_region *region, struct text *why);

/* The same with the area as it is, but for the slots of damaged labels, which are free then. */
int label_drop_damaged(struct sysfs *fs, const struct seen_region *region, struct text *why);

#endif
