// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.h"

#include <string.h>

#include "mem.h"
#include "utf8.h"

/* Between columns. */
#define GAP 1
/* Sentences get no narrower than this, however narrow the terminal. */
#define SENTENCE_COLUMNS_MIN 20

#define ESCAPE "\033["

static const char *const codes[] = {
	[INK_PLAIN] = "",   [INK_BOLD] = "1",    [INK_DIM] = "2",   [INK_RED] = "31",
	[INK_GREEN] = "32", [INK_YELLOW] = "33", [INK_CYAN] = "36",
};

void ink_add(struct text *out, const struct paper *paper, enum ink ink, const char *s)
{
	if (!paper->colour || ink == INK_PLAIN || !*s) {
		text_add(out, s);
		return;
	}
	text_addf(out, ESCAPE "%sm%s" ESCAPE "0m", codes[ink], s);
}

/* The bytes of the first line of @s that fit into @columns: whole words, or as many characters as
 * fit when the first word alone is longer. */
static size_t line_length(const char *s, size_t columns)
{
	size_t used = 0, last_word = 0, i = 0;

	while (s[i]) {
		size_t length = utf8_length(s + i);

		if (s[i] == ' ')
			last_word = i;
		if (++used > columns)
			return last_word ? last_word : i;
		i += length ? length : 1;
	}
	return i;
}

/* Writes one line of *@s and moves *@s to the next; the spaces between belong to neither. */
static void add_line(struct text *out, const struct paper *paper, size_t columns, enum ink ink,
		     const char **s)
{
	size_t length = line_length(*s, columns ? columns : 1);
	_cleanup_(freep) char *line = mem_strndup(*s, length);

	ink_add(out, paper, ink, line);
	*s += length;
	while (**s == ' ')
		(*s)++;
}

/* The rest of a line from column @at, and at least what a sentence needs. */
static size_t columns_left(const struct paper *paper, size_t at)
{
	return paper->columns > at + SENTENCE_COLUMNS_MIN ? paper->columns - at
							  : SENTENCE_COLUMNS_MIN;
}

void paragraph_add(struct text *out, const struct paper *paper, size_t at, size_t indent,
		   enum ink ink, const char *s)
{
	_cleanup_(text_release) struct text printable = {0};
	const char *rest;

	utf8_add_printable(&printable, s);
	rest = text_str(&printable);
	add_line(out, paper, columns_left(paper, at), ink, &rest);
	while (*rest) {
		text_add_char(out, '\n');
		text_add_repeated(out, " ", indent);
		add_line(out, paper, columns_left(paper, indent), ink, &rest);
	}
	text_add_char(out, '\n');
}

void table_init(struct table *t, const struct table_column *columns, size_t n)
{
	*t = (struct table){.columns = columns, .n_columns = n};
}

void table_add(struct table *t, enum ink ink, const char *s)
{
	struct text printable = {0};

	utf8_add_printable(&printable, s ? s : "");
	*MEM_APPEND(t->cells, t->n_cells) = (struct table_cell){text_take(&printable), ink};
}

void table_release(struct table *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i].s);
	free(t->cells);
	*t = (struct table){0};
}

/* The columns the widest cell of column @c takes, heading included; 0 if it is not shown. */
static size_t width_of(const struct table *t, size_t c)
{
	size_t width = 0;

	for (size_t i = c; i < t->n_cells; i += t->n_columns)
		if (text_columns(t->cells[i].s) > width)
			width = text_columns(t->cells[i].s);
	if (width && text_columns(t->columns[c].heading) > width)
		width = text_columns(t->columns[c].heading);
	return width;
}

/* One row: a cell of each column that is shown. */
struct row {
	const struct table *table;
	const struct paper *paper;
	const size_t *widths;
	size_t indent;
	size_t last; /* the last column that is shown */
};

/* Spaces are put before a cell, not after it, so that no line ends in any. */
static void print_row(const struct row *row, const struct table_cell *cells, struct text *out)
{
	size_t at = row->indent, due = row->indent;

	for (size_t c = 0; c <= row->last; c++) {
		size_t columns = text_columns(cells[c].s), width = row->widths[c];
		bool right = row->table->columns[c].right;

		if (!width)
			continue;
		if (*cells[c].s) {
			size_t before = right ? width - columns : 0;

			text_add_repeated(out, " ", due + before);
			if (c + 1 == row->table->n_columns) {
				paragraph_add(out, row->paper, at, at, cells[c].ink, cells[c].s);
				return;
			}
			ink_add(out, row->paper, cells[c].ink, cells[c].s);
			due = width - columns - before;
		} else {
			due += width;
		}
		at += width + GAP;
		due += GAP;
	}
	text_add_char(out, '\n');
}

void table_print(const struct table *t, const struct paper *paper, size_t indent, struct text *out)
{
	_cleanup_(freep) size_t *widths = mem_calloc(t->n_columns, sizeof(*widths));
	_cleanup_(freep) struct table_cell *headings = mem_calloc(t->n_columns, sizeof(*headings));
	struct row row = {t, paper, widths, indent, 0};

	if (!t->n_cells)
		return;
	for (size_t c = 0; c < t->n_columns; c++) {
		widths[c] = width_of(t, c);
		headings[c] = (struct table_cell){(char *)t->columns[c].heading, INK_DIM};
		if (widths[c])
			row.last = c;
	}
	print_row(&row, headings, out);
	for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns)
		print_row(&row, t->cells + i, out);
}
