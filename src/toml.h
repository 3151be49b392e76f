/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TOML 1.0, complete and strict (https://toml.io/en/v1.0.0): text in, tree out.
 *
 * The parser goes on after a fault at the next line where that makes sense, so that one run shows
 * them all; a table in which something could not be read is marked @damaged, so that nobody
 * complains about what may be missing from it.
 */
#ifndef RAMDAX_TOML_H
#define RAMDAX_TOML_H

#include "diag.h"

/* The largest document, in bytes, and how many arrays and tables, the root not counted, may stand
 * one inside the other: so deep goes a recursion over the tree. */
#define TOML_SIZE_MAX  (1U << 20)
#define TOML_DEPTH_MAX 64

enum toml_type {
	TOML_STRING,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_BOOLEAN,
	TOML_DATETIME, /* with an offset */
	TOML_DATETIME_LOCAL,
	TOML_DATE_LOCAL,
	TOML_TIME_LOCAL,
	TOML_ARRAY,
	TOML_TABLE,
};

struct toml {
	enum toml_type type;
	char *key; /* in a table: its name, UTF-8 without NUL; in an array and at the root: NULL */
	size_t key_len;  /* a quoted key may hold NUL bytes (\u0000): then strlen(key) < key_len */
	unsigned line;   /* of the key if there is one, else of the value; from 1 */
	unsigned column; /* in characters, from 1 */
	unsigned value_line; /* of the value itself (for a [header] table: the header's) */
	unsigned value_column;
	bool damaged; /* tables and arrays: something in it could not be read */

	char *string; /* TOML_STRING: the value; date and time types: as written, RFC 3339, 'T' and
			 'Z' upper case */
	size_t string_len;
	int64_t integer;
	double number;
	bool boolean;

	struct toml **items; /* TOML_ARRAY: elements; TOML_TABLE: members, in order of appearance;
				NULL where one was moved away */
	size_t n;

	/* How the table or array came to be, and how many it stands in; for the parser only. */
	unsigned char origin;
	unsigned char depth;
};

/*
 * Parses @n bytes at @text, which need not end in NUL; lines are counted from @first_line (1, or
 * more where several documents are told apart by their lines). Returns the root table, which the
 * caller releases with toml_free(); what could be read of a faulty document is in it. Faults are
 * added to
 * @faults, which is then sorted: the document is valid exactly if none was added.
 *
 * Where TOML leaves it open: a byte order mark at the start is ignored, line breaks in strings
 * become LF, and dates may have year 0 and times second 60, as RFC 3339 says.
 */
struct toml *toml_parse(const char *text, size_t n, unsigned first_line, struct fault_list *faults);

/* The member of @table named @key, or NULL. */
struct toml *toml_get(const struct toml *table, const char *key);

/* Moves the @i-th member of table @from to @table, where it takes the place of the one with its
 * key. That one, or nothing, is what @from has in its stead. */
void toml_put(struct toml *table, struct toml *from, size_t i);

/* Moves the @i-th item of array @from to the end of @array; @from has nothing in its stead. */
void toml_move(struct toml *array, struct toml *from, size_t i);

/* Releases the member of @table named @key, if there is one. */
void toml_drop(struct toml *table, const char *key);

/* Whether @v is an array of which every item is a table, and there are some: [[a]]. */
bool toml_is_tables(const struct toml *v);

/* @n bytes at @s in quotes, as TOML writes a string: on one line whatever is in it. The caller
 * frees it. */
char *toml_quoted(const char *s, size_t n);

/* What a type is called in a message, with its article: "a string", "an integer". */
const char *toml_type_name(enum toml_type type);

void toml_free(struct toml *root);

#endif
