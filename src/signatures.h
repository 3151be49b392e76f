/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where on a device, and where in a namespace, things lie by which its contents are recognised:
 * file systems, volumes, RAID, partition tables (libblkid's magics), and what makes a namespace one
 * of its mode.
 */
#ifndef RAMDAX_SIGNATURES_H
#define RAMDAX_SIGNATURES_H

#include "capacity.h"
#include "media.h"

/*
 * The part of a namespace that is its device, in which signatures are looked for: @where is the
 * namespace, the result counts from its start. Of a BTT, where its sectors lie as long as it is
 * new, with what is between arenas. Of what the kernel would refuse, all of it.
 */
struct range signatures_device(const struct shape *shape, struct range where);

/*
 * Adds to @media what makes old contents of such a namespace unrecognisable where zeroing
 * everything is declined: info blocks, and all signatures on @device but those of zfs, whose places
 * are in zfs.h, and of some disk controllers' RAID, up to 1.5 MiB before the end.
 */
void signatures_wipe(struct range where, struct range device, struct media *media);

#endif
