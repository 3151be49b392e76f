// SPDX-License-Identifier: GPL-2.0-or-later
#include "place.h"

#include "mem.h"
#include "unit.h"

static const struct shape fsdax = {MODE_FSDAX, 2 * MIB, MAP_DEV, 0};
static const struct shape huge = {MODE_DEVDAX, GIB, MAP_MEM, 0};
static const struct shape raw = {MODE_RAW, 0, MAP_NONE, 0};

static void namespaces_follow_each_other(void)
{
	struct range space = {4 * GIB, GIB};
	struct place_request r[] = {
		{.shape = fsdax, .kind = PLACE_RAW, .bytes = 64 * MIB},
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 2 * MIB},
		{.shape = fsdax, .kind = PLACE_RAW, .bytes = 16 * MIB},
	};

	CHECK_INT(place(&space, 1, r, 3), 3);
	CHECK_INT(r[0].where.start, 4 * GIB);
	CHECK_INT(r[1].where.start, 4 * GIB + 64 * MIB);
	CHECK_INT(r[2].where.start, 4 * GIB + 66 * MIB);
}

static void small_ones_fill_the_gap_below_a_boundary(void)
{
	struct range space = {4 * GIB, 8 * GIB};
	struct place_request r[] = {
		{.shape = huge, .kind = PLACE_CAPACITY, .bytes = 2 * GIB},
		{.shape = fsdax, .kind = PLACE_CAPACITY, .bytes = 512 * MIB},
	};

	CHECK_INT(place(&space, 1, r, 2), 2);
	CHECK_INT(r[0].where.start + r[0].parts.data, 5 * GIB);
	CHECK_INT(r[0].where.size, 2 * GIB + 2 * MIB);
	CHECK_INT(r[1].where.start, 4 * GIB);
}

static void a_useless_gap_is_not_left(void)
{
	struct range space = {5 * GIB - 16 * MIB, 8 * GIB};
	struct place_request r = {.shape = huge, .kind = PLACE_CAPACITY, .bytes = GIB};

	CHECK_INT(place(&space, 1, &r, 1), 1);
	CHECK_INT(r.where.start, 5 * GIB - 16 * MIB);
	CHECK_INT(r.where.size, GIB + 16 * MIB);
}

static void odd_ones_come_last_and_close_together(void)
{
	struct range space = {4 * GIB, GIB};
	struct place_request r[] = {
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 4096},
		{.shape = fsdax, .kind = PLACE_RAW, .bytes = 64 * MIB},
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 8192},
	};

	CHECK_INT(place(&space, 1, r, 3), 3);
	CHECK_INT(r[1].where.start, 4 * GIB);
	CHECK_INT(r[0].where.start, 4 * GIB + 64 * MIB);
	CHECK_INT(r[2].where.start, 4 * GIB + 64 * MIB + 4096);
}

static void the_rest_is_what_the_others_leave(void)
{
	struct range space = {4 * GIB, 2 * GIB};
	struct place_request r[] = {
		{.shape = fsdax, .kind = PLACE_REST, .bytes = GIB},
		{.shape = fsdax, .kind = PLACE_RAW, .bytes = 256 * MIB},
	};

	CHECK_INT(place(&space, 1, r, 2), 2);
	CHECK_INT(r[0].where.size, 768 * MIB);
	CHECK_INT(r[0].bytes, GIB);
}

static void the_largest_go_first_if_only_that_fits(void)
{
	struct range spaces[] = {{4 * GIB, 64 * MIB}, {5 * GIB, 32 * MIB}};
	struct place_request r[] = {
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 32 * MIB},
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 64 * MIB},
	};

	CHECK_INT(place(spaces, 2, r, 2), 2);
	CHECK_INT(r[0].where.start, 5 * GIB);
	CHECK_INT(r[1].where.start, 4 * GIB);
}

static void what_does_not_fit_is_said(void)
{
	struct range space = {4 * GIB, 64 * MIB};
	struct place_request r[] = {
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 32 * MIB},
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 64 * MIB},
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 32 * MIB},
	};

	CHECK_INT(place(&space, 1, r, 3), 2);
	CHECK(r[0].placed && !r[1].placed && r[2].placed);
}

static void an_extent_holds_exactly_what_it_was_computed_for(void)
{
	struct place_request r[] = {
		{.shape = huge, .kind = PLACE_CAPACITY, .bytes = GIB},
		{.shape = fsdax, .kind = PLACE_CAPACITY, .bytes = 100 * MIB},
		{.shape = huge, .kind = PLACE_CAPACITY, .bytes = 3 * GIB},
		{.shape = raw, .kind = PLACE_CAPACITY, .bytes = 4096},
	};

	for (uint64_t start = 4 * GIB; start < 5 * GIB; start += 126 * MIB) {
		uint64_t n = place_extent(start, r, ARRAY_SIZE(r));
		struct range exact = {start, n}, less = {start, n - 4096};

		CHECK_INT(place(&exact, 1, r, ARRAY_SIZE(r)), ARRAY_SIZE(r));
		CHECK(place(&less, 1, r, ARRAY_SIZE(r)) < ARRAY_SIZE(r));
	}
}

/* Whatever is asked, nothing overlaps, nothing lies outside, and every promise is kept. */
static void placements_never_overlap(void)
{
	uint64_t random = 7;

	for (int round = 0; round < 300; round++) {
		struct range spaces[3] = {
			{4 * GIB, 3 * GIB}, {8 * GIB + 2 * MIB, GIB}, {16 * GIB, 700 * MIB}};
		struct place_request r[12] = {0};

		for (size_t i = 0; i < ARRAY_SIZE(r); i++) {
			random = random * 6364136223846793005 + 1442695040888963407;
			r[i].shape = (random >> 40) % 3 == 0   ? huge
				     : (random >> 40) % 3 == 1 ? fsdax
							       : raw;
			r[i].bytes = ((random >> 13) % (600 * MIB) + 1) & ~UINT64_C(4095);
			r[i].bytes = r[i].bytes ? r[i].bytes : 4096;
		}
		place(spaces, 3, r, ARRAY_SIZE(r));
		for (size_t i = 0; i < ARRAY_SIZE(r); i++) {
			bool inside = false;

			if (!r[i].placed)
				continue;
			for (size_t s = 0; s < 3; s++)
				inside |= range_within(r[i].where, spaces[s]);
			CHECK(inside);
			CHECK(r[i].parts.capacity >= r[i].bytes);
			for (size_t j = 0; j < i; j++)
				CHECK(!r[j].placed || !range_overlaps(r[i].where, r[j].where));
		}
	}
}

static void free_space_is_what_nobody_uses(void)
{
	struct range whole = {4 * GIB, GIB};
	struct range used[] = {{4 * GIB + 64 * MIB, 64 * MIB},
			       {4 * GIB, 32 * MIB},
			       {4 * GIB + 96 * MIB, 64 * MIB}};
	struct range *left;

	CHECK_INT(place_free(whole, used, 3, &left), 2);
	CHECK_INT(left[0].start, 4 * GIB + 32 * MIB);
	CHECK_INT(left[0].size, 32 * MIB);
	CHECK_INT(left[1].start, 4 * GIB + 160 * MIB);
	CHECK_INT(range_end(left[1]), 5 * GIB);
	free(left);
}

UNIT_TESTS(UNIT(namespaces_follow_each_other), UNIT(small_ones_fill_the_gap_below_a_boundary),
	   UNIT(a_useless_gap_is_not_left), UNIT(odd_ones_come_last_and_close_together),
	   UNIT(the_rest_is_what_the_others_leave), UNIT(the_largest_go_first_if_only_that_fits),
	   UNIT(what_does_not_fit_is_said), UNIT(an_extent_holds_exactly_what_it_was_computed_for),
	   UNIT(placements_never_overlap), UNIT(free_space_is_what_nobody_uses))
