// SPDX-License-Identifier: GPL-2.0-or-later
#include "infoblock.h"

#include <string.h>

#include "btt.h"

#define BLOCK_OFFSET 4096
#define BLOCK_SIZE   4096

/* enum nd_pfn_mode (drivers/nvdimm/nd.h) */
#define PFN_MODE_RAM  1
#define PFN_MODE_PMEM 2

static void pfn_block(unsigned char block[BLOCK_SIZE], const struct shape *shape,
		      const struct parts *parts, const uuid_t parent, const uuid_t uuid)
{
	static const char fsdax[16] = "NVDIMM_PFN_INFO", devdax[16] = "NVDIMM_DAX_INFO";

	memset(block, 0, BLOCK_SIZE);
	memcpy(block, shape->mode == MODE_DEVDAX ? devdax : fsdax, sizeof(fsdax));
	memcpy(block + 16, uuid, sizeof(uuid_t));
	memcpy(block + 32, parent, sizeof(uuid_t));
	media_put16(block + 52, 1); /* version 1.4 */
	media_put16(block + 54, 4);
	media_put64(block + 56, parts->data);
	media_put64(block + 64, parts->capacity / PAGE_BYTES);
	media_put32(block + 72, shape->map == MAP_MEM ? PFN_MODE_RAM : PFN_MODE_PMEM);
	media_put32(block + 80, (uint32_t)parts->trimmed);
	media_put32(block + 84, (uint32_t)shape->align);
	media_put32(block + 88, (uint32_t)PAGE_BYTES);
	media_put16(block + 92, (uint16_t)STRUCT_PAGE_SIZE);
	media_put64(block + BLOCK_SIZE - 8, media_fletcher64(block, BLOCK_SIZE));
}

bool infoblock_format(const struct shape *shape, uint64_t start, uint64_t raw, const uuid_t parent,
		      const uuid_t uuid, struct media *media)
{
	unsigned char block[BLOCK_SIZE];
	struct parts parts;

	if (!capacity_parts(shape, start, raw, &parts))
		return false;
	switch (shape->mode) {
	case MODE_FSDAX:
	case MODE_DEVDAX:
		pfn_block(block, shape, &parts, parent, uuid);
		media_write(media, BLOCK_OFFSET, block, sizeof(block));
		break;
	case MODE_SECTOR:
		btt_format(raw, shape->sector_size, uuid, parent, media);
		break;
	case MODE_RAW:
		break;
	}
	return true;
}

static bool has_signature(const unsigned char *bytes)
{
	static const char *const signatures[] = {"NVDIMM_PFN_INFO", "NVDIMM_DAX_INFO",
						 "BTT_ARENA_INFO\0"};
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++)
		known |= !memcmp(bytes, signatures[i], 16);
	return known;
}

static bool is_block(const unsigned char *bytes)
{
	unsigned char block[BLOCK_SIZE];

	if (!has_signature(bytes))
		return false;
	memcpy(block, bytes, sizeof(block));
	media_put64(block + BLOCK_SIZE - 8, 0);
	return media_fletcher64(block, BLOCK_SIZE) == media_get64(bytes + BLOCK_SIZE - 8);
}

bool infoblock_hint(const unsigned char *bytes)
{
	return has_signature(bytes) || has_signature(bytes + BLOCK_OFFSET);
}

/* Of the block @block, @at bytes from the namespace's start. */
static uint64_t raw_of(const unsigned char *block, size_t at)
{
	bool is_btt = !memcmp(block, "BTT_ARENA_INFO", 14);
	uint64_t raw = 0, pages;

	if (is_btt)
		return checked_add(media_get64(block + 112), at + BLOCK_SIZE, &raw) ? raw
										    : UINT64_MAX;
	/* dataoff, npfns, start_pad, end_trunc */
	if (!checked_multiply(media_get64(block + 64), PAGE_BYTES, &pages) ||
	    !checked_add(pages, media_get64(block + 56), &raw) ||
	    !checked_add(raw, (uint64_t)media_get32(block + 76) + media_get32(block + 80), &raw))
		return UINT64_MAX;
	return raw;
}

bool infoblock_find(const unsigned char *bytes, uuid_t parent, uint64_t *raw)
{
	/* BTT version 2 begins at the start; 1.1 and the others leave room for a boot sector. */
	for (size_t at = 0; at < INFOBLOCK_AREA; at += BLOCK_OFFSET) {
		if (!is_block(bytes + at))
			continue;
		uuid_copy(parent, bytes + at + 32);
		*raw = raw_of(bytes + at, at);
		return true;
	}
	return false;
}

enum ns_mode infoblock_mode(const unsigned char *bytes)
{
	for (size_t at = 0; at < INFOBLOCK_AREA; at += BLOCK_OFFSET) {
		if (!is_block(bytes + at))
			continue;
		if (!memcmp(bytes + at, "NVDIMM_PFN_INFO", 15))
			return MODE_FSDAX;
		return memcmp(bytes + at, "NVDIMM_DAX_INFO", 15) ? MODE_SECTOR : MODE_DEVDAX;
	}
	return MODE_RAW;
}

bool infoblock_is_btt2(const unsigned char *bytes)
{
	static const unsigned char version[4] = {2, 0, 0, 0};

	return is_block(bytes) && !memcmp(bytes, "BTT_ARENA_INFO", 14) &&
	       !memcmp(bytes + 52, version, sizeof(version));
}
