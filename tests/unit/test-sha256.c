// SPDX-License-Identifier: GPL-2.0-or-later
/* The vectors of NIST (FIPS 180-4 examples, SHAVS), and lengths around the padding's edges. */
#include <string.h>

#include "mem.h"
#include "sha256.h"
#include "unit.h"

static const char *digest(const char *s, size_t n)
{
	static char hex[SHA256_HEX_SIZE];

	sha256_hex(s, n, hex);
	return hex;
}

static void short_messages(void)
{
	CHECK_STR(digest("", 0),
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_STR(digest("abc", 3),
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(digest("\xbd", 1),
		  "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
	CHECK_STR(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void zeros_around_a_block(void)
{
	static const char zeros[64];

	CHECK_STR(digest(zeros, 55),
		  "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
	CHECK_STR(digest(zeros, 56),
		  "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
	CHECK_STR(digest(zeros, 57),
		  "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785");
	CHECK_STR(digest(zeros, 64),
		  "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
}

static void a_million_letters(void)
{
	const size_t n = 1000000;
	_cleanup_(freep) char *s = mem_calloc(n, 1);

	memset(s, 'a', n);
	CHECK_STR(digest(s, n), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

UNIT_TESTS(UNIT(short_messages), UNIT(zeros_around_a_block), UNIT(a_million_letters))
