// SPDX-License-Identifier: GPL-2.0-or-later
/* What label areas and info blocks say, byte by byte. */
#include "derive.h"
#include "infoblock.h"
#include "label-image.h"
#include "mem.h"
#include "text.h"
#include "unit.h"

#define SIZE (256 * MIB)

/* The label area after @media was written to one of @fill bytes. The caller frees it. */
static unsigned char *area_of(struct media *media, int fill)
{
	unsigned char *area = mem_calloc(1, LABEL_AREA_SIZE);

	memset(area, fill, LABEL_AREA_SIZE);
	for (size_t i = 0; i < media->n; i++) {
		const struct media_piece *p = &media->pieces[i];

		if (p->bytes)
			memcpy(area + p->offset, p->bytes, p->n);
		else
			memset(area + p->offset, 0, p->n);
	}
	media_release(media);
	return area;
}

static unsigned char *area_with(const char *name)
{
	struct label label = {.name = name, .mode = MODE_FSDAX, .where = {0, 64 * MIB}};
	struct media media = {0};

	uuid_parse(DERIVE_DEFAULT_SEED, label.uuid);
	label_image(&label, 1, &media);
	return area_of(&media, 0xa5);
}

static void one_index_is_enough(void)
{
	unsigned char *area = area_with("a");

	CHECK_INT(label_area_state(area), LABELS_VALID);
	area[70] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_VALID);
	area[256 + 70] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_LOST);
	area[70] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_VALID);
	free(area);
}

static unsigned char *area_with_two(uint64_t second, uint64_t size)
{
	struct label labels[] = {
		{.name = "a", .mode = MODE_FSDAX, .where = {0, 64 * MIB}},
		{.name = "b", .mode = MODE_RAW, .where = {second, size}},
	};
	struct media media = {0};

	label_image(labels, 2, &media);
	return area_of(&media, 0xa5);
}

static bool is_refused(uint64_t second, uint64_t size)
{
	unsigned char *area = area_with_two(second, size);
	bool refused = label_area_refused(area);

	free(area);
	return refused;
}

static void what_the_kernel_refuses_is_known(void)
{
	unsigned char *area = area_with_two(0, 64 * MIB);

	CHECK(!is_refused(64 * MIB, 64 * MIB));
	CHECK(is_refused(63 * MIB, 64 * MIB));
	CHECK(is_refused(0, 64 * MIB));
	CHECK(is_refused(128 * MIB, UINT64_MAX - 4095 - 64 * MIB));
	CHECK(label_area_refused(area));
	area[512 + 256] ^= 1; /* passed over, for its checksum */
	CHECK(!label_area_refused(area));
	memset(area, 0, LABEL_AREA_SIZE);
	CHECK(!label_area_refused(area));
	free(area);
}

static void without_index_and_labels_it_is_empty(void)
{
	unsigned char *area = area_with("a");

	memset(area, 0, 512);
	CHECK_INT(label_area_state(area), LABELS_LOST);
	area[512 + 105] ^= 4; /* where it begins: its checksum no longer fits */
	CHECK_INT(label_area_state(area), LABELS_NONE);
	free(area);
	area = area_with(LOOK_SCAFFOLD);
	CHECK_INT(label_area_state(area), LABELS_VALID);
	memset(area, 0, 512);
	CHECK_INT(label_area_state(area), LABELS_NONE);
	free(area);
}

static void a_mark_is_a_loss(void)
{
	struct media media = {0};
	unsigned char *area;

	label_mark_lost(&media);
	area = area_of(&media, 0);
	CHECK_INT(label_area_state(area), LABELS_LOST);
	area[3] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_NONE);
	free(area);
}

static void damaged_labels_are_named_and_dropped(void)
{
	struct label two[2] = {{.name = "a", .mode = MODE_FSDAX, .where = {0, 64 * MIB}},
			       {.name = "b\033", .mode = MODE_RAW, .where = {64 * MIB, MIB}}};
	struct media media = {0}, drop = {0};
	struct damaged_label *damaged;
	unsigned char *area;

	uuid_generate_random(two[0].uuid);
	uuid_generate_random(two[1].uuid);
	label_image(two, 2, &media);
	area = area_of(&media, 0);
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 0);
	area[512 + 256 + 248] ^= 1;
	if (!CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 1))
		return;
	CHECK_INT(damaged->slot, 1);
	CHECK_STR(damaged->name, "b?");
	CHECK_INT(damaged->where.start, 64 * MIB);
	CHECK_INT(damaged->where.size, MIB);
	free(damaged);
	label_area_drop_damaged(area, 1 * GIB, &drop);
	for (size_t i = 0; i < drop.n; i++)
		memcpy(area + drop.pieces[i].offset, drop.pieces[i].bytes, drop.pieces[i].n);
	media_release(&drop);
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 0);
	CHECK_INT(label_area_state(area), LABELS_VALID);
	/* the other is still used */
	CHECK_INT(area[72] & 3, 2);
	area[512 + 248] ^= 1;
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 1);
	free(damaged);
	free(area);
}

/* Makes the sum of an index block fit again. */
static void resum(unsigned char *index)
{
	memset(index + 64, 0, 8);
	media_put64(index + 64, media_fletcher64(index, 256));
}

/* The kernel looks for labels of 128 bytes first, and one index of them is enough for it. */
static void an_index_of_older_labels_is_not_ours(void)
{
	struct damaged_label *damaged;
	unsigned char *area = area_with("a");

	area[256 + 19] = 0; /* 128 bytes */
	CHECK_INT(label_area_state(area), LABELS_VALID);
	resum(area + 256);
	CHECK_INT(label_area_state(area), LABELS_OLD);
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 0);
	free(area);
	area = area_with("a");
	area[62] = 1; /* version 1.1 */
	resum(area);
	CHECK_INT(label_area_state(area), LABELS_OLD);
	free(area);
	area = area_with("a");
	area[19] = area[256 + 19] = 2; /* 512 bytes, which no kernel knows */
	resum(area);
	resum(area + 256);
	CHECK_INT(label_area_state(area), LABELS_LOST);
	free(area);
}

static void a_label_outside_the_region_is_damaged(void)
{
	unsigned char *area = area_with("a");
	struct damaged_label *damaged;

	CHECK_INT(label_area_damaged(area, 64 * MIB, &damaged), 0);
	free(damaged);
	CHECK_INT(label_area_damaged(area, 1 * MIB, &damaged), 1);
	CHECK_STR(damaged->fault, "its label places it outside the region");
	free(damaged);
	free(area);
}

static void labels_without_an_index_leave_traces(void)
{
	unsigned char *area = area_with("a");
	struct label *labels;

	CHECK_INT(label_area_traces(area, &labels), 1);
	CHECK_STR(labels[0].name, "a");
	free(labels);
	area[70] ^= 1;
	area[256 + 70] ^= 1;
	CHECK_INT(label_area_traces(area, &labels), 1);
	free(labels);
	area[2 * 256 + 20] ^= 1;
	CHECK_INT(label_area_traces(area, &labels), 0);
	free(labels);
	free(area);

	area = area_with(".ramdax-a");
	CHECK_INT(label_area_traces(area, &labels), 0);
	free(labels);
	free(area);
}

/* All that is asked of a label area, in words. */
static char *answers_of(const unsigned char *area)
{
	struct text out = {0};
	struct damaged_label *damaged;
	struct label *labels;
	struct media drop = {0};

	text_addf(&out, "state %d refused %d", label_area_state(area), label_area_refused(area));
	for (size_t i = label_area_damaged(area, 1 * GIB, &damaged); i-- > 0;)
		text_addf(&out, " damaged %u %s %s", damaged[i].slot, damaged[i].name,
			  damaged[i].fault);
	free(damaged);
	for (size_t i = label_area_sound(area, 1 * GIB, &labels); i-- > 0;) {
		CHECK(strlen(labels[i].name) < 64);
		text_addf(&out, " sound %s", labels[i].name);
	}
	free(labels);
	for (size_t i = label_area_traces(area, &labels); i-- > 0;)
		text_addf(&out, " trace %s", labels[i].name);
	free(labels);
	label_area_drop_damaged(area, 1 * GIB, &drop);
	for (size_t i = 0; i < drop.n; i++) {
		CHECK(drop.pieces[i].offset + drop.pieces[i].n <= LABEL_INDEX_BYTES);
		text_addf(&out, " drop %llu",
			  (unsigned long long)media_get64(drop.pieces[i].bytes + 64));
	}
	media_release(&drop);
	return text_take(&out);
}

/* What is left unread changes no answer. */
static void the_extent_is_enough(const unsigned char *area)
{
	unsigned char *part = mem_calloc(1, LABEL_AREA_SIZE);
	size_t extent = label_area_extent(area);
	char *whole, *read;

	CHECK(extent >= LABEL_INDEX_BYTES && extent <= LABEL_AREA_SIZE);
	memcpy(part, area, LABEL_INDEX_BYTES);
	CHECK_INT(label_area_extent(part), extent);
	memcpy(part, area, extent);
	whole = answers_of(area);
	read = answers_of(part);
	CHECK_STR(read, whole);
	free(whole);
	free(read);
	free(part);
}

static void only_what_counts_must_be_read(void)
{
	unsigned char *area = area_with("a");

	CHECK_INT(label_area_extent(area), LABEL_INDEX_BYTES + 256);
	area[256 + 72] |= 1; /* of the index that does not count */
	resum(area + 256);
	CHECK_INT(label_area_extent(area), LABEL_INDEX_BYTES + 256);
	area[72] |= 1;
	resum(area);
	CHECK_INT(label_area_extent(area), LABEL_INDEX_BYTES);
	area[70] ^= 1;
	area[256 + 70] ^= 1;
	CHECK_INT(label_area_extent(area), LABEL_AREA_SIZE);
	free(area);
}

/* Whatever the bytes are, there is an answer; the sanitizers see what is read. */
static void any_bytes_are_answered(void)
{
	uint64_t random = 88172645463325252;
	unsigned answers[LABELS_OLD + 1] = {0};

	for (int round = 0; round < 2000; round++) {
		unsigned char *area = area_with("a");

		for (int i = 0; i < 1 + round % 3; i++) {
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
			area[random % 1024] = (unsigned char)(random >> 32);
		}
		answers[label_area_state(area)]++;
		/* What an index says is most likely to be wrong where its sum is not. */
		if (round % 2)
			resum(area + round % 4 / 2 * 256);
		the_extent_is_enough(area);
		free(area);
	}
	CHECK(answers[LABELS_VALID] > 100);
	CHECK_INT(answers[LABELS_UNKNOWN], 0);
}

/* All modes have a block that is found, with the namespace's UUID, and no bit of it may be wrong.
 */
static void info_blocks_are_found(void)
{
	static const struct shape shapes[] = {
		{MODE_FSDAX, 2 * MIB, MAP_DEV, 0},
		{MODE_DEVDAX, 2 * MIB, MAP_MEM, 0},
		{MODE_SECTOR, 0, MAP_NONE, 4096},
	};
	uuid_t parent, uuid, found;
	uint64_t raw = 0;

	uuid_generate_random(parent);
	uuid_generate_random(uuid);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		unsigned char bytes[INFOBLOCK_AREA] = {0};
		struct media media = {0};

		CHECK(!infoblock_find(bytes, found, &raw));
		CHECK(infoblock_format(&shapes[i], 4 * GIB, SIZE, parent, uuid, &media));
		for (size_t p = 0; p < media.n; p++)
			if (media.pieces[p].offset < sizeof(bytes) && media.pieces[p].bytes)
				memcpy(bytes + media.pieces[p].offset, media.pieces[p].bytes,
				       media.pieces[p].n);
		media_release(&media);
		CHECK(infoblock_find(bytes, found, &raw));
		CHECK(!uuid_compare(found, parent));
		CHECK_INT(raw, SIZE);
		bytes[shapes[i].mode == MODE_SECTOR ? 40 : 4096 + 40] ^= 0x10;
		CHECK(!infoblock_find(bytes, found, &raw));
	}
}

UNIT_TESTS(UNIT(one_index_is_enough), UNIT(what_the_kernel_refuses_is_known),
	   UNIT(without_index_and_labels_it_is_empty), UNIT(a_mark_is_a_loss),
	   UNIT(damaged_labels_are_named_and_dropped), UNIT(an_index_of_older_labels_is_not_ours),
	   UNIT(a_label_outside_the_region_is_damaged), UNIT(labels_without_an_index_leave_traces),
	   UNIT(only_what_counts_must_be_read), UNIT(any_bytes_are_answered),
	   UNIT(info_blocks_are_found))
