/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of all namespaces at once: by the label area of their region, and by the kernel's
 * lists of block devices and of who has claimed memory. Whatever these say needs no attribute of
 * its own to be read, which is what looking at hundreds of namespaces would spend its time with:
 * the first who opens one makes the kernel make it (fs/kernfs/dir.c, kernfs_iop_lookup). On the
 * running machine only; of a captured one nothing is known.
 */
#ifndef RAMDAX_KNOWN_H
#define RAMDAX_KNOWN_H

#include "capacity.h"
#include "firmware.h"
#include "index.h"
#include "label-image.h"
#include "machine.h"
#include "sysfs.h"

/* What the info blocks say that this run has written itself. */
struct known_written {
	/* False if that of @ns is none of these; else *@shape is what it says. By several threads
	 * at a time. */
	bool (*tell)(const void *context, const struct seen_namespace *ns, struct shape *shape);
	const void *context;
};

/* Of all regions. */
struct known {
	struct known_written written; /* set by who has written any */
	const struct iomem *iomem;
	struct index claims;
	struct disk *disks;
	size_t n_disks;
	struct index names;
};

/* Of one. */
struct known_labels {
	unsigned char *area; /* what the labels' names point into */
	struct label *items;
	size_t n;
	struct index starts;
};

/* Reads /proc/partitions, and keeps to @iomem, which is not taken over. */
void known_observe(struct known *known, const struct sysfs *fs, const struct iomem *iomem);

/* Where the namespace @device ("namespace0.1") begins. False if nobody brought it up. */
bool known_start(const struct known *known, const char *device, uint64_t *start);

/* The size of the block device @name, a multiple of 1 KiB. False if it is not on the list. */
bool known_disk(const struct known *known, const char *name, uint64_t *bytes);

/*
 * Whether the info block of @ns, whose mode and capacity are known, is one that this run has
 * written, and the kernel offers what that makes of the namespace; *@shape is what it says then.
 */
bool known_shape(const struct known *known, const struct seen_namespace *ns, struct shape *shape);

void known_release(struct known *known);

/* Takes over @area, the label area of @region, unless it is NULL. */
void known_labels_take(struct known_labels *labels, unsigned char *area,
		       const struct seen_region *region);

/* Fills in UUID, name and raw size of @ns by its start, in @region, if a label tells them. */
bool known_namespace(const struct known_labels *labels, const struct seen_region *region,
		     struct seen_namespace *ns);

void known_labels_release(struct known_labels *labels);

#endif
