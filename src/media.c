// SPDX-License-Identifier: GPL-2.0-or-later
#include "media.h"

#include <endian.h>
#include <string.h>

#include "mem.h"

void media_write(struct media *m, uint64_t offset, const void *bytes, size_t n)
{
	*MEM_APPEND(m->pieces, m->n) = (struct media_piece){
		.offset = offset,
		.n = n,
		.bytes = memcpy(mem_pages(n), bytes, n),
	};
}

void media_zero(struct media *m, uint64_t offset, uint64_t n)
{
	*MEM_APPEND(m->pieces, m->n) = (struct media_piece){.offset = offset, .n = n};
}

void media_release(struct media *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->pieces[i].bytes);
	free(m->pieces);
	*m = (struct media){0};
}

static void put(unsigned char *at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get(const unsigned char *at, size_t n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | at[n];
	return value;
}

bool media_is_zero(const unsigned char *bytes, size_t n)
{
	return !bytes[0] && !memcmp(bytes, bytes + 1, n - 1);
}

void media_put16(unsigned char *at, uint16_t value)
{
	put(at, value, sizeof(value));
}

void media_put32(unsigned char *at, uint32_t value)
{
	put(at, value, sizeof(value));
}

void media_put64(unsigned char *at, uint64_t value)
{
	put(at, value, sizeof(value));
}

unsigned media_get16(const unsigned char *at)
{
	return (unsigned)get(at, sizeof(uint16_t));
}

uint32_t media_get32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

uint64_t media_get64(const unsigned char *at)
{
	return get(at, sizeof(uint64_t));
}

uint64_t media_fletcher64(const unsigned char *bytes, size_t n)
{
	uint32_t low = 0;
	uint64_t high = 0;

	for (size_t i = 0; i < n; i += sizeof(uint32_t)) {
		low += media_get32(bytes + i);
		high += low;
	}
	return high << 32 | low;
}
