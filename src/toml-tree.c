// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree, and the index by which the parser finds members: a layout has a dozen keys, a
 * malicious one a hundred thousand in one table.
 */
#include "toml-internal.h"

#include <string.h>

#include "mem.h"

struct toml_slot {
	const struct toml *table;
	struct toml *member; /* NULL: the slot is free */
};

struct toml *toml_new(enum toml_type type, enum toml_origin origin, unsigned depth,
		      struct toml_mark mark)
{
	struct toml *v = MEM_NEW(struct toml);

	v->type = type;
	v->origin = (unsigned char)origin;
	v->depth = (unsigned char)depth;
	v->line = v->value_line = mark.line;
	v->column = v->value_column = mark.column;
	return v;
}

/* FNV-1a over the key, begun with the table's address. */
static size_t hash(const struct toml *table, const char *key, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)table;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)key[i]) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* The slot of @table's member @key, or the free one where it belongs. */
static struct toml_slot *slot_of(const struct toml_parser *p, const struct toml *table,
				 const char *key, size_t n)
{
	size_t i = hash(table, key, n);

	for (;; i++) {
		struct toml_slot *slot = &p->slots[i & (p->n_slots - 1)];
		const struct toml *v = slot->member;

		if (!v || (slot->table == table && v->key_len == n && !memcmp(v->key, key, n)))
			return slot;
	}
}

/* Keeps at least half of the slots free. */
static void index_grow(struct toml_parser *p)
{
	struct toml_slot *old = p->slots;
	size_t n_old = p->n_slots;

	if (p->n_members < n_old / 2)
		return;
	p->n_slots = n_old ? n_old * 2 : 64;
	p->slots = mem_calloc(p->n_slots, sizeof(*p->slots));
	for (size_t i = 0; i < n_old; i++)
		if (old[i].member)
			*slot_of(p, old[i].table, old[i].member->key, old[i].member->key_len) =
				old[i];
	free(old);
}

struct toml *toml_find(const struct toml_parser *p, const struct toml *table,
		       const struct toml_part *part)
{
	return p->n_slots ? slot_of(p, table, part->s, part->n)->member : NULL;
}

void toml_insert(struct toml_parser *p, struct toml *table, const struct toml_part *part,
		 struct toml *v)
{
	index_grow(p);
	p->n_members++;
	*slot_of(p, table, part->s, part->n) = (struct toml_slot){table, v};
	v->key = mem_strndup(part->s, part->n);
	v->key_len = part->n;
	v->line = part->mark.line;
	v->column = part->mark.column;
	*MEM_APPEND(table->items, table->n) = v;
}

void toml_append(struct toml *array, struct toml *v)
{
	*MEM_APPEND(array->items, array->n) = v;
}

bool toml_too_deep(struct toml_parser *p, unsigned depth, struct toml_mark mark)
{
	if (depth <= TOML_DEPTH_MAX)
		return false;
	TOML_FAULT(p, mark, "arrays and tables are nested more than %d levels deep",
		   TOML_DEPTH_MAX);
	return true;
}

struct toml *toml_get(const struct toml *table, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < table->n; i++)
		if (table->items[i] && table->items[i]->key_len == n &&
		    !memcmp(table->items[i]->key, key, n))
			return table->items[i];
	return NULL;
}

static size_t index_of(const struct toml *table, const struct toml *like)
{
	size_t i = 0;

	while (i < table->n && (!table->items[i] || table->items[i]->key_len != like->key_len ||
				memcmp(table->items[i]->key, like->key, like->key_len) != 0))
		i++;
	return i;
}

void toml_put(struct toml *table, struct toml *from, size_t i)
{
	struct toml *v = from->items[i];
	size_t at = index_of(table, v);

	if (at == table->n)
		*MEM_APPEND(table->items, table->n) = NULL;
	from->items[i] = table->items[at];
	table->items[at] = v;
}

void toml_move(struct toml *array, struct toml *from, size_t i)
{
	*MEM_APPEND(array->items, array->n) = from->items[i];
	from->items[i] = NULL;
}

void toml_drop(struct toml *table, const char *key)
{
	struct toml *v = toml_get(table, key);
	size_t at;

	if (!v)
		return;
	at = index_of(table, v);
	toml_free(v);
	table->n--;
	memmove(&table->items[at], &table->items[at + 1], (table->n - at) * sizeof(*table->items));
}

bool toml_is_tables(const struct toml *v)
{
	bool all = v->type == TOML_ARRAY && v->n > 0;

	for (size_t i = 0; all && i < v->n; i++)
		all = v->items[i]->type == TOML_TABLE;
	return all;
}

const char *toml_type_name(enum toml_type type)
{
	static const char *const names[] = {
		[TOML_STRING] = "a string",         [TOML_INTEGER] = "an integer",
		[TOML_FLOAT] = "a float",           [TOML_BOOLEAN] = "a boolean",
		[TOML_DATETIME] = "a date-time",    [TOML_DATETIME_LOCAL] = "a local date-time",
		[TOML_DATE_LOCAL] = "a local date", [TOML_TIME_LOCAL] = "a local time",
		[TOML_ARRAY] = "an array",          [TOML_TABLE] = "a table",
	};

	return names[type];
}

void toml_free(struct toml *root)
{
	if (!root)
		return;
	for (size_t i = 0; i < root->n; i++)
		toml_free(root->items[i]);
	free(root->items);
	free(root->string);
	free(root->key);
	free(root);
}
