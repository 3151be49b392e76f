/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A string that grows. Zeroed memory (struct text t = {0}) is an empty one; text_release() makes
 * it empty again. @s is NULL while nothing was ever added; text_str() never returns NULL.
 */
#ifndef RAMDAX_TEXT_H
#define RAMDAX_TEXT_H

#include <stdarg.h>

#include "cleanup.h"

struct text {
	char *s;    /* NUL-terminated; may hold NUL bytes of its own */
	size_t len; /* bytes, without the NUL */
	size_t capacity;
};

void text_add(struct text *t, const char *s);
void text_add_bytes(struct text *t, const void *bytes, size_t n);
void text_add_char(struct text *t, char c);
void text_add_repeated(struct text *t, const char *s, size_t times);
void text_addf(struct text *t, const char *format, ...) _printf_(2, 3);
void text_vaddf(struct text *t, const char *format, va_list args) _printf_(2, 0);

/* The text, "" if empty; owned by @t. */
const char *text_str(const struct text *t);

/* Hands the string (never NULL) to the caller, who frees it; @t is empty afterwards. */
char *text_take(struct text *t);

void text_release(struct text *t);

/* The columns the UTF-8 string @s takes on a terminal, every character counted as one. */
size_t text_columns(const char *s);

/*
 * The entry of @known (@n strings) closest to @word, for "did you mean": at most a third of the
 * word's length, and at least one edit (insertion, deletion, substitution, swap), away. NULL if
 * none is that close.
 */
const char *text_nearest(const char *word, const char *const *known, size_t n);

#endif
