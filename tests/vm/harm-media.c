/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways of damage; of info blocks and superblocks. Some is given checksums that fit, so that the
 * kernel believes it. A BTT with fewer free blocks than lanes (btt.c, btt_freelist_init) crashes
 * Linux 7.3 by itself, before any program could look, and is left out.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "harm.h"

static uint64_t state;

/* splitmix64 */
uint64_t number(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint64_t below(uint64_t n)
{
	return number() % n;
}

uint64_t sum_of(const uint8_t *bytes, size_t n, size_t at)
{
	uint32_t low = 0, word;
	uint64_t high = 0;

	for (size_t i = 0; i < n; i += 4) {
		memcpy(&word, bytes + i, 4);
		low += i - at < 8 ? 0 : le32toh(word);
		high += low;
	}
	return (high << 32) | low;
}

void put_sum(uint8_t *bytes, size_t n, size_t at)
{
	uint64_t value = htole64(sum_of(bytes, n, at));

	memcpy(bytes + at, &value, 8);
}

uint64_t place_data(const struct place *p)
{
	return !strcmp(p->mode, "sector") ? p->start + PAGE : p->start + p->raw - p->size;
}

const char *wreck(uint8_t *bytes, size_t n)
{
	size_t at;

	switch (below(4)) {
	case 0:
		for (uint64_t i = 1 + below(3); i; i--)
			bytes[below(n)] ^= (uint8_t)(1 << below(8));
		return "bits flipped";
	case 1:
		at = below(n);
		memset(bytes + at, 0, n - at);
		return "torn, zeroes behind";
	case 2:
		at = below(n);
		memset(bytes, 0xff, at);
		return "torn, ones before";
	default:
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)number();
		return "noise";
	}
}

void field_set(uint8_t *bytes, const struct field *f, uint64_t value)
{
	memcpy(bytes + f->offset, &value, f->size < 8 ? f->size : 8);
}

void field_change(uint8_t *bytes, const struct field *f)
{
	uint64_t value = 0;

	memcpy(&value, bytes + f->offset, f->size < 8 ? f->size : 8);
	switch (below(7)) {
	case 0:
		value += (uint64_t)1 << below(40);
		break;
	case 1:
		value -= (uint64_t)1 << below(40);
		break;
	case 2:
		value = 0;
		break;
	case 3:
		value = UINT64_MAX;
		break;
	case 4:
		value <<= 1 + below(8);
		break;
	case 5:
		value >>= 1 + below(8);
		break;
	default:
		value = number();
	}
	field_set(bytes, f, value);
}

/* drivers/nvdimm/pfn.h, struct nd_pfn_sb */
static const struct field pfn_fields[] = {
	{"signature", 0, 8},      {"uuid", 0x10, 8},        {"parent uuid", 0x20, 8},
	{"flags", 0x30, 4},       {"major", 0x34, 2},       {"minor", 0x36, 2},
	{"data offset", 0x38, 8}, {"pages", 0x40, 8},       {"mode", 0x48, 4},
	{"start pad", 0x4c, 4},   {"end cut", 0x50, 4},     {"alignment", 0x54, 4},
	{"page size", 0x58, 4},   {"page struct", 0x5c, 2},
};

/* drivers/nvdimm/btt.h, struct btt_sb; the first, external_lbasize, must divide, and the second,
 * nfree, not be less than there are lanes */
static const struct field btt_fields[] = {
	{"sector size", 0x38, 4}, {"free blocks", 0x4c, 4},   {"signature", 0, 8},
	{"uuid", 0x10, 8},        {"parent uuid", 0x20, 8},   {"flags", 0x30, 4},
	{"major", 0x34, 2},       {"minor", 0x36, 2},         {"sectors", 0x3c, 4},
	{"inner size", 0x40, 4},  {"inner sectors", 0x44, 4}, {"info size", 0x50, 4},
	{"next arena", 0x58, 8},  {"data offset", 0x60, 8},   {"map offset", 0x68, 8},
	{"log offset", 0x70, 8},  {"copy's offset", 0x78, 8},
};
#define INFO_SUM (PAGE - 8)

static void harm_btt(uint8_t *block, char what[TEXT_MAX])
{
	static const uint64_t sizes[] = {0, 512, 520, 4096, 4104};
	const struct field *f = ONE(btt_fields);

	if (f == &btt_fields[0])
		field_set(block, f, *ONE(sizes));
	else if (f == &btt_fields[1])
		field_set(block, f, 256 + below(1024));
	else
		field_change(block, f);
	add_text(what, "BTT info block: %s, with a sum that fits", f->name);
}

/* The info block of @p, or what another one's looks like in its place. */
static void harm_info(struct media *m, const struct place *p, char what[TEXT_MAX])
{
	bool btt = !strcmp(p->mode, "sector");
	uint8_t *block = m->bytes + p->start + (btt ? 0 : PAGE);
	const struct place *other = &m->known.at[below(m->known.n)];
	const struct field *f = ONE(pfn_fields);

	switch (below(5)) {
	case 0:
	case 1:
		add_text(what, "info block of \"%s\": %s", p->name, wreck(block, PAGE));
		return;
	case 2:
		memcpy(block, m->bytes + other->start + (strcmp(other->mode, "sector") ? PAGE : 0),
		       PAGE);
		add_text(what, "info block of \"%s\": that of \"%s\"", p->name, other->name);
		if (below(2))
			return;
		memcpy(block + 0x20, m->pristine + p->start + (btt ? 0 : PAGE) + 0x20, 16);
		add_text(what, ", with its own parent");
		break;
	default:
		if (btt) {
			harm_btt(block, what);
			break;
		}
		field_change(block, f);
		add_text(what, "page frame info block of \"%s\": %s, with a sum that fits", p->name,
			 f->name);
	}
	put_sum(block, PAGE, INFO_SUM);
}

/* Where the superblock is, in a file system. */
static const struct super {
	const char *fs;
	size_t at, size;
} supers[] = {
	{"ext4", 1024, 1024},
	{"xfs", 0, 512},
	{"btrfs", 65536, 4096},
	{"vfat", 0, 512},
};

struct extent place_super(const struct place *p)
{
	for (size_t i = 0; i < COUNT(supers); i++)
		if (!strcmp(p->fs, supers[i].fs))
			return (struct extent){place_data(p) + supers[i].at, supers[i].size};
	return (struct extent){0};
}

static void harm_super(struct media *m, const struct place *p, char what[TEXT_MAX])
{
	const struct super *other = ONE(supers);
	const struct place *from = &m->known.at[below(m->known.n)];
	struct extent super = place_super(p);

	if (below(4)) {
		add_text(what, "superblock of \"%s\", %s: %s", p->name, p->fs,
			 wreck(m->bytes + super.start, super.size));
		return;
	}
	memcpy(m->bytes + place_data(p) + other->at, m->pristine + place_data(from) + other->at,
	       other->size);
	add_text(what, "superblock of \"%s\": what \"%s\" has where that of %s is", p->name,
		 from->name, other->fs);
}

static void harmed(struct media *m, uint64_t start, uint64_t size)
{
	m->harmed[m->n_harmed++] = (struct extent){start, size};
}

/* One damage, of labels three times in five. */
static void harm_once(struct media *m, char what[TEXT_MAX])
{
	const struct place *p = &m->known.at[below(m->known.n)];

	if (below(5) < 3) {
		harmed(m, m->size - LABEL_AREA, LABEL_AREA);
		harm_labels(m->bytes + m->size - LABEL_AREA, what);
	} else if (*p->fs && (!strcmp(p->mode, "raw") || below(2))) {
		harmed(m, place_data(p), 2 * 65536);
		harm_super(m, p, what);
	} else {
		harmed(m, p->start, 2 * PAGE);
		harm_info(m, p, what);
	}
}

void media_harm(struct media *m, uint64_t seed, char what[TEXT_MAX])
{
	state = seed;
	harm_once(m, what);
	while (!below(6) && m->n_harmed < COUNT(m->harmed)) {
		add_text(what, "; ");
		harm_once(m, what);
	}
}

void media_heal(struct media *m)
{
	for (size_t i = 0; i < m->n_harmed; i++)
		memcpy(m->bytes + m->harmed[i].start, m->pristine + m->harmed[i].start,
		       m->harmed[i].size);
	m->n_harmed = 0;
}
