// SPDX-License-Identifier: GPL-2.0-or-later
#include "utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Unicode, table 3-7: the first byte, how many follow, and what the second may be. */
static const struct form {
	unsigned char first_min, first_max;
	unsigned char second_min, second_max;
	size_t length;
} forms[] = {
	{0x01, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool follows(const struct form *form, const unsigned char *s)
{
	if (form->length > 1 && (s[1] < form->second_min || s[1] > form->second_max))
		return false;
	for (size_t i = 2; i < form->length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (s[0] >= forms[i].first_min && s[0] <= forms[i].first_max)
			return follows(&forms[i], s) ? forms[i].length : 0;
	return 0;
}

static bool is_control(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;

	if (length == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	return length == 2 && s[0] == 0xc2 && s[1] < 0xa0;
}

/* How many bytes from @s on are what nothing is to be done about: printable ASCII. */
static size_t plain_length(const char *s)
{
	size_t n = 0;

	while (s[n] >= 0x20 && s[n] < 0x7f)
		n++;
	return n;
}

bool utf8_is_plain(const char *s)
{
	return !s[plain_length(s)];
}

static void add(struct text *t, const char *s, bool controls)
{
	while (*s) {
		size_t plain = plain_length(s), length = plain ? plain : utf8_length(s);

		if (!length || (!controls && !plain && is_control(s, length)))
			text_add(t, REPLACEMENT);
		else
			text_add_bytes(t, s, length);
		s += length ? length : 1;
	}
}

void utf8_add_valid(struct text *t, const char *s)
{
	add(t, s, true);
}

void utf8_add_printable(struct text *t, const char *s)
{
	add(t, s, false);
}
