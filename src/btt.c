// SPDX-License-Identifier: GPL-2.0-or-later
#include "btt.h"

#include <string.h>

#include "units.h"

/* drivers/nvdimm/btt.h and btt.c */
#define ARENA_MIN     (16 * MIB)
#define PAGE          (4 * KIB)
#define FREE_BLOCKS   256
#define LOG_GROUP     64
#define LOG_SIZE      (FREE_BLOCKS * LOG_GROUP)
#define MAP_ENTRY     4
#define LBA_ALIGN     64
#define LOG_SEQ_FIRST 1
#define SIGNATURE     "BTT_ARENA_INFO\0"

struct arena {
	uint64_t size;
	uint64_t data, map, log, info2; /* offsets from the arena's start */
	uint32_t internal_lba_size;
	uint64_t internal_lbas;
	uint64_t external_lbas;
};

/* alloc_arena() */
static struct arena arena_of(uint64_t size, uint32_t sector_size)
{
	struct arena a = {.size = size};
	uint64_t available = align_down(size, PAGE) - 2 * PAGE - LOG_SIZE, map_size;

	a.internal_lba_size = (uint32_t)align_up(sector_size, LBA_ALIGN);
	a.internal_lbas = (available - PAGE) / (a.internal_lba_size + MAP_ENTRY);
	a.external_lbas = a.internal_lbas - FREE_BLOCKS;
	map_size = align_up(a.external_lbas * MAP_ENTRY, PAGE);
	a.data = BTT_FIRST;
	a.map = a.data + available - map_size;
	a.log = a.map + map_size;
	a.info2 = a.log + LOG_SIZE;
	return a;
}

/* What a sector offers for data: the rest of 520, 528, 4104 ... bytes is metadata. */
static uint64_t sector_data(uint32_t sector_size)
{
	return sector_size >= 4096 ? 4096 : 512;
}

uint64_t btt_capacity(uint64_t raw, uint32_t sector_size)
{
	uint64_t sectors = raw / BTT_ARENA_MAX * arena_of(BTT_ARENA_MAX, sector_size).external_lbas;

	if (raw % BTT_ARENA_MAX >= ARENA_MIN)
		sectors += arena_of(raw % BTT_ARENA_MAX, sector_size).external_lbas;
	return sectors * sector_data(sector_size);
}

struct range btt_sectors(uint64_t raw, uint32_t sector_size)
{
	uint64_t capacity = btt_capacity(raw, sector_size);
	bool adjacent = raw < BTT_ARENA_MAX + ARENA_MIN &&
			align_up(sector_size, LBA_ALIGN) == sector_data(sector_size);

	return (struct range){BTT_FIRST, adjacent ? capacity : 0};
}

static void info_block(unsigned char block[PAGE], const struct arena *a, uint32_t sector_size,
		       uint64_t next, const uuid_t uuid, const uuid_t parent)
{
	memset(block, 0, PAGE);
	memcpy(block, SIGNATURE, sizeof(SIGNATURE));
	memcpy(block + 16, uuid, sizeof(uuid_t));
	memcpy(block + 32, parent, sizeof(uuid_t));
	media_put16(block + 52, 2); /* version 2.0 */
	media_put32(block + 56, sector_size);
	media_put32(block + 60, (uint32_t)a->external_lbas);
	media_put32(block + 64, a->internal_lba_size);
	media_put32(block + 68, (uint32_t)a->internal_lbas);
	media_put32(block + 72, FREE_BLOCKS);
	media_put32(block + 76, PAGE);
	media_put64(block + 80, next);
	media_put64(block + 88, a->data);
	media_put64(block + 96, a->map);
	media_put64(block + 104, a->log);
	media_put64(block + 112, a->info2);
	media_put64(block + PAGE - 8, media_fletcher64(block, PAGE));
}

/* btt_log_init(): the first half of every group says that its free block is the one behind the
 * external ones. */
static void empty_log(unsigned char log[LOG_SIZE], const struct arena *a)
{
	memset(log, 0, LOG_SIZE);
	for (uint32_t i = 0; i < FREE_BLOCKS; i++) {
		unsigned char *entry = log + (size_t)i * LOG_GROUP;
		uint32_t block = (uint32_t)a->external_lbas + i;

		media_put32(entry, i);
		media_put32(entry + 4, block);
		media_put32(entry + 8, block);
		media_put32(entry + 12, LOG_SEQ_FIRST);
	}
}

/* The first info block comes last: without it nothing of the arena counts. */
static void arena_format(uint64_t start, const struct arena *a, uint32_t sector_size, uint64_t next,
			 const uuid_t uuid, const uuid_t parent, struct media *media)
{
	unsigned char log[LOG_SIZE], block[PAGE];

	empty_log(log, a);
	info_block(block, a, sector_size, next, uuid, parent);
	media_zero(media, start + a->map, a->log - a->map);
	media_write(media, start + a->log, log, sizeof(log));
	media_write(media, start + a->info2, block, sizeof(block));
	media_write(media, start, block, sizeof(block));
}

void btt_format(uint64_t raw, uint32_t sector_size, const uuid_t uuid, const uuid_t parent,
		struct media *media)
{
	uint64_t start = 0;

	while (raw - start >= ARENA_MIN) {
		uint64_t rest = raw - start;
		struct arena a = arena_of(rest < BTT_ARENA_MAX ? rest : BTT_ARENA_MAX, sector_size);
		uint64_t next = rest - a.size >= ARENA_MIN ? a.size : 0;

		arena_format(start, &a, sector_size, next, uuid, parent, media);
		start += a.size;
	}
}
