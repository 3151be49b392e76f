// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.h"

#include <string.h>

#include "mem.h"

/* Longer words are not compared: nobody mistypes a key this long. */
#define WORD_MAX_COMPARED 64

static void text_reserve(struct text *t, size_t more)
{
	size_t capacity = t->capacity ? t->capacity : 64;

	if (more >= SIZE_MAX / 2 - t->len)
		mem_exhausted();
	while (capacity < t->len + more + 1)
		capacity *= 2;
	if (capacity == t->capacity)
		return;
	t->s = realloc(t->s, capacity);
	if (!t->s)
		mem_exhausted();
	t->capacity = capacity;
}

void text_add_bytes(struct text *t, const void *bytes, size_t n)
{
	text_reserve(t, n);
	if (n)
		memcpy(t->s + t->len, bytes, n);
	t->len += n;
	t->s[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_add_bytes(t, s, strlen(s));
}

void text_add_char(struct text *t, char c)
{
	text_add_bytes(t, &c, 1);
}

void text_add_repeated(struct text *t, const char *s, size_t times)
{
	while (times--)
		text_add(t, s);
}

void text_vaddf(struct text *t, const char *format, va_list args)
{
	va_list again;
	size_t room;
	int n;

	text_reserve(t, 0);
	room = t->capacity - t->len;
	va_copy(again, args);
	n = vsnprintf(t->s + t->len, room, format, again);
	va_end(again);
	if (n >= 0 && (size_t)n >= room) {
		text_reserve(t, (size_t)n);
		vsnprintf(t->s + t->len, (size_t)n + 1, format, args);
	}
	if (n >= 0)
		t->len += (size_t)n;
	t->s[t->len] = '\0';
}

void text_addf(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vaddf(t, format, args);
	va_end(args);
}

const char *text_str(const struct text *t)
{
	return t->s ? t->s : "";
}

char *text_take(struct text *t)
{
	char *s = t->s ? t->s : mem_strdup("");

	*t = (struct text){0};
	return s;
}

void text_release(struct text *t)
{
	free(t->s);
	*t = (struct text){0};
}

size_t text_columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance of two words no longer than WORD_MAX_COMPARED. */
static size_t word_distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][WORD_MAX_COMPARED + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		last[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			row[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = smaller(row[j], smaller(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[nb];
}

const char *text_nearest(const char *word, const char *const *known, size_t n)
{
	size_t length = strlen(word), best = length / 3 ? length / 3 : 1;
	const char *nearest = NULL;

	if (length > WORD_MAX_COMPARED)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t candidate = strlen(known[i]), distance;

		if (candidate > WORD_MAX_COMPARED)
			continue;
		distance = word_distance(word, length, known[i], candidate);
		if (distance < best || (distance == best && !nearest)) {
			best = distance;
			nearest = known[i];
		}
	}
	return nearest;
}
