/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for terminals: aligned columns, wrapped paragraphs, colour. What comes from outside is made
 * printable here, so callers pass names as they are.
 */
#ifndef RAMDAX_TABLE_H
#define RAMDAX_TABLE_H

#include "text.h"

/* How and where is written. */
struct paper {
	bool colour;
	size_t columns; /* of the terminal */
};

enum ink {
	INK_PLAIN,
	INK_BOLD,
	INK_DIM,
	INK_RED,
	INK_GREEN,
	INK_YELLOW,
	INK_CYAN,
};

/* Adds @s in @ink, as it is; text of others belongs into cells and paragraphs. */
void ink_add(struct text *out, const struct paper *paper, enum ink ink, const char *s);

/*
 * Adds @s, broken between words so that no line is longer than the paper, and a newline. The
 * first line starts in column @at, where the caller left off; the others are indented by @indent.
 */
void paragraph_add(struct text *out, const struct paper *paper, size_t at, size_t indent,
		   enum ink ink, const char *s);

struct table_column {
	const char *heading; /* upper case */
	bool right;          /* flush right: numbers */
};

/*
 * A table is filled cell by cell, row after row. Columns in which every cell is empty are not
 * shown. The last column, of sentences, is wrapped; the others are as wide as they need to be.
 */
struct table {
	const struct table_column *columns;
	size_t n_columns;
	struct table_cell {
		char *s;
		enum ink ink;
	} * cells;
	size_t n_cells;
};

/* @columns must outlive the table. */
void table_init(struct table *t, const struct table_column *columns, size_t n);
/* The next cell; NULL is an empty one. */
void table_add(struct table *t, enum ink ink, const char *s);
/* Writes headings and rows, each indented by @indent; nothing if there is no row. */
void table_print(const struct table *t, const struct paper *paper, size_t indent, struct text *out);
void table_release(struct table *t);

#endif
