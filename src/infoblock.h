/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What turns a namespace into an fsdax, devdax or sector one: the bytes the kernel looks for in it
 * (drivers/nvdimm/pfn.h: struct nd_pfn_sb, version 1.4; pfn_devs.c:nd_pfn_validate; btt.h).
 */
#ifndef RAMDAX_INFOBLOCK_H
#define RAMDAX_INFOBLOCK_H

#include "capacity.h"
#include "media.h"

/*
 * Adds to @media what makes the namespace of @raw bytes at the physical address @start one of
 * @shape; nothing in raw mode. @parent is the namespace's own UUID, @uuid the info block's.
 * False if the kernel would refuse such a namespace: see capacity_parts().
 */
bool infoblock_format(const struct shape *shape, uint64_t start, uint64_t raw, const uuid_t parent,
		      const uuid_t uuid, struct media *media);

/* Where info blocks lie: from a namespace's start. */
#define INFOBLOCK_AREA (8 * KIB)

/* The first bytes of it, with the signatures of all that may be in it: what infoblock_hint(), of
 * them, says not to be there, infoblock_find() does not find either. */
#define INFOBLOCK_HINT (4 * KIB + 512)
bool infoblock_hint(const unsigned char *bytes);

/*
 * Whether there is a valid info block, fsdax's, devdax's or a BTT's, in the first INFOBLOCK_AREA
 * bytes of a namespace, @bytes; then @parent is the UUID of the namespace that it was made for, and
 * *@raw how many bytes that takes, at least: a BTT of several arenas may take more.
 */
bool infoblock_find(const unsigned char *bytes, uuid_t parent, uint64_t *raw);

/* What the one that infoblock_find() finds makes of the namespace; MODE_RAW if there is none. */
enum ns_mode infoblock_mode(const unsigned char *bytes);

/* Whether it is one of a BTT of version 2.0, as btt_format() makes it. */
bool infoblock_is_btt2(const unsigned char *bytes);

#endif
