// SPDX-License-Identifier: GPL-2.0-or-later
#include "label-image.h"

#include <string.h>

#include "capacity.h"
#include "mem.h"

/* sizeof_namespace_index() and nvdimm_num_label_slots() for an area of 128 KiB. */
#define LABEL_SIZE 256
#define INDEX_SIZE (LABEL_INDEX_BYTES / 2)
/* Of the labels of version 1.1, for which the kernel looks first. */
#define LABEL_SIZE_OLD 128
#define SLOTS          ((LABEL_AREA_SIZE - LABEL_INDEX_BYTES) / LABEL_SIZE)
/* drivers/nvdimm/ramdax.c gives every region this interleave set cookie. */
#define COOKIE UINT64_C(0xcafebeefcafebeef)

/* What claims a namespace, as a GUID: first three fields little-endian (label.c:
 * to_abstraction_guid). */
static const unsigned char abstraction[][16] = {
	/* NVDIMM_PFN_GUID 266400ba-fb9f-4677-bcb0-968f11d0d225 */
	[MODE_FSDAX] = {0xba, 0x00, 0x64, 0x26, 0x9f, 0xfb, 0x77, 0x46, 0xbc, 0xb0, 0x96, 0x8f,
			0x11, 0xd0, 0xd2, 0x25},
	/* NVDIMM_DAX_GUID 97a86d9c-3cdd-4eda-986f-5068b4f80088 */
	[MODE_DEVDAX] = {0x9c, 0x6d, 0xa8, 0x97, 0xdd, 0x3c, 0xda, 0x4e, 0x98, 0x6f, 0x50, 0x68,
			 0xb4, 0xf8, 0x00, 0x88},
	/* NVDIMM_BTT2_GUID 18633bfc-1735-4217-8ac9-17239282d3f8 */
	[MODE_SECTOR] = {0xfc, 0x3b, 0x63, 0x18, 0x35, 0x17, 0x17, 0x42, 0x8a, 0xc9, 0x17, 0x23,
			 0x92, 0x82, 0xd3, 0xf8},
	[MODE_RAW] = {0},
};

/* @bytes are zero. */
static void put_label(unsigned char *bytes, const struct label *l, uint32_t slot)
{
	memcpy(bytes, l->uuid, sizeof(uuid_t));
	strncpy((char *)bytes + 16, l->name, NAME_BYTES_MAX);
	media_put16(bytes + 84, 1); /* labels of this namespace */
	media_put64(bytes + 88, COOKIE);
	media_put64(bytes + 104, l->where.start);
	media_put64(bytes + 112, l->where.size);
	media_put32(bytes + 120, slot);
	memcpy(bytes + 144, abstraction[l->mode], sizeof(abstraction[0]));
	media_put64(bytes + LABEL_SIZE - 8, media_fletcher64(bytes, LABEL_SIZE));
}

/* Of the two index blocks the one with the later sequence number counts; 3 comes after 2. */
static void put_index(unsigned char bytes[INDEX_SIZE], unsigned number, size_t used)
{
	memset(bytes, 0, INDEX_SIZE);
	memcpy(bytes, "NAMESPACE_INDEX", 16);
	bytes[19] = 1; /* labels of 256 bytes */
	media_put32(bytes + 20, 3 - number);
	media_put64(bytes + 24, number * INDEX_SIZE);
	media_put64(bytes + 32, INDEX_SIZE);
	media_put64(bytes + 40, (1 - number) * INDEX_SIZE);
	media_put64(bytes + 48, LABEL_INDEX_BYTES);
	media_put32(bytes + 56, SLOTS);
	media_put16(bytes + 60, 1); /* version 1.2 */
	media_put16(bytes + 62, 2);
	for (size_t slot = used; slot < SLOTS; slot++)
		bytes[72 + slot / 8] |= (unsigned char)(1 << slot % 8);
	media_put64(bytes + 64, media_fletcher64(bytes, INDEX_SIZE));
}

/* Instead of the index blocks, where something was found. */
static const char lost_mark[16] = "RAMDAX_LOST_DATA";

void label_mark_lost(struct media *media)
{
	unsigned char blocks[LABEL_INDEX_BYTES] = {0};

	memcpy(blocks, lost_mark, sizeof(lost_mark));
	media_write(media, 0, blocks, sizeof(blocks));
}

static bool sum_fits(const unsigned char *bytes, size_t n, size_t at)
{
	_cleanup_(freep) unsigned char *copy = mem_calloc(1, n);

	memcpy(copy, bytes, n);
	media_put64(copy + at, 0);
	return media_fletcher64(copy, n) == media_get64(bytes + at);
}

/* The bytes of a label of the index @bytes: 128 before version 1.2, which brought larger ones
 * (label.c, __nd_label_validate). 0 if they have none of the sizes there are. */
static uint64_t label_bytes(const unsigned char *bytes)
{
	unsigned major = media_get16(bytes + 60), minor = media_get16(bytes + 62);

	if (major * 100 + minor < 102)
		return LABEL_SIZE_OLD;
	return bytes[19] == 0 ? LABEL_SIZE_OLD : bytes[19] == 1 ? LABEL_SIZE : 0;
}

/* Whether @bytes are a valid index block of labels of @label bytes. */
static bool is_index(const unsigned char *bytes, unsigned number, uint64_t label)
{
	uint64_t size = media_get64(bytes + 32);

	return !memcmp(bytes, "NAMESPACE_INDEX", 16) && label_bytes(bytes) == label &&
	       (media_get32(bytes + 20) & 3) && media_get64(bytes + 24) == number * INDEX_SIZE &&
	       size >= 72 && size <= INDEX_SIZE &&
	       media_get64(bytes + 40) == (1 - number) * INDEX_SIZE &&
	       media_get64(bytes + 48) == LABEL_INDEX_BYTES &&
	       media_get32(bytes + 56) * label + LABEL_INDEX_BYTES <= LABEL_AREA_SIZE &&
	       sum_fits(bytes, INDEX_SIZE, 64);
}

static bool has_index(const unsigned char *area, uint64_t label)
{
	return is_index(area, 0, label) || is_index(area + INDEX_SIZE, 1, label);
}

/* A label that was somebody's. Those of scaffolds say nothing. */
static bool is_label(const unsigned char *bytes, uint32_t slot)
{
	return !uuid_is_null(bytes) && media_get64(bytes + 88) == COOKIE &&
	       media_get32(bytes + 120) == slot &&
	       memcmp(bytes + 16, SCAFFOLD_PREFIX, strlen(SCAFFOLD_PREFIX)) != 0 &&
	       sum_fits(bytes, LABEL_SIZE, LABEL_SIZE - 8);
}

enum label_state label_area_state(const unsigned char *area)
{
	if (has_index(area, LABEL_SIZE_OLD))
		return LABELS_OLD;
	if (has_index(area, LABEL_SIZE))
		return LABELS_VALID;
	if (!memcmp(area, lost_mark, sizeof(lost_mark)))
		return LABELS_LOST;
	for (uint32_t slot = 0; slot < SLOTS; slot++)
		if (is_label(area + LABEL_INDEX_BYTES + slot * LABEL_SIZE, slot))
			return LABELS_LOST;
	return LABELS_NONE;
}

/* The index that counts, -1 if there is none, or none of labels as ours: of two the one that comes
 * after the other, and the second of equals (label.c: best_seq). */
static int current_index(const unsigned char *area)
{
	bool first = is_index(area, 0, LABEL_SIZE);
	bool second = is_index(area + INDEX_SIZE, 1, LABEL_SIZE);
	uint32_t a = media_get32(area + 20) & 3, b = media_get32(area + INDEX_SIZE + 20) & 3;

	if (has_index(area, LABEL_SIZE_OLD))
		return -1;
	if (!first || !second)
		return first ? 0 : second ? 1 : -1;
	return a == b || a % 3 + 1 == b ? 1 : 0;
}

static const char *fault_of(const unsigned char *label, uint32_t slot, uint64_t usable)
{
	uint64_t start = media_get64(label + 104), size = media_get64(label + 112);

	if (!sum_fits(label, LABEL_SIZE, LABEL_SIZE - 8))
		return "its label has a bad checksum";
	if (media_get32(label + 120) != slot)
		return "its label is of another slot";
	if (media_get64(label + 88) != COOKIE)
		return "its label is of another region (cookie)";
	if (start > usable || size > usable - start)
		return "its label places it outside the region";
	return NULL;
}

/* Whether @index says that @slot is used. */
static bool is_used(const unsigned char *index, uint32_t slot)
{
	return slot < media_get32(index + 56) && !(index[72 + slot / 8] >> slot % 8 & 1);
}

/* The place that @label takes, or size 0 if the kernel passes over it. */
static struct range taken_by(const unsigned char *label, uint32_t slot)
{
	struct range where = {media_get64(label + 104), media_get64(label + 112)};

	if (media_get32(label + 120) != slot || (where.start | where.size) % PAGE_BYTES ||
	    !sum_fits(label, LABEL_SIZE, LABEL_SIZE - 8))
		where.size = 0;
	return where;
}

bool label_area_refused(const unsigned char *area)
{
	int number = current_index(area);
	const unsigned char *index = area + INDEX_SIZE * (number > 0);
	struct range taken[SLOTS];
	size_t n = 0;

	for (uint32_t slot = 0; number >= 0 && slot < SLOTS; slot++) {
		const unsigned char *label = area + LABEL_INDEX_BYTES + (size_t)slot * LABEL_SIZE;
		struct range where = {0};

		if (is_used(index, slot))
			where = taken_by(label, slot);
		if (!where.size)
			continue;
		if (where.size > UINT64_MAX - where.start)
			return true;
		for (size_t i = 0; i < n; i++)
			if (where.start < taken[i].start + taken[i].size &&
			    taken[i].start < where.start + where.size)
				return true;
		taken[n++] = where;
	}
	return has_index(area, LABEL_SIZE_OLD);
}

size_t label_area_extent(const unsigned char *area)
{
	int number = current_index(area);
	uint32_t slots = SLOTS;

	while (number >= 0 && slots && !is_used(area + INDEX_SIZE * number, slots - 1))
		slots--;
	return LABEL_INDEX_BYTES + (size_t)slots * LABEL_SIZE;
}

/* The label in @slot, if the index that counts, of @number, says that it is used; else NULL. */
static const unsigned char *used_label(const unsigned char *area, int number, uint32_t slot)
{
	if (number < 0 || !is_used(area + INDEX_SIZE * (number > 0), slot))
		return NULL;
	return area + LABEL_INDEX_BYTES + (size_t)slot * LABEL_SIZE;
}

static void damaged_of(const unsigned char *label, uint32_t slot, const char *fault,
		       struct damaged_label *damaged)
{
	*damaged = (struct damaged_label){
		.slot = slot,
		.fault = fault,
		.where = {media_get64(label + 104), media_get64(label + 112)},
		.credible = sum_fits(label, LABEL_SIZE, LABEL_SIZE - 8),
	};
	uuid_copy(damaged->uuid, label);
	for (size_t i = 0; i < NAME_BYTES_MAX && label[16 + i]; i++)
		damaged->name[i] =
			label[16 + i] >= ' ' && label[16 + i] <= '~' ? (char)label[16 + i] : '?';
}

size_t label_area_damaged(const unsigned char *area, uint64_t usable, struct damaged_label **labels)
{
	int number = current_index(area);
	size_t n = 0;

	*labels = NULL;
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		const unsigned char *label = used_label(area, number, slot);
		const char *fault = label ? fault_of(label, slot, usable) : NULL;

		if (fault)
			damaged_of(label, slot, fault, MEM_APPEND(*labels, n));
	}
	return n;
}

size_t label_area_sound(const unsigned char *area, uint64_t usable, struct label **labels)
{
	int number = current_index(area);
	size_t n = 0;

	*labels = NULL;
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		const unsigned char *bytes = used_label(area, number, slot);
		struct label *label;

		if (!bytes || fault_of(bytes, slot, usable) || uuid_is_null(bytes) ||
		    !memchr(bytes + 16, '\0', NAME_BYTES_MAX + 1))
			continue;
		label = MEM_APPEND(*labels, n);
		uuid_copy(label->uuid, bytes);
		label->name = (const char *)bytes + 16;
		label->where.start = media_get64(bytes + 104);
		label->where.size = media_get64(bytes + 112);
	}
	return n;
}

size_t label_area_traces(const unsigned char *area, struct label **labels)
{
	int number = current_index(area);
	size_t n = 0;

	*labels = NULL;
	for (uint32_t slot = 0; slot < SLOTS && !has_index(area, LABEL_SIZE_OLD); slot++) {
		const unsigned char *bytes = area + LABEL_INDEX_BYTES + (size_t)slot * LABEL_SIZE;
		struct label *label;

		if ((number >= 0 && !used_label(area, number, slot)) || !is_label(bytes, slot) ||
		    !memchr(bytes + 16, '\0', NAME_BYTES_MAX + 1))
			continue;
		label = MEM_APPEND(*labels, n);
		uuid_copy(label->uuid, bytes);
		label->name = (const char *)bytes + 16;
	}
	return n;
}

void label_area_drop_damaged(const unsigned char *area, uint64_t usable, struct media *media)
{
	struct damaged_label *labels;
	size_t n = label_area_damaged(area, usable, &labels);

	for (unsigned number = 2; number-- > 0;) {
		unsigned char index[INDEX_SIZE];

		memcpy(index, area + (size_t)number * INDEX_SIZE, sizeof(index));
		if (!is_index(index, number, LABEL_SIZE))
			continue;
		for (size_t i = 0; i < n; i++)
			index[72 + labels[i].slot / 8] |= (unsigned char)(1 << labels[i].slot % 8);
		media_put64(index + 64, 0);
		media_put64(index + 64, media_fletcher64(index, INDEX_SIZE));
		media_write(media, (uint64_t)number * INDEX_SIZE, index, sizeof(index));
	}
	free(labels);
}

void label_image(const struct label *labels, size_t n, struct media *media)
{
	_cleanup_(freep) unsigned char *slots = mem_calloc(n, LABEL_SIZE);
	unsigned char index[INDEX_SIZE];

	for (size_t i = 0; i < n; i++)
		put_label(slots + i * LABEL_SIZE, &labels[i], (uint32_t)i);
	media_write(media, LABEL_INDEX_BYTES, slots, n * LABEL_SIZE);
	for (unsigned number = 2; number-- > 0;) {
		put_index(index, number, n);
		media_write(media, number * INDEX_SIZE, index, INDEX_SIZE);
	}
}
