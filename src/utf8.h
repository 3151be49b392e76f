/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UTF-8 from others: names and labels are bytes that anybody may have written.
 */
#ifndef RAMDAX_UTF8_H
#define RAMDAX_UTF8_H

#include "text.h"

/* The bytes of the well-formed character at @s (no surrogates, no overlong forms), 0 if there is
 * none. @s is NUL-terminated, and NUL is no character. */
size_t utf8_length(const char *s);

/* Whether @s is printable ASCII, of which most strings are. */
bool utf8_is_plain(const char *s);

/* Adds @s, each byte that belongs to no character replaced by U+FFFD. */
void utf8_add_valid(struct text *t, const char *s);

/* The same for terminals: control characters (C0, DEL, C1), with which a name could steer one,
 * are replaced too. */
void utf8_add_printable(struct text *t, const char *s);

#endif
