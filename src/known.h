/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of all namespaces at once: by the label area of their region, and by the kernel's
 * list of block devices. Whatever these say needs no attribute of its own to be read, which is what
 * looking at hundreds of namespaces would spend its time with: the first who opens one makes the
 * kernel make it (fs/kernfs/dir.c, kernfs_iop_lookup). On the running machine only; of a captured
 * one nothing is known.
 */
#ifndef RAMDAX_KNOWN_H
#define RAMDAX_KNOWN_H

#include "index.h"
#include "label-image.h"
#include "machine.h"
#include "sysfs.h"

struct known {
	unsigned char *area; /* what the labels' names point into */
	struct label *labels;
	size_t n_labels;
	struct index starts;
	struct disk *disks;
	size_t n_disks;
	struct index names;
};

/* Takes over @area, the label area of @region, unless it is NULL. */
void known_labels(struct known *known, unsigned char *area, const struct seen_region *region);

/* Reads /proc/partitions. */
void known_disks(struct known *known, const struct sysfs *fs);

/* Fills in UUID, name and raw size of @ns by its start, in @region, if a label tells them. */
bool known_namespace(const struct known *known, const struct seen_region *region,
		     struct seen_namespace *ns);

/* The size of the block device @name, a multiple of 1 KiB. False if it is not on the list. */
bool known_disk(const struct known *known, const char *name, uint64_t *bytes);

void known_release(struct known *known);

#endif
