/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checksums of superblocks, which libblkid has verified for ext4, xfs and btrfs only since 2.39
 * and 2.40: without that, a file system that no kernel mounts would count as complete.
 */
#ifndef RAMDAX_SUPERBLOCK_H
#define RAMDAX_SUPERBLOCK_H

#include <stdbool.h>
#include <stddef.h>

/* The bytes of a device that a superblock and its checksum are in, whatever the file system. */
#define SUPERBLOCK_READ (64 * 1024 + 4096)

/*
 * Whether the superblock of the file system @type (as libblkid calls it) fits its checksum. @bytes
 * are the device's first SUPERBLOCK_READ, or all if it has fewer: @n. True where it has none, or
 * of a kind that is not known here.
 */
bool superblock_fits(const char *type, const unsigned char *bytes, size_t n);

#endif
