/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes: sizes as people write them, and arithmetic on them that cannot wrap.
 */
#ifndef RAMDAX_UNITS_H
#define RAMDAX_UNITS_H

#include "cleanup.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)

/* A half-open range of physical addresses or of offsets, in bytes. */
struct range {
	uint64_t start;
	uint64_t size;
};

/* One past the last byte. A range whose end would not fit is never built: see range_make(). */
static inline uint64_t range_end(struct range r)
{
	return r.start + r.size;
}

static inline bool range_within(struct range inner, struct range outer)
{
	return inner.start >= outer.start && range_end(inner) <= range_end(outer);
}

static inline bool range_overlaps(struct range a, struct range b)
{
	return a.start < range_end(b) && b.start < range_end(a);
}

static inline bool is_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* @align must be a power of two. The plain forms are for values known to be far from 2^64. */
static inline uint64_t align_down(uint64_t n, uint64_t align)
{
	return n & ~(align - 1);
}

static inline uint64_t align_up(uint64_t n, uint64_t align)
{
	return align_down(n + align - 1, align);
}

static inline bool is_aligned(uint64_t n, uint64_t align)
{
	return !(n & (align - 1));
}

/* Checked: true and *@sum set, or false and *@sum untouched when the result exceeds 2^64 - 1. */
bool checked_add(uint64_t a, uint64_t b, uint64_t *sum);
bool checked_multiply(uint64_t a, uint64_t b, uint64_t *product);
bool checked_align_up(uint64_t n, uint64_t align, uint64_t *aligned);

/*
 * Reads a size: decimal digits, then nothing, K M G T P or KiB MiB GiB TiB PiB, all powers of
 * 1024, upper case. 0 and *@bytes set; -EINVAL: not a size; -EDOM: a unit of ten's powers (kB,
 * MB, GB, ...); -ERANGE: above 2^64 - 1.
 */
int size_parse(const char *s, uint64_t *bytes);

/*
 * Reads an unsigned number, decimal or with 0x: all of @s. 0, -EINVAL or -ERANGE.
 */
int number_parse(const char *s, uint64_t *n);

#define SIZE_TEXT_MAX 32

/*
 * Writes @bytes so that nothing is lost: "64GiB", "129KiB", or plain bytes "1234567" when it is
 * no multiple of 1024. Returns @buf.
 */
const char *size_exact(uint64_t bytes, char buf[SIZE_TEXT_MAX]);

/* Writes @bytes for people to compare: "62.0 GiB", "129 KiB", "512 B". Returns @buf. */
const char *size_human(uint64_t bytes, char buf[SIZE_TEXT_MAX]);

/* The same in storage that lasts until the end of the enclosing block. */
#define SIZE_EXACT(bytes) size_exact((bytes), (char[SIZE_TEXT_MAX]){0})
#define SIZE_HUMAN(bytes) size_human((bytes), (char[SIZE_TEXT_MAX]){0})

#endif
