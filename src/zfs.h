/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where members of a zpool have their labels. They lie deeper in a device than anything else that
 * is looked for there, and are larger: 1 MiB in all, where all else together is a tenth of that.
 *
 * Sources: OpenZFS, include/sys/vdev_impl.h (vdev_label_t), module/zfs/vdev_label.c
 * (vdev_label_offset), include/sys/uberblock_impl.h; libblkid, zfs.c.
 */
#ifndef RAMDAX_ZFS_H
#define RAMDAX_ZFS_H

#include <stddef.h>

#include "units.h"

#define ZFS_LABELS 4
#define ZFS_LABEL  (256 * KIB)

/* In a label, the ring of uberblocks, which begin at multiples of 1 KiB: what libblkid looks for.
 */
#define ZFS_RING_OFFSET (128 * KIB)
#define ZFS_RING        (128 * KIB)

/* In a label, the checksum of its configuration and, behind it, the first uberblock: in a label
 * that a pool could be imported by, this is not zero. */
#define ZFS_TRACE_OFFSET (ZFS_RING_OFFSET - 512)
#define ZFS_TRACE        1024

/* The smallest device that a pool takes (SPA_MINDEVSIZE), or that libblkid looks for one on. */
#define ZFS_SIZE_MIN (64 * MIB)

/* Where they begin on a device of @size bytes, at least ZFS_SIZE_MIN: two from its start, two
 * before its end, at multiples of their size. */
void zfs_labels(uint64_t size, uint64_t at[ZFS_LABELS]);

/* Whether there is any uberblock in @ring, ZFS_RING bytes of either byte order. */
bool zfs_ring_has_uberblock(const unsigned char *ring);

#endif
