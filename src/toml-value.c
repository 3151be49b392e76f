// SPDX-License-Identifier: GPL-2.0-or-later
/* Values, and the key = value pairs of documents and inline tables. */
#include "toml-internal.h"

/*
 * Tells that the array @v was left open if the file ends here, or if a statement begins in a line
 * that began @behind its last element.
 */
static bool is_unclosed(struct toml_parser *p, const struct toml *v, const char *behind)
{
	struct toml_mark open = {v->value_line, v->value_column};

	if (toml_peek(p, 0) < 0)
		TOML_FAULT(p, open,
			   "this array is not closed: expected \"]\" before the end of the file");
	else if (p->here.line_start > behind && toml_statement_ahead(p))
		TOML_FAULT(p, open, "this array is not closed: expected \"]\" before line %u",
			   p->here.mark.line);
	else
		return false;
	return true;
}

/* "[1, 2]" into @v. An element that is bad may be more than one word: what follows it is blamed
 * only behind a good one. */
static enum toml_read read_array(struct toml_parser *p, struct toml *v)
{
	enum toml_read result = TOML_READ;
	const char *behind;

	v->type = TOML_ARRAY;
	if (toml_too_deep(p, v->depth, p->here.mark))
		return TOML_LOST;
	p->brackets++;
	toml_skip(p, 1);
	behind = p->here.at;
	for (bool comma = true;; comma = toml_take(p, ",")) {
		struct toml *element = NULL;

		v->damaged |= !toml_skip_lines(p);
		if (toml_take(p, "]"))
			break;
		if (is_unclosed(p, v, behind))
			return TOML_LOST;
		if (!comma && result == TOML_READ) {
			_cleanup_(freep) char *found = toml_found(p);

			TOML_FAULT(p, p->here.mark,
				   "expected \",\" or \"]\" in the array of line %u, found %s",
				   v->value_line, found);
		}
		if (!comma)
			return TOML_LOST;
		result = toml_read_value(p, v->depth + 1U, &element);
		if (result == TOML_LOST)
			return result;
		behind = p->here.at;
		if (element)
			toml_append(v, element);
		v->damaged |= !element;
		v->damaged |= !toml_skip_lines(p);
	}
	p->brackets--;
	return TOML_READ;
}

/* Whether a key may stand here, in the inline table @v. A fault is told if not. */
static bool expect_pair(struct toml_parser *p, const struct toml *v)
{
	if (toml_peek(p, 0) == '}' && v->n > 0)
		TOML_FAULT(
			p, p->here.mark,
			"expected a key, found \"}\": nothing follows the last comma of an inline table");
	else if (toml_peek(p, 0) < 0 || toml_line_break(p, 0) || toml_peek(p, 0) == '#')
		TOML_FAULT(p, p->here.mark,
			   "expected a key: an inline table ends on the line it begins on");
	else
		return true;
	return false;
}

/* "{a = 1, b = 2}" into @v. */
static enum toml_read read_inline_table(struct toml_parser *p, struct toml *v)
{
	v->type = TOML_TABLE;
	if (toml_too_deep(p, v->depth, p->here.mark))
		return TOML_LOST;
	p->braces++;
	toml_skip(p, 1);
	toml_skip_blanks(p);
	if (!toml_take(p, "}")) {
		do {
			toml_skip_blanks(p);
			if (!expect_pair(p, v) || toml_read_pair(p, v) == TOML_LOST)
				return TOML_LOST;
		} while (toml_take(p, ","));
		toml_skip(p, 1);
	}
	p->braces--;
	return TOML_READ;
}

enum toml_read toml_read_value(struct toml_parser *p, unsigned depth, struct toml **v)
{
	struct toml *value = toml_new(TOML_TABLE, TOML_VALUE, depth, p->here.mark);
	enum toml_read result;

	switch (toml_peek(p, 0)) {
	case '"':
	case '\'':
		result = toml_read_string(p, value);
		break;
	case '[':
		result = read_array(p, value);
		break;
	case '{':
		result = read_inline_table(p, value);
		break;
	default:
		result = toml_read_bare(p, value);
		break;
	}
	if (result == TOML_READ)
		*v = value;
	else
		toml_append(p->limbo, value);
	return result;
}

/* Whether the value of a pair ends here as it should. */
static bool at_pair_end(struct toml_parser *p)
{
	int c;

	toml_skip_blanks(p);
	c = toml_peek(p, 0);
	if (p->braces > 0)
		return c == ',' || c == '}';
	return c < 0 || c == '#' || toml_line_break(p, 0);
}

/* Up to and with the "=". */
static enum toml_read read_left(struct toml_parser *p, struct toml_key *key)
{
	enum toml_read result = toml_read_key(p, key);

	if (result != TOML_LOST && !toml_take(p, "="))
		return toml_expected(p, "\"=\"", "key", key);
	toml_skip_blanks(p);
	return result;
}

enum toml_read toml_read_pair(struct toml_parser *p, struct toml *table)
{
	_cleanup_(toml_key_release) struct toml_key key = {0};
	const char *end = p->braces > 0 ? "\",\" or \"}\" in the same line" : "the end of the line";
	struct toml *target = NULL, *v = NULL;
	enum toml_read result = read_left(p, &key);

	if (result == TOML_READ) {
		target = toml_dotted(p, table, &key);
		result = target ? TOML_READ : TOML_BAD;
	}
	if (result != TOML_LOST) {
		unsigned depth = (target ? target : table)->depth + 1U;
		enum toml_read value = toml_read_value(p, depth, &v);

		if (value != TOML_READ)
			result = value;
		if (!at_pair_end(p)) {
			if (value == TOML_READ)
				toml_expected(p, end, "the value of", &key);
			result = TOML_LOST;
		}
	}
	if (result == TOML_READ) {
		toml_insert(p, target, &key.parts[key.n - 1], v);
		return result;
	}
	if (v)
		toml_append(p->limbo, v);
	if (target)
		target->damaged = true;
	table->damaged = true;
	return result;
}
