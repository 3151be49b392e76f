// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which table a header or a dotted key means, and whether it may still be added to. TOML 1.0 lets
 * every table be defined once, in one place: below its header, by dotted keys, or as a value.
 */
#include "toml-internal.h"

#include "mem.h"

/* Why nothing can be added to @v here, for the end of a message. */
static const char *advice(const struct toml *v, bool dotted)
{
	if (v->type == TOML_TABLE && v->origin == TOML_VALUE)
		return ": nothing can be added to it";
	if (dotted && (v->origin == TOML_HEADER || v->origin == TOML_ELEMENTS))
		return ": its keys stand below its header";
	return "";
}

/* Tells that @v, which the first @n parts of @key name, cannot be what they need. Returns NULL. */
static struct toml *refuse(struct toml_parser *p, const struct toml_key *key, size_t n,
			   const struct toml *v, bool dotted)
{
	_cleanup_(freep) char *shown = toml_key_shown(key, n);
	const char *what = toml_type_name(v->type);

	if (v->type == TOML_TABLE && v->origin == TOML_VALUE)
		what = "an inline table";
	else if (v->origin == TOML_ELEMENTS)
		what = "an array of tables";
	TOML_FAULT(p, key->parts[n - 1].mark, "%s is already %s, %s on line %u%s", shown, what,
		   v->origin == TOML_VALUE ? "set" : "defined", v->line, advice(v, dotted));
	return NULL;
}

/* The new table or array that @part names in @table. NULL after a fault. */
static struct toml *add(struct toml_parser *p, struct toml *table, const struct toml_part *part,
			enum toml_origin origin, struct toml_mark mark)
{
	enum toml_type type = origin == TOML_ELEMENTS ? TOML_ARRAY : TOML_TABLE;
	struct toml *v;

	if (toml_too_deep(p, table->depth + 1U, part->mark))
		return NULL;
	v = toml_new(type, origin, table->depth + 1U, mark);
	toml_insert(p, table, part, v);
	return v;
}

struct toml *toml_dotted(struct toml_parser *p, struct toml *table, const struct toml_key *key)
{
	const struct toml_part *last = &key->parts[key->n - 1];
	const struct toml *set;

	for (size_t i = 0; i + 1 < key->n; i++) {
		const struct toml_part *part = &key->parts[i];
		struct toml *v = toml_find(p, table, part);

		if (!v)
			v = add(p, table, part, TOML_DOTTED, part->mark);
		else if (v->origin != TOML_DOTTED && v->origin != TOML_IMPLICIT)
			return refuse(p, key, i + 1, v, true);
		if (!v)
			return NULL;
		v->origin = TOML_DOTTED;
		table = v;
	}
	set = toml_find(p, table, last);
	if (set && set->origin == TOML_VALUE) {
		_cleanup_(freep) char *shown = toml_key_shown(key, key->n);

		TOML_FAULT(p, last->mark, "key %s was already set on line %u", shown, set->line);
		return NULL;
	}
	return set ? refuse(p, key, key->n, set, true) : table;
}

/* The table in which the last part of a header is defined. NULL after a fault. */
static struct toml *find_super(struct toml_parser *p, const struct toml_key *key)
{
	struct toml *table = p->root;

	for (size_t i = 0; i + 1 < key->n && table; i++) {
		const struct toml_part *part = &key->parts[i];
		struct toml *v = toml_find(p, table, part);

		if (!v)
			table = add(p, table, part, TOML_IMPLICIT, part->mark);
		else if (v->origin == TOML_VALUE)
			table = refuse(p, key, i + 1, v, false);
		else
			table = v->origin == TOML_ELEMENTS ? v->items[v->n - 1] : v;
	}
	return table;
}

struct toml *toml_open(struct toml_parser *p, const struct toml_key *key, bool element,
		       struct toml_mark mark)
{
	const struct toml_part *last = &key->parts[key->n - 1];
	struct toml *super = find_super(p, key), *v;

	if (!super)
		return NULL;
	v = toml_find(p, super, last);
	if (element) {
		if (v && v->origin != TOML_ELEMENTS)
			return refuse(p, key, key->n, v, false);
		if (toml_too_deep(p, super->depth + 2U, last->mark))
			return NULL;
		if (!v)
			v = add(p, super, last, TOML_ELEMENTS, mark);
		toml_append(v, toml_new(TOML_TABLE, TOML_HEADER, v->depth + 1U, mark));
		return v->items[v->n - 1];
	}
	if (!v)
		return add(p, super, last, TOML_HEADER, mark);
	if (v->origin != TOML_IMPLICIT)
		return refuse(p, key, key->n, v, false);
	v->origin = TOML_HEADER;
	v->line = last->mark.line;
	v->column = last->mark.column;
	v->value_line = mark.line;
	v->value_column = mark.column;
	return v;
}

void toml_damage(struct toml_parser *p, const struct toml_key *key)
{
	struct toml *v = p->root;

	v->damaged = true;
	for (size_t i = 0; i < key->n; i++) {
		v = toml_find(p, v, &key->parts[i]);
		if (!v || v->origin == TOML_VALUE)
			return;
		v->damaged = true;
		if (v->origin == TOML_ELEMENTS)
			v = v->items[v->n - 1];
		v->damaged = true;
	}
}
