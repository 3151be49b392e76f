// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings of the four kinds, and keys. A string is collected in the parser's scratch text. */
#include "toml-internal.h"

#include <ctype.h>
#include <string.h>

#include "mem.h"

static void add_utf8(struct text *t, uint32_t c)
{
	if (c < 0x80) {
		text_add_char(t, (char)c);
		return;
	}
	if (c < 0x800) {
		text_add_char(t, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			text_add_char(t, (char)(0xe0 | c >> 12));
		} else {
			text_add_char(t, (char)(0xf0 | c >> 18));
			text_add_char(t, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		text_add_char(t, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	text_add_char(t, (char)(0x80 | (c & 0x3f)));
}

/* What people who write paths in "..." need to know. */
#define MEANS_ITSELF " that means itself is written twice, or stands in '...'"

/* The @digits behind \u or \U. False after a fault. */
static bool read_code_point(struct toml_parser *p, struct toml_mark mark, unsigned digits)
{
	uint32_t c = 0;

	for (unsigned i = 0; i < digits; i++) {
		int digit = toml_peek(p, 0);

		if (digit < 0 || !isxdigit(digit)) {
			TOML_FAULT(
				p, mark,
				"\"\\%c\" must be followed by %u hexadecimal digits; a backslash" MEANS_ITSELF,
				digits == 4 ? 'u' : 'U', digits);
			return false;
		}
		c = c << 4 | (uint32_t)(isdigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
		toml_skip(p, 1);
	}
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		TOML_FAULT(p, mark, "U+%04X is not a character", c);
		return false;
	}
	add_utf8(&p->scratch, c);
	return true;
}

/* From the backslash on. False after a fault. Before the end of line or file it only moves over
 * the backslash: that the string is not closed will be told. */
static bool read_escape(struct toml_parser *p)
{
	static const char letters[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
	struct toml_mark mark = p->here.mark;
	const char *letter;
	int c;

	toml_skip(p, 1);
	c = toml_peek(p, 0);
	if (c < 0 || toml_line_break(p, 0))
		return true;
	if (c == 'u' || c == 'U') {
		toml_skip(p, 1);
		return read_code_point(p, mark, c == 'u' ? 4 : 8);
	}
	letter = c ? strchr(letters, c) : NULL;
	if (!letter) {
		TOML_FAULT(p, mark,
			   "a backslash must be followed by one of btnfr\"\\uU; one" MEANS_ITSELF);
		return false;
	}
	text_add_char(&p->scratch, meanings[letter - letters]);
	toml_skip(p, 1);
	return true;
}

/* One character that stands for itself. False after a fault. */
static bool read_plain(struct toml_parser *p)
{
	const char *start = p->here.at;
	bool good = toml_character(p, "a string");

	if (good)
		text_add_bytes(&p->scratch, start, (size_t)(p->here.at - start));
	return good;
}

/* "..." or '...', into the scratch text. */
static enum toml_read read_line_string(struct toml_parser *p)
{
	struct toml_mark mark = p->here.mark;
	int quote = toml_peek(p, 0);
	bool good = true;

	p->scratch.len = 0;
	for (toml_skip(p, 1); toml_peek(p, 0) != quote;) {
		if (toml_peek(p, 0) < 0 || toml_line_break(p, 0)) {
			TOML_FAULT(
				p, mark,
				"this string is not closed: expected %c before the end of the line",
				quote);
			return TOML_LOST;
		}
		if (quote == '"' && toml_peek(p, 0) == '\\')
			good &= read_escape(p);
		else
			good &= read_plain(p);
	}
	toml_skip(p, 1);
	return good ? TOML_READ : TOML_BAD;
}

/* A backslash at the end of a line swallows all blanks and line breaks up to the next character.
 * False, and nothing done, if this is none. */
static bool skip_folded(struct toml_parser *p)
{
	size_t n = 1;

	while (toml_peek(p, n) == ' ' || toml_peek(p, n) == '\t')
		n++;
	if (!toml_line_break(p, n))
		return false;
	for (toml_skip(p, n); toml_line_break(p, 0); toml_skip_blanks(p))
		toml_skip(p, toml_line_break(p, 0));
	return true;
}

/* Up to five quotes: three end the string, one or two before them belong to it. True at the end. */
static bool read_quotes(struct toml_parser *p, int quote)
{
	size_t n = 0, inner;

	while (n < 5 && toml_peek(p, n) == quote)
		n++;
	inner = n < 3 ? n : n - 3;
	text_add_bytes(&p->scratch, p->here.at, inner);
	toml_skip(p, n);
	return n >= 3;
}

/* The two kinds that may have several lines. Line breaks become LF. */
static enum toml_read read_long_string(struct toml_parser *p)
{
	struct toml_mark mark = p->here.mark;
	int quote = toml_peek(p, 0);
	bool good = true;

	p->scratch.len = 0;
	toml_skip(p, 3);
	toml_skip(p, toml_line_break(p, 0));
	while (toml_peek(p, 0) >= 0) {
		size_t line_break = toml_line_break(p, 0);

		if (line_break > 0) {
			text_add_char(&p->scratch, '\n');
			toml_skip(p, line_break);
		} else if (toml_peek(p, 0) == quote) {
			if (read_quotes(p, quote))
				return good ? TOML_READ : TOML_BAD;
		} else if (quote == '"' && toml_peek(p, 0) == '\\') {
			good &= skip_folded(p) || read_escape(p);
		} else {
			good &= read_plain(p);
		}
	}
	TOML_FAULT(p, mark, "this string is not closed: expected %c%c%c before the end of the file",
		   quote, quote, quote);
	return TOML_LOST;
}

static bool long_string_ahead(const struct toml_parser *p)
{
	int quote = toml_peek(p, 0);

	return toml_peek(p, 1) == quote && toml_peek(p, 2) == quote;
}

enum toml_read toml_read_string(struct toml_parser *p, struct toml *v)
{
	enum toml_read result = long_string_ahead(p) ? read_long_string(p) : read_line_string(p);

	v->type = TOML_STRING;
	v->string = mem_strndup(text_str(&p->scratch), p->scratch.len);
	v->string_len = p->scratch.len;
	return result;
}

static enum toml_read read_part(struct toml_parser *p, struct toml_key *key)
{
	struct toml_part part = {.mark = p->here.mark};
	enum toml_read result = TOML_READ;
	int c = toml_peek(p, 0);

	if (c == '"' || c == '\'') {
		if (long_string_ahead(p)) {
			TOML_FAULT(p, part.mark, "a key cannot be a string of several lines");
			return TOML_LOST;
		}
		result = read_line_string(p);
		if (result == TOML_LOST)
			return result;
		part.n = p->scratch.len;
		part.s = mem_strndup(text_str(&p->scratch), part.n);
	} else {
		part.n = toml_word(p, 0, "");
		if (part.n == 0) {
			_cleanup_(freep) char *found = toml_found(p);

			TOML_FAULT(p, part.mark, "expected a key, found %s", found);
			return TOML_LOST;
		}
		part.s = mem_strndup(p->here.at, part.n);
		toml_skip(p, part.n);
	}
	*MEM_APPEND(key->parts, key->n) = part;
	return result;
}

enum toml_read toml_read_key(struct toml_parser *p, struct toml_key *key)
{
	enum toml_read result = TOML_READ, part;

	do {
		toml_skip_blanks(p);
		part = read_part(p, key);
		if (part == TOML_LOST)
			return part;
		if (part == TOML_BAD)
			result = part;
		toml_skip_blanks(p);
	} while (toml_take(p, "."));
	return result;
}

char *toml_key_shown(const struct toml_key *key, size_t n)
{
	_cleanup_(text_release) struct text t = {0};

	for (size_t i = 0; i < n; i++) {
		text_add(&t, i ? "." : "");
		text_add_bytes(&t, key->parts[i].s, key->parts[i].n);
	}
	return toml_shown(text_str(&t), t.len);
}

enum toml_read toml_expected(struct toml_parser *p, const char *wanted, const char *subject,
			     const struct toml_key *key)
{
	_cleanup_(freep) char *shown = toml_key_shown(key, key->n);
	_cleanup_(freep) char *found = toml_found(p);

	TOML_FAULT(p, p->here.mark, "expected %s after %s %s, found %s", wanted, subject, shown,
		   found);
	return TOML_LOST;
}

void toml_key_release(struct toml_key *key)
{
	for (size_t i = 0; i < key->n; i++)
		free(key->parts[i].s);
	free(key->parts);
	*key = (struct toml_key){0};
}
