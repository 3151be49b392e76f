// SPDX-License-Identifier: GPL-2.0-or-later
/* What the label area and the list of block devices tell of namespaces. */
#include <string.h>

#include "known.h"
#include "tree.h"
#include "unit.h"

#define START (4 * GIB)
#define FIRST (512) /* where labels begin */

static const struct seen_region region = {
	.enabled = true, .range = {START, 1 * GIB + LABEL_AREA_SIZE}, .usable = 1 * GIB};

/* The label area with "a" of 64 MiB and after it "b" of 1 MiB. The caller frees it. */
static unsigned char *area_make(void)
{
	struct label labels[] = {
		{.name = "a", .mode = MODE_FSDAX, .where = {0, 64 * MIB}},
		{.name = "b", .mode = MODE_RAW, .where = {64 * MIB, MIB}},
	};
	unsigned char *area = mem_calloc(1, LABEL_AREA_SIZE);
	struct media media = {0};

	memset(labels[0].uuid, 1, sizeof(uuid_t));
	memset(labels[1].uuid, 2, sizeof(uuid_t));
	label_image(labels, ARRAY_SIZE(labels), &media);
	for (size_t i = 0; i < media.n; i++)
		memcpy(area + media.pieces[i].offset, media.pieces[i].bytes, media.pieces[i].n);
	media_release(&media);
	return area;
}

/* Makes the checksum of the first label fit again. */
static void resum(unsigned char *area)
{
	memset(area + FIRST + 248, 0, 8);
	media_put64(area + FIRST + 248, media_fletcher64(area + FIRST, 256));
}

static void a_namespace_is_known_by_its_start(void)
{
	_cleanup_(known_labels_release) struct known_labels labels = {0};
	struct seen_namespace ns = {.start = START + 64 * MIB};

	known_labels_take(&labels, area_make(), &region);
	if (!CHECK(known_namespace(&labels, &region, &ns)))
		return;
	CHECK_STR(ns.name, "b");
	CHECK_INT(ns.raw, MIB);
	CHECK_INT(ns.uuid[0], 2);
	CHECK(ns.has_uuid);
	free(ns.name);
	ns.start = START + 32 * MIB;
	CHECK(!known_namespace(&labels, &region, &ns));
	ns.start = 0; /* hidden from others than root */
	CHECK(!known_namespace(&labels, &region, &ns));
}

static void of_a_region_that_is_down_nothing_is_known(void)
{
	_cleanup_(known_labels_release) struct known_labels labels = {0};
	struct seen_region down = region;
	struct seen_namespace ns = {.start = START};

	down.enabled = false;
	known_labels_take(&labels, area_make(), &down);
	CHECK(!known_namespace(&labels, &down, &ns));
	known_labels_take(&labels, NULL, &region);
	CHECK(!known_namespace(&labels, &region, &ns));
}

static size_t n_sound(const unsigned char *area, uint64_t usable)
{
	struct label *labels;
	size_t n = label_area_sound(area, usable, &labels);

	free(labels);
	return n;
}

static void damaged_labels_tell_nothing(void)
{
	unsigned char *area = area_make();

	CHECK_INT(n_sound(area, 1 * GIB), 2);
	CHECK_INT(n_sound(area, 64 * MIB), 1); /* one is outside */
	area[FIRST] ^= 1;
	CHECK_INT(n_sound(area, 1 * GIB), 1);
	resum(area);
	CHECK_INT(n_sound(area, 1 * GIB), 2);
	memset(area + FIRST, 0, sizeof(uuid_t));
	resum(area);
	CHECK_INT(n_sound(area, 1 * GIB), 1);
	free(area);
}

/* It may fill its field, and then has no end. */
static void a_name_has_an_end(void)
{
	unsigned char *area = area_make();

	memset(area + FIRST + 16, 'n', 64);
	resum(area);
	CHECK_INT(n_sound(area, 1 * GIB), 1);
	area[FIRST + 16 + 63] = '\0';
	resum(area);
	CHECK_INT(n_sound(area, 1 * GIB), 2);
	free(area);
}

static void disks_are_listed_by_the_kernel(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(known_release) struct known known = {0};
	const struct iomem none = {0};
	uint64_t bytes;

	tree_make(&t);
	tree_file(&t, "proc/partitions",
		  "major minor  #blocks  name\n\n 259        0      14336 pmem0\n"
		  " 259        1      15 pmem0.1\n 259 2 x bad\n 259 3\n"
		  " 259 4 18446744073709551615 huge\n 259 5 7 last");
	known_observe(&known, &t.fs, &none);
	CHECK(!known_disk(&known, "pmem0", &bytes)); /* a captured machine */
	t.fs.live = true;
	known_observe(&known, &t.fs, &none);
	CHECK(known_disk(&known, "pmem0", &bytes) && bytes == 14 * MIB);
	CHECK(known_disk(&known, "pmem0.1", &bytes) && bytes == 15 * KIB);
	CHECK(known_disk(&known, "last", &bytes) && bytes == 7 * KIB);
	CHECK(!known_disk(&known, "pmem0.2", &bytes));
	CHECK(!known_disk(&known, "bad", &bytes));
	CHECK(!known_disk(&known, "huge", &bytes));
}

static void who_has_claimed_memory_is_listed_by_the_kernel(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(iomem_release) struct iomem iomem, hidden;
	_cleanup_(known_release) struct known known = {0}, unknown = {0}, captured = {0};
	uint64_t start = 0;

	iomem_parse("100000000-10fffffff : Persistent Memory (legacy)\n"
		    "  104000000-107ffffff : namespace0.1\n"
		    "  108000000-1081fffff : namespace0.10\n"
		    "    108200000-10fffffff : dax0.10\n",
		    &iomem);
	iomem_parse("00000000-00000000 : Persistent Memory (legacy)\n"
		    "  00000000-00000000 : namespace0.1\n",
		    &hidden);
	tree_make(&t);
	known_observe(&captured, &t.fs, &iomem);
	CHECK(!known_start(&captured, "namespace0.1", &start));
	t.fs.live = true;
	known_observe(&known, &t.fs, &iomem);
	CHECK(known_start(&known, "namespace0.1", &start) && start == 0x104000000);
	CHECK(known_start(&known, "namespace0.10", &start) && start == 0x108000000);
	CHECK(!known_start(&known, "namespace0.0", &start));
	CHECK(!known_start(&known, "dax0.10", &start));
	known_observe(&unknown, &t.fs, &hidden);
	CHECK(!known_start(&unknown, "namespace0.1", &start));
}

UNIT_TESTS(UNIT(a_namespace_is_known_by_its_start), UNIT(of_a_region_that_is_down_nothing_is_known),
	   UNIT(damaged_labels_tell_nothing), UNIT(a_name_has_an_end),
	   UNIT(disks_are_listed_by_the_kernel),
	   UNIT(who_has_claimed_memory_is_listed_by_the_kernel))
