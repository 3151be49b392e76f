// SPDX-License-Identifier: GPL-2.0-or-later
#include "zfs.h"

#include <string.h>

#define UBERBLOCK 1024

void zfs_labels(uint64_t size, uint64_t at[ZFS_LABELS])
{
	uint64_t end = size - size % ZFS_LABEL;

	at[0] = 0;
	at[1] = ZFS_LABEL;
	at[2] = end - 2 * ZFS_LABEL;
	at[3] = end - ZFS_LABEL;
}

bool zfs_ring_has_uberblock(const unsigned char *ring)
{
	static const unsigned char little[8] = {0x0c, 0xb1, 0xba, 0},
				   big[8] = {0, 0, 0, 0, 0, 0xba, 0xb1, 0x0c};

	for (size_t at = 0; at < ZFS_RING; at += UBERBLOCK)
		if (!memcmp(ring + at, little, sizeof(little)) ||
		    !memcmp(ring + at, big, sizeof(big)))
			return true;
	return false;
}
