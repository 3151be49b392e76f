/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of the TOML parser, for each other only.
 *
 *	toml.c         the document: headers, key = value lines, going on after a fault
 *	toml-table.c   which table a header or dotted key means, and who may add to it
 *	toml-value.c   key = value, arrays, inline tables
 *	toml-string.c  strings and keys
 *	toml-bare.c    numbers, booleans, dates and times
 *	toml-tree.c    nodes, and finding a key among a hundred thousand
 *	toml-recover.c where to go on
 *	toml-scan.c    characters, positions, and what can be said about them
 *
 * Every function reads from where the parser stands. What is wrong is told once, by the function
 * that meets it; its callers only learn how to go on.
 */
#ifndef RAMDAX_TOML_INTERNAL_H
#define RAMDAX_TOML_INTERNAL_H

#include "text.h"
#include "toml.h"

enum toml_read {
	TOML_READ, /* read, and the parser stands behind it */
	TOML_BAD,  /* a fault was told; the parser stands behind it all the same */
	TOML_LOST, /* a fault was told; where the thing ends has to be guessed: toml_recover() */
};

/* How a table or array came to be decides what may be added to it later. */
enum toml_origin {
	TOML_VALUE,    /* "[1, 2]", "{a = 1}": closed once read */
	TOML_IMPLICIT, /* a of [a.b]: [a] may still define it */
	TOML_DOTTED, /* a of "a.b = 1": other dotted keys and headers of its subtables add to it */
	TOML_HEADER, /* [a], an element of [[a]], the root */
	TOML_ELEMENTS, /* the array of [[a]] */
};

struct toml_mark {
	unsigned line;
	unsigned column;
};

/* A place in the document. */
struct toml_place {
	const char *at;
	const char *line_start;
	struct toml_mark mark;
};

/* A key as written: "a", "a.b.c". Each part owns its string. */
struct toml_part {
	char *s; /* NUL-terminated; may hold NUL bytes of its own */
	size_t n;
	struct toml_mark mark;
};

struct toml_key {
	struct toml_part *parts;
	size_t n;
};

struct toml_slot;

struct toml_parser {
	struct toml_place here;
	const char *end;
	struct fault_list *faults;

	unsigned statement_line; /* where the statement being read began */
	unsigned character_line; /* where the last fault about a character was */
	unsigned brackets;       /* arrays that are open */
	unsigned braces;         /* inline tables that are open */
	struct text scratch;     /* the string or word being read */

	struct toml *root;
	struct toml *table;   /* of the last header: where key = value lines go */
	struct toml_key path; /* that header's key */
	bool lost;            /* it was faulty: @table is none of the tree's */
	struct toml *limbo;   /* an array of such tables, and of values that could not be kept: the
				 index may still know them */

	/* All members of all tables: open addressing, a power of two of slots. */
	struct toml_slot *slots;
	size_t n_slots;
	size_t n_members;
};

#define TOML_FAULT(p, where, ...) fault_add((p)->faults, (where).line, (where).column, __VA_ARGS__)

/* toml-scan.c */

/* The byte @ahead of the parser, -1 behind the end. */
static inline int toml_peek(const struct toml_parser *p, size_t ahead)
{
	return (size_t)(p->end - p->here.at) > ahead ? (unsigned char)p->here.at[ahead] : -1;
}

/* Moves over @n bytes, which must be there. */
void toml_skip(struct toml_parser *p, size_t n);

/* Moves over @s if that is what comes next. */
bool toml_take(struct toml_parser *p, const char *s);

/* The bytes of the line break @ahead: 1 (LF), 2 (CR LF), 0 if there is none. */
size_t toml_line_break(const struct toml_parser *p, size_t ahead);

/* The bytes of the word @ahead: letters, digits, "-", "_", and the characters in @more. */
size_t toml_word(const struct toml_parser *p, size_t ahead, const char *more);

/* What else words consist of that are values: "-1.5e+3", "07:32:00". */
#define TOML_VALUE_WORD "+.:"

void toml_skip_blanks(struct toml_parser *p);

/*
 * Moves over one character of a string or comment, @where. False after a fault: a control
 * character other than tab, or bytes that are not UTF-8; one is told per line.
 */
bool toml_character(struct toml_parser *p, const char *where);

/* Moves over blanks and a comment, up to the line break. False after a fault in the comment. */
bool toml_skip_comment(struct toml_parser *p);

/* The same over any number of lines. */
bool toml_skip_lines(struct toml_parser *p);

/* What comes next, as "found ..." names it: "the end of the line", "\"GiB\"". Caller frees. */
char *toml_found(const struct toml_parser *p);

/* @n bytes of well-formed UTF-8 in quotes, cut if long, with nothing in it that would not show.
 * The caller frees it. */
char *toml_shown(const char *s, size_t n);

/* toml-recover.c */

/*
 * Whether the line the parser is in begins like a statement: "key =", or "[key]" and nothing more.
 * Never so for a line of a valid array.
 */
bool toml_statement_ahead(const struct toml_parser *p);

/* Moves from a fault to the end of the statement it is in, or to where the next seems to begin. */
void toml_recover(struct toml_parser *p);

/* toml-tree.c */

/* A node without key or value. Its depth is its parent's plus one; the root's is 0. */
struct toml *toml_new(enum toml_type type, enum toml_origin origin, unsigned depth,
		      struct toml_mark mark);

struct toml *toml_find(const struct toml_parser *p, const struct toml *table,
		       const struct toml_part *part);

/* Makes @v the member of @table that @part names; there is none yet. */
void toml_insert(struct toml_parser *p, struct toml *table, const struct toml_part *part,
		 struct toml *v);

void toml_append(struct toml *array, struct toml *v);

/* Whether an array or table at @depth would be too deep. A fault is told then. */
bool toml_too_deep(struct toml_parser *p, unsigned depth, struct toml_mark mark);

/* toml-string.c */

/* A string of any of the four kinds into @v. */
enum toml_read toml_read_string(struct toml_parser *p, struct toml *v);

/* A key, bare, quoted or dotted. What could be read of it is in @key even after a fault. */
enum toml_read toml_read_key(struct toml_parser *p, struct toml_key *key);

/* The first @n parts of @key as messages name them, "a.b" in quotes. The caller frees it. */
char *toml_key_shown(const struct toml_key *key, size_t n);

/* Tells that @wanted should follow @subject ("key") @key here, and what does. TOML_LOST. */
enum toml_read toml_expected(struct toml_parser *p, const char *wanted, const char *subject,
			     const struct toml_key *key);

void toml_key_release(struct toml_key *key);

/* toml-bare.c */

/* Anything that stands without quotes or brackets into @v. */
enum toml_read toml_read_bare(struct toml_parser *p, struct toml *v);

/* toml-value.c */

/* A value at @depth. *@v is set only if TOML_READ; a container in which something is bad is read,
 * and damaged. */
enum toml_read toml_read_value(struct toml_parser *p, unsigned depth, struct toml **v);

/* KEY = VALUE into @table, and what must follow it. @table is damaged unless TOML_READ. */
enum toml_read toml_read_pair(struct toml_parser *p, struct toml *table);

/* toml-table.c */

/* The table in which the last part of the dotted @key can be set, made if need be; NULL after a
 * fault. */
struct toml *toml_dotted(struct toml_parser *p, struct toml *table, const struct toml_key *key);

/* The table that the header [@key], or [[@key]] if @element, at @mark opens; NULL after a fault. */
struct toml *toml_open(struct toml_parser *p, const struct toml_key *key, bool element,
		       struct toml_mark mark);

/* Damages all tables along @key. */
void toml_damage(struct toml_parser *p, const struct toml_key *key);

#endif
