// SPDX-License-Identifier: GPL-2.0-or-later
/* Characters of a TOML document. */
#include "toml-internal.h"

#include <string.h>

/* What messages quote of the document at most, in bytes. */
#define SHOWN_MAX 60

void toml_skip(struct toml_parser *p, size_t n)
{
	struct toml_place *here = &p->here;

	for (; n > 0; n--) {
		unsigned char c = (unsigned char)*here->at++;

		if (c == '\n') {
			here->mark.line++;
			here->mark.column = 1;
			here->line_start = here->at;
		} else if ((c & 0xc0) != 0x80) {
			here->mark.column++;
		}
	}
}

bool toml_take(struct toml_parser *p, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(p->end - p->here.at) < n || memcmp(p->here.at, s, n) != 0)
		return false;
	toml_skip(p, n);
	return true;
}

size_t toml_line_break(const struct toml_parser *p, size_t ahead)
{
	if (toml_peek(p, ahead) == '\r')
		return toml_peek(p, ahead + 1) == '\n' ? 2 : 0;
	return toml_peek(p, ahead) == '\n';
}

void toml_skip_blanks(struct toml_parser *p)
{
	while (toml_peek(p, 0) == ' ' || toml_peek(p, 0) == '\t')
		toml_skip(p, 1);
}

/* The bytes of the character at @s, of which @n bytes are there; 0 if it is not UTF-8: the table
 * of well-formed sequences, Unicode 15, 3.9. */
static size_t utf8_length(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	length = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (u[0] == 0xe0)
		low = 0xa0; /* below: overlong */
	else if (u[0] == 0xed)
		high = 0x9f; /* above: surrogates */
	else if (u[0] == 0xf0)
		low = 0x90; /* below: overlong */
	else if (u[0] == 0xf4)
		high = 0x8f; /* above: beyond U+10FFFF */
	if (n < length || u[1] < low || u[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static bool is_control(int c)
{
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

bool toml_character(struct toml_parser *p, const char *where)
{
	size_t n = utf8_length(p->here.at, (size_t)(p->end - p->here.at));
	bool good = n > 0 && !is_control(toml_peek(p, 0));

	if (!good && p->character_line != p->here.mark.line) {
		_cleanup_(freep) char *found = toml_found(p);

		TOML_FAULT(p, p->here.mark, "%s cannot stand in %s", found, where);
		p->character_line = p->here.mark.line;
	}
	toml_skip(p, n > 0 ? n : 1);
	return good;
}

bool toml_skip_comment(struct toml_parser *p)
{
	bool good = true;

	toml_skip_blanks(p);
	if (toml_peek(p, 0) == '#')
		while (toml_peek(p, 0) >= 0 && !toml_line_break(p, 0))
			good &= toml_character(p, "a comment");
	return good;
}

bool toml_skip_lines(struct toml_parser *p)
{
	bool good = toml_skip_comment(p);

	while (toml_line_break(p, 0)) {
		toml_skip(p, toml_line_break(p, 0));
		good &= toml_skip_comment(p);
	}
	return good;
}

size_t toml_word(const struct toml_parser *p, size_t ahead, const char *more)
{
	size_t n = 0;

	for (;; n++) {
		int c = toml_peek(p, ahead + n);

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && (c <= 0 || !strchr(more, c)))
			return n;
	}
}

char *toml_found(const struct toml_parser *p)
{
	int c = toml_peek(p, 0);
	struct text t = {0};
	size_t n;

	if (c < 0)
		text_add(&t, "the end of the file");
	else if (toml_line_break(p, 0))
		text_add(&t, "the end of the line");
	else if (c == '\r')
		text_add(&t, "a carriage return without a line feed");
	else if (c == '#')
		text_add(&t, "a comment");
	else if (is_control(c))
		text_addf(&t, "control character U+%04X", (unsigned)c);
	else if ((n = utf8_length(p->here.at, (size_t)(p->end - p->here.at))) == 0)
		text_addf(&t, "byte 0x%02x (not UTF-8)", (unsigned)c);
	else if (toml_word(p, 0, "") > 0)
		return toml_shown(p->here.at, toml_word(p, 0, TOML_VALUE_WORD));
	else
		return toml_shown(p->here.at, n);
	return text_take(&t);
}

/* The code point of the well-formed character at @s, @n bytes. */
static uint32_t code_point(const char *s, size_t n)
{
	uint32_t c = (unsigned char)s[0];

	if (n > 1)
		c &= 0x7fU >> n;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

/* Characters that a message would hide, or that would change how it reads: controls, zero-width
 * characters, line separators and what reverses the direction of writing. */
static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

char *toml_shown(const char *s, size_t n)
{
	struct text t = {0};
	size_t i = 0, length;

	text_add_char(&t, '"');
	for (; i < n && i < SHOWN_MAX; i += length) {
		uint32_t c;

		length = utf8_length(s + i, n - i);
		c = code_point(s + i, length);
		if (is_hidden(c))
			text_addf(&t, "\\u%04X", c);
		else if (c == '"' || c == '\\')
			text_addf(&t, "\\%c", (char)c);
		else
			text_add_bytes(&t, s + i, length);
	}
	text_add(&t, i < n ? "...\"" : "\"");
	return text_take(&t);
}
