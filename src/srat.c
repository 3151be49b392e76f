// SPDX-License-Identifier: GPL-2.0-or-later
#include "srat.h"

#include <endian.h>
#include <string.h>

#include "mem.h"

/* ACPI specification, System Resource Affinity Table. */
#define TABLE_LENGTH   4
#define TABLE_REVISION 8
#define TABLE_ENTRIES  48 /* behind the common header and twelve reserved bytes */

#define TYPE_APIC   0
#define TYPE_MEMORY 1
#define TYPE_X2APIC 2
#define TYPE_GICC   3

#define FLAG_ENABLED 1U
#define FLAG_HOTPLUG 2U

static uint32_t le32_at(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint64_t le64_at(const uint8_t *p)
{
	return le32_at(p) | (uint64_t)le32_at(p + 4) << 32;
}

static void add_domain(struct srat *srat, uint32_t domain)
{
	for (size_t i = 0; i < srat->n_domains; i++) {
		if (srat->domains[i] == domain)
			return;
	}
	*MEM_APPEND(srat->domains, srat->n_domains) = domain;
}

/* Revision 1 had one byte for the domain and rubbish in the others. */
static void processor_read(struct srat *srat, const uint8_t *p, bool narrow)
{
	uint32_t domain;

	switch (p[0]) {
	case TYPE_APIC:
		if (p[1] < 16 || !(le32_at(p + 4) & FLAG_ENABLED))
			return;
		domain = p[2];
		if (!narrow)
			domain |= (le32_at(p + 8) & 0xffffff00);
		break;
	case TYPE_X2APIC:
		if (p[1] < 24 || !(le32_at(p + 12) & FLAG_ENABLED))
			return;
		domain = le32_at(p + 4);
		break;
	case TYPE_GICC:
		if (p[1] < 18 || !(le32_at(p + 10) & FLAG_ENABLED))
			return;
		domain = le32_at(p + 2);
		break;
	default:
		return;
	}
	add_domain(srat, domain);
}

static void memory_read(struct srat *srat, const uint8_t *p, bool narrow)
{
	struct srat_memory memory = {.domain = le32_at(p + 2)};
	uint32_t flags = le32_at(p + 28);
	uint64_t end;

	memory.range.start = le64_at(p + 8);
	memory.range.size = le64_at(p + 16);
	memory.hotplug = flags & FLAG_HOTPLUG;
	if (narrow)
		memory.domain &= 0xff;
	if (!(flags & FLAG_ENABLED) || !memory.range.size ||
	    !checked_add(memory.range.start, memory.range.size, &end))
		return;
	*MEM_APPEND(srat->memory, srat->n_memory) = memory;
	add_domain(srat, memory.domain);
}

int srat_parse(const void *table, size_t size, struct srat *srat)
{
	const uint8_t *start = table;
	bool narrow;

	*srat = (struct srat){0};
	if (size < TABLE_ENTRIES || memcmp(start, "SRAT", 4) != 0 ||
	    le32_at(start + TABLE_LENGTH) < TABLE_ENTRIES || le32_at(start + TABLE_LENGTH) > size)
		return -EBADMSG;
	size = le32_at(start + TABLE_LENGTH);
	narrow = start[TABLE_REVISION] < 2;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t at = TABLE_ENTRIES; at < size; at += start[at + 1]) {
			const uint8_t *p = start + at;

			if (size - at < 2 || p[1] < 2 || p[1] > size - at ||
			    (p[0] == TYPE_MEMORY && p[1] < 40)) {
				srat_release(srat);
				return -EBADMSG;
			}
			if (pass == 0)
				processor_read(srat, p, narrow);
			else if (p[0] == TYPE_MEMORY)
				memory_read(srat, p, narrow);
		}
	}
	return 0;
}

void srat_release(struct srat *srat)
{
	free(srat->memory);
	free(srat->domains);
	*srat = (struct srat){0};
}
