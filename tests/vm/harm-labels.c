/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label area: damaged, and read as the kernel reads it. An index block whose number of slots
 * overflows 32 bits (drivers/nvdimm/label.c, nd_label_data_init) crashes Linux 7.3 by itself,
 * before any program could look, and is left out.
 */
#include <stdio.h>
#include <string.h>

#include "harm.h"

#define INDEX_SIZE 256
#define LABEL_SIZE 256
#define LABELS     (2 * INDEX_SIZE)
#define SLOTS      510

/* drivers/nvdimm/label.h, struct nd_namespace_index; the first is nslot */
static const struct field index_fields[] = {
	{"slots", 0x38, 4},      {"signature", 0, 8},       {"flags", 0x10, 3},
	{"label size", 0x13, 1}, {"sequence", 0x14, 4},     {"own offset", 0x18, 8},
	{"own size", 0x20, 8},   {"other offset", 0x28, 8}, {"label offset", 0x30, 8},
	{"major", 0x3c, 2},      {"minor", 0x3e, 2},        {"free slots", 0x48, 2},
};
#define INDEX_SUM  0x40
#define INDEX_FREE 0x48

/* struct nvdimm_efi_label */
static const struct field label_fields[] = {
	{"uuid", 0, 16},       {"name", 0x10, 16},    {"flags", 0x50, 4},
	{"labels", 0x54, 2},   {"position", 0x56, 2}, {"cookie", 0x58, 8},
	{"lba size", 0x60, 8}, {"start", 0x68, 8},    {"raw size", 0x70, 8},
	{"slot", 0x78, 4},     {"type", 0x80, 16},    {"claim class", 0x90, 16},
};
#define LABEL_SLOT  0x78
#define LABEL_START 0x68
#define LABEL_RAW   0x70
#define LABEL_SUM   0xf8

static bool is_used(const uint8_t *index, size_t slot)
{
	return !(index[INDEX_FREE + slot / 8] >> (slot % 8) & 1);
}

static uint8_t *label_at(uint8_t *area, size_t slot)
{
	return area + LABELS + slot * LABEL_SIZE;
}

/* One of the slots whose label counts, by the first index block. */
static size_t used_slot(uint8_t *area)
{
	size_t slots[SLOTS], n = 0;

	for (size_t i = 0; i < SLOTS; i++)
		if (is_used(area, i) && label_at(area, i)[0x54])
			slots[n++] = i;
	return n ? slots[below(n)] : below(8);
}

static void put_indexes(uint8_t *area, const struct field *f)
{
	static const uint64_t extremes[] = {0, 1, SLOTS + 1, 1 << 16, (1 << 24) - 3};

	for (size_t i = 0; i < 2; i++) {
		uint8_t *index = area + i * INDEX_SIZE;

		if (f == &index_fields[0])
			field_set(index, f, below(2) ? *ONE(extremes) : below(SLOTS));
		else if (f)
			field_change(index, f);
		put_sum(index, INDEX_SIZE, INDEX_SUM);
	}
}

/* A label that is valid in itself: one that is there, in another slot and a little different. */
static void forge(uint8_t *area, char what[TEXT_MAX])
{
	static const struct field name = {"name", 0x10, 16}, uuid = {"uuid", 0, 8};
	static const struct field slot = {"slot", LABEL_SLOT, 4}, start = {"start", LABEL_START, 8};
	size_t from = used_slot(area), to = 0;
	uint8_t *label;
	const struct field *f;

	while (to < SLOTS - 1 && is_used(area, to))
		to++;
	label = label_at(area, to);
	memcpy(label, label_at(area, from), LABEL_SIZE);
	field_set(label, &slot, to);
	field_set(label, &start, below(3) ? below(1 << 18) * PAGE : number());
	if (below(2))
		field_set(label, &uuid, number());
	if (below(2))
		field_set(label, &name, number());
	f = ONE(label_fields);
	if (!below(3))
		field_change(label, f);
	put_sum(label, LABEL_SIZE, LABEL_SUM);
	for (size_t i = 0; i < 2; i++)
		area[i * INDEX_SIZE + INDEX_FREE + to / 8] &= (uint8_t) ~(1 << (to % 8));
	put_indexes(area, NULL);
	add_text(what, "a label more, in slot %zu", to);
}

void harm_labels(uint8_t *area, char what[TEXT_MAX])
{
	size_t index = below(2) * INDEX_SIZE;
	uint8_t *one = label_at(area, used_slot(area)), *two = label_at(area, used_slot(area));
	const struct field *f;

	switch (below(9)) {
	case 0:
		add_text(what, "index %zu: %s", index / INDEX_SIZE,
			 wreck(area + index, INDEX_SIZE));
		break;
	case 1:
		add_text(what, "both indexes: %s", wreck(area, 2 * INDEX_SIZE));
		break;
	case 2:
		add_text(what, "a label: %s", wreck(one, LABEL_SIZE));
		break;
	case 3:
		f = ONE(index_fields);
		put_indexes(area, f);
		add_text(what, "indexes: %s, with a sum that fits", f->name);
		break;
	case 4:
		f = ONE(label_fields);
		field_change(one, f);
		put_sum(one, LABEL_SIZE, LABEL_SUM);
		add_text(what, "a label: %s, with a sum that fits", f->name);
		break;
	case 5:
		f = ONE(label_fields);
		memcpy(two + f->offset, one + f->offset, f->size);
		put_sum(two, LABEL_SIZE, LABEL_SUM);
		add_text(what, "two labels: the same %s", f->name);
		break;
	case 6:
		f = &label_fields[below(2) ? 7 : 8];
		field_set(one, f, below(1 << 18) * PAGE);
		put_sum(one, LABEL_SIZE, LABEL_SUM);
		add_text(what, "a label: another %s, with a sum that fits", f->name);
		break;
	case 7:
		forge(area, what);
		break;
	default:
		add_text(what, "the label area: %s", wreck(area, LABEL_AREA));
	}
}

/* The index that the kernel takes (label.c, __nd_label_validate and best_seq), or NULL. */
static const uint8_t *index_of(const uint8_t *area)
{
	bool valid[2];
	uint32_t seq[2], slots;
	uint64_t own, other, size, sum;

	for (size_t i = 0; i < 2; i++) {
		const uint8_t *index = area + i * INDEX_SIZE;

		memcpy(&seq[i], index + 0x14, 4);
		memcpy(&own, index + 0x18, 8);
		memcpy(&size, index + 0x20, 8);
		memcpy(&other, index + 0x28, 8);
		memcpy(&slots, index + 0x38, 4);
		memcpy(&sum, index + INDEX_SUM, 8);
		seq[i] &= 3;
		valid[i] = !memcmp(index, "NAMESPACE_INDEX\0", 16) && index[0x13] == 1 &&
			   index[0x3c] + index[0x3d] * 256 * 100 + index[0x3e] >= 1 && seq[i] &&
			   own == i * INDEX_SIZE && other == !i * INDEX_SIZE &&
			   size <= INDEX_SIZE && size >= 72 && slots <= SLOTS &&
			   sum == sum_of(index, INDEX_SIZE, INDEX_SUM);
	}
	if (!valid[0] || !valid[1])
		return valid[0] ? area : valid[1] ? area + INDEX_SIZE : NULL;
	return seq[0] == seq[1] || seq[1] == seq[0] % 3 + 1 ? area + INDEX_SIZE : area;
}

/* nd_label.c, slot_valid() */
static bool is_valid(const uint8_t *label, uint32_t slot)
{
	uint64_t start, raw, sum;
	uint32_t own;

	memcpy(&own, label + LABEL_SLOT, 4);
	memcpy(&start, label + LABEL_START, 8);
	memcpy(&raw, label + LABEL_RAW, 8);
	memcpy(&sum, label + LABEL_SUM, 8);
	return own == slot && (start | raw) % PAGE == 0 &&
	       sum == sum_of(label, LABEL_SIZE, LABEL_SUM);
}

bool media_claims(const struct media *m, const uint8_t *bytes, struct places *claims)
{
	const uint8_t *area = bytes + m->size - LABEL_AREA, *index = index_of(area);
	const uint8_t *made = m->pristine + m->size - LABEL_AREA;
	uint32_t slots = 0;

	claims->n = 0;
	if (index)
		memcpy(&slots, index + 0x38, 4);
	for (uint32_t i = 0; i < slots && claims->n < PLACES_MAX; i++) {
		const uint8_t *label = area + LABELS + i * LABEL_SIZE;
		struct place *p = &claims->at[claims->n];

		if (!is_used(index, i))
			continue;
		if (!is_valid(label, i)) {
			label = made + LABELS + i * LABEL_SIZE;
			if (!is_used(index_of(made), i) || !is_valid(label, i))
				continue;
		}
		memset(p, 0, sizeof(*p));
		memcpy(p->name, label + 0x10, 64);
		memcpy(&p->start, label + LABEL_START, 8);
		memcpy(&p->raw, label + LABEL_RAW, 8);
		claims->n++;
	}
	return index;
}
