/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking namespaces, regions and devices from their drivers. The kernel never refuses that, whoever
 * uses them, and what a plan knows of users may be minutes old: a mkfs or a zeroing before. So
 * each device is claimed and its users are looked for once more, and what is used stays as it is.
 */
#ifndef RAMDAX_TAKEDOWN_H
#define RAMDAX_TAKEDOWN_H

#include "machine.h"
#include "sysfs.h"
#include "text.h"

/* The result for what is in use, or is not what it was when the plan was made. No system call that
 * is done here can return it. */
#define TAKEDOWN_KEPT (-ETXTBSY)

/* A namespace to be taken down. */
struct takedown {
	const struct seen_namespace *seen;
	int result; /* 0, TAKEDOWN_KEPT, or -errno */
	struct text why;
};

/*
 * Takes the @n namespaces from what claims them and from their drivers, as many at a time as the
 * kernel does well: each waits for grace periods (33 s for 509 one by one, 1.3 s with 32 at a
 * time). The results are set, with a sentence part in why.
 */
void takedown_namespaces(struct sysfs *fs, struct takedown *items, size_t n);

/* The same for one. 0, TAKEDOWN_KEPT, or -errno. */
int takedown_namespace(struct sysfs *fs, const struct seen_namespace *seen, struct text *why);

/*
 * Takes all of @region from its driver, with its namespaces, as they are now: if there is another
 * than @region and scaffolds say, it is kept. 0, TAKEDOWN_KEPT, or -errno.
 */
int takedown_region(struct sysfs *fs, const struct seen_region *region, struct text *why);

/* Whether the device of @seen is that still: after another enumeration it may be any other's. 0, or
 * TAKEDOWN_KEPT. */
int takedown_is_same(const struct sysfs *fs, const struct seen_namespace *seen, struct text *why);

/* Whether the region of its name is @region still: on another bus it may be somebody's NVDIMM. 0,
 * or TAKEDOWN_KEPT. */
int takedown_is_same_region(const struct sysfs *fs, const struct seen_region *region,
			    struct text *why);

/* Whether nobody uses @seen now, and it is what it was. 0, or TAKEDOWN_KEPT. */
int takedown_is_free(struct sysfs *fs, const struct seen_namespace *seen, struct text *why);

/* Takes the platform device @device from the driver that has it, another than RAMDAX. */
int takedown_device(struct sysfs *fs, const struct seen_device *device, struct text *why);

#endif
