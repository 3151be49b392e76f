// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where to go on after a fault, so that one mistake gives one message: behind the arrays and
 * inline tables it is in, if their brackets are ever closed, else at the next line.
 */
#include "toml-internal.h"

#include <ctype.h>
#include <string.h>

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

/* Behind the bare or quoted key part at @s; NULL if there is none. */
static const char *skip_part(const char *s, const char *end)
{
	const char *start = s;

	if (s < end && (*s == '"' || *s == '\'')) {
		for (s++; s < end && *s != *start && *s != '\n'; s++)
			if (*s == '\\' && *start == '"' && s + 1 < end)
				s++;
		return s < end && *s == *start ? s + 1 : NULL;
	}
	while (s < end && (isalnum((unsigned char)*s) || *s == '-' || *s == '_'))
		s++;
	return s > start ? s : NULL;
}

/* Behind the dotted key at @s and the blanks that follow it; NULL if there is none. */
static const char *skip_key(const char *s, const char *end)
{
	while ((s = skip_part(skip_blanks(s, end), end))) {
		s = skip_blanks(s, end);
		if (s == end || *s != '.')
			return s;
		s++;
	}
	return NULL;
}

/* Words that are values too, so that "[true]" may be an array's element. */
static bool is_value_word(const char *s, size_t n)
{
	static const char *const words[] = {"true", "false", "inf", "nan"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (n == strlen(words[i]) && !memcmp(s, words[i], n))
			return true;
	return false;
}

static bool is_header(const char *s, const char *end)
{
	const char *word;
	size_t brackets;

	s = skip_blanks(s, end);
	for (brackets = 0; s < end && *s == '[' && brackets < 2; brackets++)
		s++;
	word = skip_blanks(s, end);
	if (brackets == 0 || word == end || !isalpha((unsigned char)*word) ||
	    is_value_word(word, (size_t)(skip_part(word, end) - word)))
		return false;
	s = skip_key(word, end);
	for (; s && s < end && *s == ']' && brackets > 0; brackets--)
		s++;
	if (!s || brackets > 0)
		return false;
	s = skip_blanks(s, end);
	return s == end || *s == '\n' || *s == '\r' || *s == '#';
}

static bool is_assignment(const char *s, const char *end)
{
	s = skip_key(s, end);
	return s && s < end && *s == '=';
}

bool toml_statement_ahead(const struct toml_parser *p)
{
	return is_assignment(p->here.line_start, p->end) || is_header(p->here.line_start, p->end);
}

/* Whether a new statement begins in the line the parser is in. A line "key =" in an inline table
 * somebody spread over several lines belongs to that table. */
static bool new_statement(const struct toml_parser *p)
{
	if (p->here.mark.line == p->statement_line)
		return false;
	return p->braces > 0 ? is_header(p->here.line_start, p->end) : toml_statement_ahead(p);
}

static void skip_line(struct toml_parser *p)
{
	while (toml_peek(p, 0) >= 0 && !toml_line_break(p, 0))
		toml_skip(p, 1);
}

/* Moves over a string, closed or not: one that may not have several lines ends with its line. */
static void skip_string(struct toml_parser *p)
{
	char quote = *p->here.at, three[] = {quote, quote, quote, '\0'};
	bool several = toml_take(p, three);

	if (!several)
		toml_skip(p, 1);
	while (toml_peek(p, 0) >= 0 && (several || !toml_line_break(p, 0))) {
		if (several ? toml_take(p, three) : toml_take(p, three + 2))
			return;
		if (quote == '"' && toml_peek(p, 0) == '\\' &&
		    (toml_peek(p, 1) == '"' || toml_peek(p, 1) == '\\'))
			toml_skip(p, 1);
		toml_skip(p, 1);
	}
}

static void skip_bracket(struct toml_parser *p)
{
	switch (*p->here.at) {
	case '[':
		p->brackets++;
		break;
	case ']':
		p->brackets -= p->brackets > 0;
		break;
	case '{':
		p->braces++;
		break;
	case '}':
		p->braces -= p->braces > 0;
		break;
	default:
		break;
	}
	toml_skip(p, 1);
}

/*
 * Moves behind the brackets that are open. False if they never close, or not before a statement
 * that cannot be part of them.
 */
static bool skip_brackets(struct toml_parser *p)
{
	unsigned line = p->here.mark.line;

	while (p->brackets > 0 || p->braces > 0) {
		int c = toml_peek(p, 0);

		if (c < 0)
			return false;
		if (c == '#')
			skip_line(p);
		else if (c == '"' || c == '\'')
			skip_string(p);
		else
			skip_bracket(p);
		if (p->here.mark.line != line && new_statement(p))
			return false;
		line = p->here.mark.line;
	}
	return true;
}

void toml_recover(struct toml_parser *p)
{
	bool inside = p->brackets > 0 || p->braces > 0;
	struct toml_place fault = p->here;
	bool closed = !inside || (!new_statement(p) && skip_brackets(p));

	p->brackets = p->braces = 0;
	if (closed) {
		skip_line(p);
		return;
	}
	p->here = fault;
	while (toml_peek(p, 0) >= 0 && !new_statement(p)) {
		skip_line(p);
		toml_skip(p, toml_line_break(p, 0));
	}
	if (toml_peek(p, 0) >= 0) {
		p->here.at = p->here.line_start;
		p->here.mark.column = 1;
	}
}
