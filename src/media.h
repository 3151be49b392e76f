/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes to be written to a medium, built before anything is written, and the encodings that all
 * metadata of NVDIMM namespaces shares: little-endian fields and the Fletcher checksum.
 */
#ifndef RAMDAX_MEDIA_H
#define RAMDAX_MEDIA_H

#include "cleanup.h"

/* One piece: @bytes (owned, at the start of a page), or @n zero bytes where it is NULL. */
struct media_piece {
	uint64_t offset;
	uint64_t n;
	unsigned char *bytes;
};

/* Pieces in the order in which they must reach the medium. Zeroed memory is an empty list. */
struct media {
	struct media_piece *pieces;
	size_t n;
};

void media_write(struct media *m, uint64_t offset, const void *bytes, size_t n);
void media_zero(struct media *m, uint64_t offset, uint64_t n);
void media_release(struct media *m);

/* Whether all @n bytes, one at least, are zero. */
bool media_is_zero(const unsigned char *bytes, size_t n);

void media_put16(unsigned char *at, uint16_t value);
void media_put32(unsigned char *at, uint32_t value);
void media_put64(unsigned char *at, uint64_t value);
unsigned media_get16(const unsigned char *at);
uint32_t media_get32(const unsigned char *at);
uint64_t media_get64(const unsigned char *at);

/* nd_fletcher64() (drivers/nvdimm/core.c) over @n bytes, a multiple of 4, little-endian. A
 * checksum field within must be zero. */
uint64_t media_fletcher64(const unsigned char *bytes, size_t n);

#endif
