// SPDX-License-Identifier: GPL-2.0-or-later
#include "signatures.h"

#include "btt.h"
#include "infoblock.h"

/* A device of which nothing is spared. */
#define SIGNATURE_SMALL (264 * KIB)

/* From the start: btrfs, reiserfs and UFS have 64 KiB before them. */
#define SIGNATURE_START (72 * KIB)

/* Further in: the second headers of LUKS, depending on the size of the first; UFS, VMFS. */
#define SIGNATURE_BLOCK 4096
static const uint64_t further[] = {128 * KIB, 256 * KIB, 512 * KIB, 1 * MIB, 2 * MIB, 4 * MIB};

/* Before the end: GPT's copy, RAID of disk controllers and of md from 1.0 on; the older one of md
 * in the last but one of whole 64 KiB; second copies of DDF, 128.5 KiB before the end, and of
 * Promise. */
#define SIGNATURE_END   (36 * KIB)
#define MD_RESERVED     (64 * KIB)
#define SECOND_COPIES   (132 * KIB)
#define SECOND_COPIES_N (8 * KIB)

/* Where the last sector of a new BTT of @raw bytes ends, from its start, before the map of its
 * arena; 0 if there is none. */
static uint64_t btt_end(uint64_t raw, uint32_t sector_size)
{
	uint64_t arena = align_down(raw, BTT_ARENA_MAX);
	uint64_t capacity = btt_capacity(raw - arena, sector_size);

	if (!capacity && arena) {
		arena -= BTT_ARENA_MAX;
		capacity = btt_capacity(BTT_ARENA_MAX, sector_size);
	}
	return capacity ? arena + BTT_FIRST + capacity : 0;
}

struct range signatures_device(const struct shape *shape, struct range where)
{
	struct parts parts;
	uint64_t end;

	if (capacity_parts(shape, where.start, where.size, &parts) && parts.data)
		return (struct range){parts.data, parts.capacity};
	if (shape->mode == MODE_SECTOR && (end = btt_end(where.size, shape->sector_size)))
		return (struct range){BTT_FIRST, end - BTT_FIRST};
	return (struct range){0, where.size};
}

/* Zeroes @n bytes at @offset of @device, as far as it goes. */
static void zero(struct range device, uint64_t offset, uint64_t n, struct media *media)
{
	if (offset < device.size)
		media_zero(media, device.start + offset,
			   device.size - offset < n ? device.size - offset : n);
}

void signatures_wipe(struct range where, struct range device, struct media *media)
{
	zero((struct range){0, where.size}, 0, INFOBLOCK_AREA, media);
	if (device.size < SIGNATURE_SMALL) {
		zero(device, 0, device.size, media);
		return;
	}
	zero(device, 0, SIGNATURE_START, media);
	for (size_t i = 0; i < ARRAY_SIZE(further); i++)
		zero(device, further[i], SIGNATURE_BLOCK, media);
	zero(device, device.size - SECOND_COPIES, SECOND_COPIES_N, media);
	zero(device, align_down(device.size, MD_RESERVED) - MD_RESERVED, SIGNATURE_BLOCK, media);
	zero(device, device.size - SIGNATURE_END, SIGNATURE_END, media);
}
