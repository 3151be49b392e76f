// SPDX-License-Identifier: GPL-2.0-or-later
#include "sha256.h"

#include <string.h>

#define BLOCK  64 /* bytes */
#define WORDS  8  /* of the state */
#define ROUNDS 64

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotated(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void schedule_fill(uint32_t w[ROUNDS], const unsigned char *block)
{
	for (unsigned i = 0; i < BLOCK / 4; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned i = BLOCK / 4; i < ROUNDS; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) +
		       (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
	}
}

/* The working variable @n, from a as 0 to h as 7, of round @i of WORDS: instead of moving them all
 * on, the next round names them anew. */
static uint32_t *variable(uint32_t s[WORDS], unsigned i, unsigned n)
{
	return &s[(n + WORDS - i) % WORDS];
}

/* @term: of the schedule and the round's constant. */
static void round_add(uint32_t s[WORDS], unsigned i, uint32_t term)
{
	uint32_t a = *variable(s, i, 0), b = *variable(s, i, 1), c = *variable(s, i, 2);
	uint32_t e = *variable(s, i, 4), f = *variable(s, i, 5), g = *variable(s, i, 6);
	uint32_t *d = variable(s, i, 3), *h = variable(s, i, 7);
	uint32_t t1 = *h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) +
		      ((e & f) ^ (~e & g)) + term;
	uint32_t t2 =
		(rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

	*d += t1;
	*h = t1 + t2;
}

static void block_add(uint32_t state[WORDS], const unsigned char *block)
{
	uint32_t w[ROUNDS], s[WORDS];

	schedule_fill(w, block);
	memcpy(s, state, sizeof(s));
	for (unsigned i = 0; i < ROUNDS; i += WORDS) {
#pragma GCC unroll 8
		for (unsigned j = 0; j < WORDS; j++) /* so that the variables are registers */
			round_add(s, j, w[i + j] + constants[i + j]);
	}
	for (unsigned i = 0; i < WORDS; i++)
		state[i] += s[i];
}

void sha256_hex(const void *bytes, size_t n, char hex[SHA256_HEX_SIZE])
{
	/* The same of the square roots of the first 8 primes. */
	uint32_t state[WORDS] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	const unsigned char *p = bytes;
	unsigned char tail[2 * BLOCK] = {0};
	size_t left = n % BLOCK, tail_size = left + 9 <= BLOCK ? BLOCK : 2 * BLOCK;

	for (size_t i = 0; i < n / BLOCK; i++)
		block_add(state, p + i * BLOCK);
	if (left)
		memcpy(tail, p + n - left, left);
	tail[left] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		tail[tail_size - 1 - i] = (unsigned char)((uint64_t)n * 8 >> 8 * i);
	for (size_t i = 0; i < tail_size; i += BLOCK)
		block_add(state, tail + i);
	for (unsigned i = 0; i < WORDS; i++)
		snprintf(hex + 8 * i, 9, "%08x", state[i]);
}
