// SPDX-License-Identifier: GPL-2.0-or-later
#include "toml-internal.h"

#include <string.h>

/* A header that is faulty opens a table apart from the tree, so that the lines below it are read
 * and nobody takes them for the previous table's. */
static void lose_table(struct toml_parser *p)
{
	p->table = toml_new(TOML_TABLE, TOML_HEADER, 1, p->here.mark);
	p->lost = true;
	toml_append(p->limbo, p->table);
}

/* Whether @key names something below the last header's table. */
static bool is_below(const struct toml_key *key, const struct toml_key *header)
{
	if (header->n == 0 || key->n <= header->n)
		return false;
	for (size_t i = 0; i < header->n; i++) {
		const struct toml_part *a = &key->parts[i], *b = &header->parts[i];

		if (a->n != b->n || memcmp(a->s, b->s, a->n) != 0)
			return false;
	}
	return true;
}

static bool at_line_end(const struct toml_parser *p)
{
	return toml_peek(p, 0) < 0 || toml_peek(p, 0) == '#' || toml_line_break(p, 0);
}

/* "[key]" or "[[key]]", with nothing behind it. */
static enum toml_read read_brackets(struct toml_parser *p, struct toml_key *key, bool *element)
{
	enum toml_read result;

	*element = toml_take(p, "[[");
	if (!*element)
		toml_skip(p, 1);
	result = toml_read_key(p, key);
	if (result == TOML_LOST)
		return result;
	if (!toml_take(p, *element ? "]]" : "]"))
		return toml_expected(p, *element ? "\"]]\"" : "\"]\"", "header", key);
	toml_skip_blanks(p);
	return at_line_end(p) ? result : toml_expected(p, "the end of the line", "header", key);
}

static enum toml_read read_header(struct toml_parser *p)
{
	struct toml_mark mark = p->here.mark;
	_cleanup_(toml_key_release) struct toml_key key = {0};
	struct toml *table = NULL;
	bool element, below;
	enum toml_read result = read_brackets(p, &key, &element);

	below = p->lost && is_below(&key, &p->path);
	if (result == TOML_READ && !below) {
		table = toml_open(p, &key, element, mark);
		if (!table)
			result = TOML_BAD;
	}
	if (table) {
		p->table = table;
		p->lost = false;
	} else {
		toml_damage(p, &key);
		lose_table(p);
	}
	if (!below) {
		toml_key_release(&p->path);
		p->path = key;
		key = (struct toml_key){0};
	}
	return result;
}

/* A header, a pair, or nothing, up to the end of its line. */
static void read_statement(struct toml_parser *p)
{
	enum toml_read result = TOML_READ;

	p->statement_line = p->here.mark.line;
	toml_skip_blanks(p);
	if (toml_peek(p, 0) == '[')
		result = read_header(p);
	else if (!at_line_end(p))
		result = toml_read_pair(p, p->table);
	if (result == TOML_LOST) {
		toml_recover(p);
		/* Nothing is left to read: whatever was to follow is missing. */
		if (toml_peek(p, 0) < 0)
			toml_damage(p, &p->path);
		return;
	}
	toml_skip_comment(p);
	toml_skip(p, toml_line_break(p, 0));
}

static void read_document(struct toml_parser *p)
{
	/* A byte order mark counts as encoding, not as a character. */
	if (toml_take(p, "\xef\xbb\xbf")) {
		p->here.line_start = p->here.at;
		p->here.mark.column = 1;
	}
	while (toml_peek(p, 0) >= 0 && p->faults->n < FAULTS_MAX)
		read_statement(p);
	p->root->damaged |= toml_peek(p, 0) >= 0;
}

struct toml *toml_parse(const char *text, size_t n, unsigned first_line, struct fault_list *faults)
{
	struct toml_mark start = {first_line, 1};
	struct toml_parser p = {
		.here = {.at = text, .line_start = text, .mark = start},
		.end = text + n,
		.faults = faults,
		.root = toml_new(TOML_TABLE, TOML_HEADER, 0, start),
		.limbo = toml_new(TOML_ARRAY, TOML_VALUE, 0, start),
	};

	p.table = p.root;
	if (n > TOML_SIZE_MAX) {
		fault_add(faults, first_line - 1, 0, "the file is larger than %u bytes",
			  TOML_SIZE_MAX);
		p.root->damaged = true;
	} else {
		read_document(&p);
	}
	fault_sort(faults);
	toml_key_release(&p.path);
	text_release(&p.scratch);
	toml_free(p.limbo);
	free(p.slots);
	return p.root;
}
