/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 (FIPS 180-4), to tell one layout file from another. */
#ifndef RAMDAX_SHA256_H
#define RAMDAX_SHA256_H

#include "cleanup.h"

#define SHA256_HEX_SIZE 65 /* with the NUL */

/* Writes the digest of the @n bytes at @bytes, in lower-case hexadecimal. */
void sha256_hex(const void *bytes, size_t n, char hex[SHA256_HEX_SIZE]);

#endif
