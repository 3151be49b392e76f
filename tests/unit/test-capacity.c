// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's arithmetic, against what a kernel was seen to offer (Linux 7.3.4, x86-64). */
#include "capacity.h"

#include "btt.h"
#include "unit.h"

#define START (4 * GIB)

static const struct shape fsdax_dev = {MODE_FSDAX, 2 * MIB, MAP_DEV, 0};
static const struct shape fsdax_mem = {MODE_FSDAX, 2 * MIB, MAP_MEM, 0};
static const struct shape devdax_1g = {MODE_DEVDAX, GIB, MAP_MEM, 0};
static const struct shape sector_4k = {MODE_SECTOR, 0, MAP_NONE, 4096};
static const struct shape sector_512 = {MODE_SECTOR, 0, MAP_NONE, 512};
static const struct shape raw = {MODE_RAW, 0, MAP_NONE, 0};

static uint64_t offered(const struct shape *shape, uint64_t start, uint64_t raw_size)
{
	struct parts parts = {0};

	return capacity_parts(shape, start, raw_size, &parts) ? parts.capacity : 0;
}

static uint64_t needed(const struct shape *shape, uint64_t start, uint64_t capacity)
{
	uint64_t raw_size = 0;

	return capacity_raw(shape, start, capacity, &raw_size) ? raw_size : 0;
}

static void capacities_are_the_kernels(void)
{
	static const struct {
		uint64_t raw, dev, mem, s4096, s512;
	} measured[] = {
		{16 * MIB, 14680064, 14680064, 15683584, 16487424},
		{32 * MIB, 31457280, 31457280, 32444416, 33134592},
		{128 * MIB, 130023424, 132120576, 0, 0},
		{256 * MIB, 262144000, 266338304, 267096064, 266194944},
		{GIB, 1054867456, 1071644672, 1071616000, 1065258496},
		{2 * GIB, 2111832064, 2145386496, 0, 0},
		{18 * MIB, 16777216, 16777216, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(measured); i++) {
		CHECK_INT(offered(&fsdax_dev, START, measured[i].raw), measured[i].dev);
		CHECK_INT(offered(&fsdax_mem, START, measured[i].raw), measured[i].mem);
		if (!measured[i].s4096)
			continue;
		CHECK_INT(offered(&sector_4k, START, measured[i].raw), measured[i].s4096);
		CHECK_INT(offered(&sector_512, START, measured[i].raw), measured[i].s512);
	}
	CHECK_INT(offered(&raw, START, 4096), 4096);
}

static void large_alignment_is_about_where_data_starts(void)
{
	CHECK_INT(needed(&devdax_1g, 5 * GIB - 16 * MIB, GIB), 1040 * MIB);
	CHECK_INT(offered(&devdax_1g, 5 * GIB - 16 * MIB, 1040 * MIB), GIB);
	CHECK_INT(needed(&devdax_1g, 5 * GIB, GIB), 2 * GIB);
	CHECK_INT(offered(&devdax_1g, 5 * GIB, GIB), 0);
	CHECK_INT(offered(&devdax_1g, 5 * GIB, 2 * GIB), GIB);
}

static void the_kernel_refuses_what_it_refuses(void)
{
	CHECK_INT(offered(&fsdax_dev, START, 14 * MIB), 0);
	CHECK_INT(offered(&sector_4k, START, 14 * MIB), 0);
	CHECK_INT(offered(&fsdax_dev, START + MIB, 32 * MIB), 0);
	CHECK_INT(offered(&raw, START, 0), 0);
	CHECK_INT(offered(&raw, UINT64_MAX, 4096), 0);
	CHECK_INT(needed(&raw, START, UINT64_MAX), 0);
	CHECK_INT(needed(&fsdax_dev, UINT64_MAX, MIB), 0);
}

static void needs_the_least(const struct shape *shape, uint64_t start, uint64_t capacity)
{
	uint64_t size = needed(shape, start, capacity), unit = capacity_unit(shape);

	CHECK(is_aligned(size, unit));
	CHECK(offered(shape, start, size) >= capacity);
	CHECK(capacity_satisfies(shape, capacity, offered(shape, start, size)));
	if (size > (shape->mode == MODE_RAW ? unit : CLAIMED_RAW_MIN))
		CHECK(offered(shape, start, size - unit) < capacity);
}

/* size is a promise: never less, and never a unit more than needed. */
static void raw_sizes_are_the_least_that_keep_the_promise(void)
{
	static const uint64_t aligns[] = {4096, 2 * MIB, GIB};
	uint64_t random = 1;

	for (int i = 0; i < 3000; i++) {
		uint64_t capacity, start;

		random = random * 6364136223846793005 + 1442695040888963407;
		capacity = (random >> 20) % (i % 7 ? 3 * GIB : 3 * TIB) + 1;
		start = START + (random >> 8) % 1024 * PLACE_ALIGN;
		for (size_t a = 0; a < ARRAY_SIZE(aligns); a++) {
			struct shape dev = {MODE_FSDAX, aligns[a], MAP_DEV, 0};
			struct shape mem = {MODE_DEVDAX, aligns[a], MAP_MEM, 0};

			needs_the_least(&dev, start, capacity);
			needs_the_least(&mem, start, capacity);
		}
		needs_the_least(&sector_4k, start, capacity);
		needs_the_least(&sector_512, start, capacity);
		needs_the_least(&raw, start, capacity);
	}
}

static void a_btt_has_an_arena_per_512_gib(void)
{
	uint64_t one = btt_capacity(512 * GIB, 4096);

	CHECK_INT(btt_capacity(TIB, 4096), 2 * one);
	CHECK_INT(btt_capacity(512 * GIB + 2 * MIB, 4096), one);
	CHECK(btt_capacity(512 * GIB + 16 * MIB, 4096) > one);
	/* What a sector has beyond its 512 or 4096 bytes is metadata. */
	CHECK_INT(btt_capacity(GIB, 520) % 512, 0);
	CHECK(btt_capacity(GIB, 520) < btt_capacity(GIB, 512));
}

/* Only of one arena, and without metadata between them. */
static void the_sectors_of_a_new_btt_are_in_one_piece(void)
{
	static const struct {
		uint64_t raw;
		uint32_t sector_size;
		bool in_one;
	} btts[] = {
		{16 * MIB, 4096, true},
		{16 * MIB, 512, true},
		{512 * GIB + 14 * MIB, 4096, true},
		{512 * GIB + 16 * MIB, 4096, false},
		{GIB, 520, false},
		{GIB, 4104, false},
		{8 * MIB, 4096, true}, /* no BTT at all */
	};

	for (size_t i = 0; i < ARRAY_SIZE(btts); i++) {
		struct range sectors = btt_sectors(btts[i].raw, btts[i].sector_size);

		CHECK_INT(sectors.start, 4096);
		CHECK_INT(sectors.size,
			  btts[i].in_one ? btt_capacity(btts[i].raw, btts[i].sector_size) : 0);
	}
}

static void satisfaction_is_bounded_on_both_sides(void)
{
	CHECK(capacity_satisfies(&fsdax_dev, 64 * MIB, 64 * MIB));
	CHECK(capacity_satisfies(&fsdax_dev, 64 * MIB, 66 * MIB));
	CHECK(!capacity_satisfies(&fsdax_dev, 64 * MIB, 62 * MIB));
	CHECK(!capacity_satisfies(&fsdax_dev, 48 * MIB, 64 * MIB));
	/* 14 MiB is the least there is. */
	CHECK(capacity_satisfies(&fsdax_dev, 1 * MIB, 14 * MIB));
	CHECK(capacity_satisfies(&devdax_1g, 1536 * MIB, 2 * GIB));
	CHECK(!capacity_satisfies(&devdax_1g, GIB, 2 * GIB));
	CHECK(!capacity_satisfies(&raw, 8 * MIB, 16 * MIB));
}

UNIT_TESTS(UNIT(capacities_are_the_kernels), UNIT(large_alignment_is_about_where_data_starts),
	   UNIT(the_kernel_refuses_what_it_refuses),
	   UNIT(raw_sizes_are_the_least_that_keep_the_promise),
	   UNIT(a_btt_has_an_arena_per_512_gib), UNIT(the_sectors_of_a_new_btt_are_in_one_piece),
	   UNIT(satisfaction_is_bounded_on_both_sides))
