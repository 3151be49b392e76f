/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on a block device, by libblkid, and whether the mkfs that made it came to its end.
 *
 * xfs says so itself (sb_inprogress). ext writes its superblock last, btrfs late enough to be
 * sound once it is recognised. vfat is recognised after six of 263 writes and keeps no such mark:
 * we make it under VFAT_SERIAL_UNFINISHED and write its own serial number last.
 */
#ifndef RAMDAX_PROBE_FS_H
#define RAMDAX_PROBE_FS_H

#include "machine.h"
#include "sysfs.h"

/* The serial number of a vfat that is still being made, and as libblkid writes it. */
#define VFAT_SERIAL_UNFINISHED      0x72616d64U
#define VFAT_SERIAL_UNFINISHED_TEXT "7261-6D64"

/*
 * Looks at dev/@block: state and, where they apply, type, uuid and label of *@seen are set. A
 * partition table is reported as a type too ("gpt", "dos"). With @anything, for devices that may
 * have held whatever a disk can hold, signatures are looked for that no namespace of ours would
 * have. Reads only. On a captured machine dev/@block must be a plain file, or SEEN_NOT_LOOKED is
 * the answer.
 */
void fs_probe(const struct sysfs *fs, const char *block, bool anything,
	      struct seen_filesystem *seen);

#endif
