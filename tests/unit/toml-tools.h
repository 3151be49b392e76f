/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents, what became of them, and what is where in them: for tests of the TOML parser. */
#ifndef RAMDAX_TOML_TOOLS_H
#define RAMDAX_TOML_TOOLS_H

#include "mem.h"
#include "text.h"
#include "toml.h"
#include "unit.h"

/* A document and what became of it. */
struct parsed {
	struct toml *root;
	struct fault_list faults;
};

static inline void parsed_release(struct parsed *p)
{
	toml_free(p->root);
	fault_list_release(&p->faults);
}

static inline struct parsed parse_bytes(const char *text, size_t n)
{
	struct parsed p = {0};

	p.root = toml_parse(text, n, 1, &p.faults);
	return p;
}

static inline struct parsed parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* All faults as "LINE:COLUMN: text", one a line. */
static inline const char *faults_of(const struct parsed *p, struct text *out)
{
	text_release(out);
	for (size_t i = 0; i < p->faults.n; i++)
		text_addf(out, "%s%u:%u: %s", i ? "\n" : "", p->faults.items[i].line,
			  p->faults.items[i].column, p->faults.items[i].text);
	return text_str(out);
}

#define CHECK_FAULTS(document, expected)                                      \
	do {                                                                  \
		_cleanup_(parsed_release) struct parsed _p = parse(document); \
		_cleanup_(text_release) struct text _text = {0};              \
                                                                              \
		CHECK_STR(faults_of(&_p, &_text), expected);                  \
	} while (0)

/* The node at a path of keys and element numbers, "a.b.0"; NULL if there is none. */
static inline const struct toml *at(const struct toml *v, const char *path)
{
	_cleanup_(freep) char *copy = mem_strdup(path);
	char *rest = copy, *step;

	while (v && (step = strsep(&rest, "."))) {
		size_t i = strtoul(step, NULL, 10);

		if (v->type == TOML_ARRAY)
			v = i < v->n ? v->items[i] : NULL;
		else
			v = toml_get(v, step);
	}
	return v;
}

#define CHECK_PLACE(root, path, line_, column_, value_line_, value_column_) \
	do {                                                                \
		const struct toml *_v = at(root, path);                     \
                                                                            \
		if (!CHECK(_v != NULL))                                     \
			break;                                              \
		CHECK_INT(_v->line, line_);                                 \
		CHECK_INT(_v->column, column_);                             \
		CHECK_INT(_v->value_line, value_line_);                     \
		CHECK_INT(_v->value_column, value_column_);                 \
	} while (0)

/* The value of "v = ..." in @p, which must be of @type; NULL, and a failed check, otherwise. */
static inline const struct toml *value_of(const struct parsed *p, enum toml_type type)
{
	const struct toml *v = toml_get(p->root, "v");

	CHECK_INT(p->faults.n, 0);
	return CHECK(v && v->type == type) ? v : NULL;
}

#endif
