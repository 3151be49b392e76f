// SPDX-License-Identifier: GPL-2.0-or-later
/* Regions drawn to scale: nothing is lost from sight, and cells add up. */
#include "picture.h"

#include "machine.h"
#include "mem.h"
#include "unit.h"

#define START (4 * GIB)

static const struct shape fsdax = {MODE_FSDAX, 2 * MIB, MAP_DEV, 0};
static const struct shape huge = {MODE_DEVDAX, GIB, MAP_DEV, 0};
static const struct shape sector = {MODE_SECTOR, 0, MAP_NONE, 4096};
static const struct shape raw_mode = {MODE_RAW, 0, MAP_NONE, 0};

static struct picture_namespace make(const struct shape *shape, uint64_t start, uint64_t raw,
				     char sign)
{
	struct parts parts = {0};

	capacity_parts(shape, start, raw, &parts);
	return (struct picture_namespace){
		.where = {start, raw},
		.anatomy = anatomy_of(shape, raw, &parts),
		.sign = sign,
	};
}

static char *draw(uint64_t size, const struct picture_namespace *ns, size_t n, size_t columns)
{
	struct text out = {0};

	picture_add(&out, &(struct paper){false, columns}, 0, (struct range){START, size},
		    size - LABEL_AREA_SIZE, ns, n);
	return text_take(&out);
}

static uint64_t anatomy_sum(const struct anatomy *a)
{
	return a->head + a->lost_head + a->data + a->lost_tail + a->tail;
}

static void a_namespace_is_the_sum_of_its_parts(void)
{
	static const struct shape *const shapes[] = {&fsdax, &huge, &sector, &raw_mode};

	for (size_t s = 0; s < ARRAY_SIZE(shapes); s++)
		for (uint64_t start = START; start < START + GIB; start += 146 * MIB)
			for (uint64_t raw = 16 * MIB; raw < 8 * GIB; raw = raw * 2 + 2 * MIB) {
				struct picture_namespace ns = make(shapes[s], start, raw, 'a');

				CHECK_INT(anatomy_sum(&ns.anatomy), raw);
			}
}

static void alignment_costs_what_lies_before_and_behind_the_data(void)
{
	/* On a boundary the data begins at the next one: info block and map take 50 MiB of that. */
	struct picture_namespace on = make(&huge, START, 3 * GIB, 'a');
	/* Just as far below one as info block and map need. */
	struct picture_namespace below =
		make(&huge, START + GIB - 34 * MIB, 2 * GIB + 34 * MIB, 'a');
	struct picture_namespace cut = make(&huge, START, 3 * GIB + 512 * MIB, 'a');
	struct picture_namespace small = make(&fsdax, START, 3 * GIB, 'a');

	CHECK_INT(on.anatomy.data, 2 * GIB);
	CHECK_INT(on.anatomy.head, 50 * MIB);
	CHECK_INT(anatomy_lost(&on.anatomy), GIB - 50 * MIB);
	CHECK_INT(below.anatomy.data, 2 * GIB);
	CHECK_INT(anatomy_lost(&below.anatomy), 0);
	CHECK_INT(cut.anatomy.lost_tail, 512 * MIB);
	CHECK_INT(anatomy_lost(&small.anatomy), 0);
}

static void parts_that_lie_stay_within_the_namespace(void)
{
	static const struct parts wild[] = {
		{.data = UINT64_MAX / 2, .capacity = GIB},
		{.data = GIB, .capacity = UINT64_MAX / 2, .map = 0},
		{.data = MIB, .capacity = GIB, .trimmed = UINT64_MAX / 2, .map = 64 * MIB},
	};

	for (size_t i = 0; i < ARRAY_SIZE(wild); i++) {
		struct anatomy a = anatomy_of(&huge, 2 * GIB, &wild[i]);

		CHECK_INT(anatomy_sum(&a), 2 * GIB);
	}
}

static void a_region_to_scale(void)
{
	struct picture_namespace ns[] = {
		make(&raw_mode, START, 4 * GIB, 'a'),
		make(&raw_mode, START + 8 * GIB, 8 * GIB, 'b'),
	};
	_cleanup_(freep) char *empty = draw(16 * GIB + LABEL_AREA_SIZE, NULL, 0, 34);
	_cleanup_(freep) char *half = draw(16 * GIB + LABEL_AREA_SIZE, ns, 2, 35);

	CHECK_STR(empty, "[...............................#]\n"
			 ". free 16 GiB, # labels 128 KiB\n");
	CHECK_STR(half, "[aaaaaaaa........bbbbbbbbbbbbbbbb#]\n"
			"a-b data 12 GiB, . free 4 GiB,\n"
			"# labels 128 KiB\n");
}

static void a_lost_gib_is_seen_in_a_tib(void)
{
	struct picture_namespace ns[] = {
		make(&huge, START, 900 * GIB, 'a'),
		make(&fsdax, START + 900 * GIB, 16 * MIB, 'b'),
	};
	_cleanup_(freep) char *picture = NULL;

	ns[0].anatomy = (struct anatomy){.lost_head = GIB, .data = 899 * GIB};
	picture = draw(TIB, ns, 2, 80);
	CHECK(strchr(picture, '/'));
	CHECK(strchr(picture, 'b'));
	CHECK(strstr(picture, "/ lost to alignment 1 GiB"));
	CHECK(strstr(picture, "#]\n"));
}

/* Cells of the picture's lines, which are equally long; 0 if they are not. */
static size_t cells_of(const char *picture, size_t *lines, size_t seen[128])
{
	size_t cells = 0;

	*lines = 0;
	while (*picture == '[') {
		size_t length = strcspn(picture, "\n");

		if (picture[length - 1] != ']' || (cells && length - 2 != cells))
			return 0;
		cells = length - 2;
		(*lines)++;
		for (size_t i = 1; i <= cells; i++)
			seen[picture[i] & 127]++;
		picture += length + 1;
	}
	return cells;
}

static void every_one_of_509_has_a_cell(void)
{
	const uint64_t raw = 16 * MIB, size = 1024 * GIB;
	struct picture_namespace *ns = mem_calloc(509, sizeof(*ns));

	for (size_t i = 0; i < 509; i++)
		ns[i] = make(&fsdax, START + i * raw, raw, picture_sign(i, false));
	for (size_t columns = 10; columns < 200; columns += 13) {
		_cleanup_(freep) char *picture = draw(size, ns, 509, columns);
		size_t seen[128] = {0}, lines, letters = 0;
		size_t cells = cells_of(picture, &lines, seen);

		CHECK(cells >= 16 && cells <= 76);
		for (char c = 'a'; c <= 'z'; c++)
			letters += seen[(int)c];
		CHECK_INT(letters, 509);
		CHECK_INT(seen['#'], 1);
		CHECK_INT(lines * cells, letters + seen['#'] + seen['.'] + seen[':']);
	}
	free(ns);
}

static void what_overlaps_or_leaves_is_drawn_once_or_not(void)
{
	struct picture_namespace ns[] = {
		make(&raw_mode, START, 8 * GIB, 'a'),
		make(&raw_mode, START + 4 * GIB, 8 * GIB, 'b'),
		make(&raw_mode, START + 12 * GIB, 8 * GIB, 'c'),
	};
	struct range whole = {START, 16 * GIB};
	struct picture_sums sums = picture_sum(whole, 16 * GIB - LABEL_AREA_SIZE, ns, 3);

	CHECK_INT(sums.data, 8 * GIB);
	CHECK_INT(sums.free, 8 * GIB - LABEL_AREA_SIZE);
	CHECK_INT(sums.data + sums.overhead + sums.lost + sums.free + sums.labels, 16 * GIB);
}

static void letters_of_others_are_large(void)
{
	struct picture_namespace ns[4];
	_cleanup_(freep) char *picture = NULL;

	for (size_t i = 0; i < 4; i++)
		ns[i] = make(&raw_mode, START + i * GIB, GIB, picture_sign(i / 2, i % 2));
	CHECK_INT(picture_sign(26, false), 'a');
	CHECK_INT(picture_sign(27, true), 'B');
	picture = draw(4 * GIB + LABEL_AREA_SIZE, ns, 4, 35);
	CHECK_STR(picture, "[aaaaaaaaAAAAAAAAbbbbbbbbBBBBBBBB#]\n"
			   "A-B a-b data 4 GiB,\n"
			   "# labels 128 KiB\n");
}

UNIT_TESTS(UNIT(a_namespace_is_the_sum_of_its_parts),
	   UNIT(alignment_costs_what_lies_before_and_behind_the_data),
	   UNIT(parts_that_lie_stay_within_the_namespace), UNIT(a_region_to_scale),
	   UNIT(a_lost_gib_is_seen_in_a_tib), UNIT(every_one_of_509_has_a_cell),
	   UNIT(what_overlaps_or_leaves_is_drawn_once_or_not), UNIT(letters_of_others_are_large))
