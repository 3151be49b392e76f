// SPDX-License-Identifier: GPL-2.0-or-later
#include "capacity.h"

#include "btt.h"
#include "machine.h"

/* drivers/nvdimm/pfn_devs.c: the info block at 4 KiB, and as much before it, stay free. */
#define PFN_RESERVE (8 * KIB)
/* Beyond this nothing is computed; no machine has it, and no sum below can wrap. */
#define RAW_MAX (UINT64_C(1) << 62)

struct shape shape_of(const struct layout_namespace *ns)
{
	return (struct shape){
		.mode = ns->mode,
		.align = ns->align,
		.map = ns->map,
		.sector_size = ns->sector_size,
	};
}

uint64_t capacity_unit(const struct shape *shape)
{
	return shape->mode == MODE_RAW ? PAGE_BYTES : PLACE_ALIGN;
}

/* What data offset and end are aligned to, as physical addresses. */
static uint64_t data_align(const struct shape *shape)
{
	return shape->align > PLACE_ALIGN ? shape->align : PLACE_ALIGN;
}

static uint64_t map_bytes(const struct shape *shape, uint64_t raw)
{
	if (shape->map != MAP_DEV || raw <= PFN_RESERVE)
		return 0;
	return (raw - PFN_RESERVE) / PAGE_BYTES * STRUCT_PAGE_SIZE;
}

static uint64_t data_offset(const struct shape *shape, uint64_t start, uint64_t raw)
{
	return align_up(start + PFN_RESERVE + map_bytes(shape, raw), data_align(shape)) - start;
}

static bool pfn_parts(const struct shape *shape, uint64_t start, uint64_t raw, struct parts *parts)
{
	uint64_t offset = data_offset(shape, start, raw);
	uint64_t trimmed = (start + raw) % data_align(shape);

	if (raw < CLAIMED_RAW_MIN || !is_aligned(start, PLACE_ALIGN) || offset + trimmed >= raw)
		return false;
	*parts = (struct parts){
		.data = offset,
		.capacity = raw - offset - trimmed,
		.map = map_bytes(shape, raw),
		.trimmed = trimmed,
	};
	return true;
}

bool capacity_parts(const struct shape *shape, uint64_t start, uint64_t raw, struct parts *parts)
{
	if (raw > RAW_MAX || start > RAW_MAX || raw == 0)
		return false;
	switch (shape->mode) {
	case MODE_FSDAX:
	case MODE_DEVDAX:
		return pfn_parts(shape, start, raw, parts);
	case MODE_SECTOR:
		if (raw < CLAIMED_RAW_MIN)
			return false;
		*parts = (struct parts){.capacity = btt_capacity(raw, shape->sector_size)};
		return parts->capacity > 0;
	case MODE_RAW:
		*parts = (struct parts){.capacity = raw};
		return true;
	}
	return false;
}

/*
 * The map's size depends on raw and raw on the map's size. Growing raw from what the data alone
 * takes reaches the least raw that holds both, because the offset never shrinks as raw grows.
 */
static uint64_t pfn_raw(const struct shape *shape, uint64_t start, uint64_t capacity)
{
	uint64_t data = align_up(capacity, data_align(shape)), raw = data, before;

	do {
		before = raw;
		raw = data_offset(shape, start, before) + data;
	} while (raw != before);
	return raw;
}

/* btt_capacity() never shrinks as raw grows, so the least raw is found by halving. */
static uint64_t btt_raw(const struct shape *shape, uint64_t capacity)
{
	uint64_t low = CLAIMED_RAW_MIN / PLACE_ALIGN, high = low;

	while (btt_capacity(high * PLACE_ALIGN, shape->sector_size) < capacity)
		high *= 2;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (btt_capacity(middle * PLACE_ALIGN, shape->sector_size) < capacity)
			low = middle + 1;
		else
			high = middle;
	}
	return low * PLACE_ALIGN;
}

bool capacity_raw(const struct shape *shape, uint64_t start, uint64_t capacity, uint64_t *raw)
{
	uint64_t result = 0;

	if (capacity > RAW_MAX / 4 || start > RAW_MAX)
		return false;
	switch (shape->mode) {
	case MODE_FSDAX:
	case MODE_DEVDAX:
		if (!is_aligned(start, PLACE_ALIGN))
			return false;
		result = pfn_raw(shape, start, capacity);
		break;
	case MODE_SECTOR:
		result = btt_raw(shape, capacity);
		break;
	case MODE_RAW:
		*raw = align_up(capacity, PAGE_BYTES);
		return true;
	}
	*raw = result < CLAIMED_RAW_MIN ? CLAIMED_RAW_MIN : result;
	return true;
}

bool capacity_satisfies(const struct shape *shape, uint64_t declared, uint64_t found)
{
	uint64_t unit = shape->mode == MODE_FSDAX || shape->mode == MODE_DEVDAX
				? data_align(shape)
				: capacity_unit(shape);
	uint64_t most;

	if (found < declared || !checked_align_up(declared, unit, &most))
		return false;
	if (shape->mode != MODE_RAW && most < CLAIMED_RAW_MIN)
		most = CLAIMED_RAW_MIN;
	return found - declared < most - declared + 2 * capacity_unit(shape);
}
