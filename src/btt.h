/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Block Translation Table that gives sector mode its atomic sectors: how large, and what its
 * metadata looks like when new. UEFI 2.10, 6.5 (BTT); drivers/nvdimm/btt.c, btt.h.
 */
#ifndef RAMDAX_BTT_H
#define RAMDAX_BTT_H

#include <uuid/uuid.h>

#include "media.h"
#include "units.h"

/* The bytes that an arena takes at most: a larger BTT has several. */
#define BTT_ARENA_MAX (512 * GIB)

/* Where the first sector of an arena lies, from the arena's start, until it is written. */
#define BTT_FIRST 4096

/* The bytes that a BTT over @raw bytes offers with sectors of @sector_size; 0 if it is too small.
 */
uint64_t btt_capacity(uint64_t raw, uint32_t sector_size);

/*
 * Where the sectors of a new BTT over @raw bytes lie, from its start: its map leaves each where it
 * is (btt_map_read(), the initial state), so that they can be filled before there is a device. Size
 * 0 if they are not one after the other: of several arenas, or with metadata between them.
 */
struct range btt_sectors(uint64_t raw, uint32_t sector_size);

/*
 * What makes @raw bytes a new, empty BTT version 2.0 (the one of namespaces whose label says BTT):
 * info blocks, log and zeroed map of every arena are added to @media.
 */
void btt_format(uint64_t raw, uint32_t sector_size, const uuid_t uuid, const uuid_t parent,
		struct media *media);

#endif
