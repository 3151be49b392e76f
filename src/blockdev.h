/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing to a namespace's block device, past the page cache, so that what was written is on the
 * medium and nothing doubles the memory it takes.
 */
#ifndef RAMDAX_BLOCKDEV_H
#define RAMDAX_BLOCKDEV_H

#include "media.h"
#include "sweep.h"
#include "units.h"

struct blockdev {
	int fd; /* -1: not open */
	char *path;
	uint64_t spared; /* bytes at its start that are not to be zeroed; multiples of 4 KiB */
};

/*
 * Whether the device that @fd has open is what the kernel calls @name. Where /dev is not the
 * kernel's own, or somebody made a node in it, a number may be another device's by now: a disk's
 * partition, whose numbers come from the same stock (block/genhd.c, blk_alloc_ext_minor). 0 or
 * -errno, -ENXIO if it is another's. The running machine only.
 */
int device_check(int fd, const char *name);

/*
 * Opens /dev/@name for writing, exclusively: -EBUSY if it is mounted or held. The device is locked
 * (flock) so that udev leaves it alone until it is closed. 0 or -errno.
 */
int blockdev_open(struct blockdev *dev, const char *name);

/* Locks the block device /dev/@name against udev while others may open it. A descriptor whose
 * closing unlocks it, or -errno. */
int blockdev_lock(const char *name);

/* Closes and releases; harmless if it is not open. */
void blockdev_close(struct blockdev *dev);

/* Zeroes @n parts, each of its device, a struct blockdev, and of multiples of 4 KiB, on as many
 * threads as help. A part's failed_at is that of the first page found that cannot be written. See
 * sweep.h. */
void blockdev_zero(struct sweep_part *parts, size_t n, sweep_progress *progress, void *context);

/* Appends to the @n @parts what @media zeroes of @dev, where its offsets count from @base. */
void blockdev_add_parts(const struct blockdev *dev, uint64_t base, const struct media *media,
			struct sweep_part **parts, size_t *n);

/* Writes all pieces, whose offsets and sizes are multiples of 512 bytes, in order. Their offsets
 * count from @base. 0 or -errno. */
int blockdev_write(const struct blockdev *dev, uint64_t base, const struct media *media);

/* Returns when all that was written is on the medium. 0 or -errno. */
int blockdev_flush(const struct blockdev *dev);

/* Reads @n bytes, a multiple of 512, from @offset into @bytes, aligned to BLOCKDEV_ALIGN. 0 or
 * -errno; -EIO at the end of the device. */
#define BLOCKDEV_ALIGN 4096
int blockdev_read(const struct blockdev *dev, uint64_t offset, void *bytes, size_t n);

#endif
