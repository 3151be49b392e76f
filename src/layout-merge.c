// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drop-ins: one file's tree amends another's, key by key. Regions are found by their name, and
 * namespaces by theirs within the region; what is not there yet is added.
 */
#include <string.h>

#include "layout-parse.h"
#include "mem.h"

/* Amends table @into by the member @i of table @from. */
typedef void merge_member(struct toml *into, struct toml *from, size_t i);

static void merge_table(struct toml *into, struct toml *from, merge_member *member)
{
	into->damaged |= from->damaged;
	for (size_t i = 0; i < from->n; i++)
		member(into, from, i);
}

static bool is_called(const struct toml *v, const char *key)
{
	return v->key_len == strlen(key) && !memcmp(v->key, key, v->key_len);
}

/* The member of @into that is a table, and to be amended by @v, another; NULL: @v replaces it. */
static struct toml *amended(const struct toml *into, const struct toml *v, const char *key)
{
	struct toml *mine = is_called(v, key) ? toml_get(into, key) : NULL;

	return mine && mine->type == TOML_TABLE && v->type == TOML_TABLE ? mine : NULL;
}

/* What it is found by is where it was. */
static void put_unless_name(struct toml *into, struct toml *from, size_t i)
{
	if (!is_called(from->items[i], "name"))
		toml_put(into, from, i);
}

/* [defaults], [[region.namespace]]: the table of the file system within is amended as well. */
static void merge_declaration(struct toml *into, struct toml *from, size_t i)
{
	struct toml *mine = amended(into, from->items[i], "filesystem");

	if (mine)
		merge_table(mine, from->items[i], toml_put);
	else
		put_unless_name(into, from, i);
}

/* A namespace has one size: whichever key says it later. */
static void merge_namespace(struct toml *into, struct toml *from)
{
	if (toml_get(from, "size") || toml_get(from, "raw_size")) {
		toml_drop(into, "size");
		toml_drop(into, "raw_size");
	}
	merge_table(into, from, merge_declaration);
}

static bool is_same_string(const struct toml *a, const struct toml *b)
{
	return a && b && a->type == TOML_STRING && b->type == TOML_STRING &&
	       a->string_len == b->string_len && !memcmp(a->string, b->string, a->string_len);
}

/* The table of @array with the name of @v that an earlier file wrote. Two of one name within a file
 * are a mistake, which is told when they are read. */
static struct toml *namesake(const struct toml *array, const struct toml *v)
{
	const struct toml *name = toml_get(v, "name");

	for (size_t i = 0; name && i < array->n; i++)
		if (array->items[i]->value_line / LAYOUT_FILE_LINES !=
			    v->value_line / LAYOUT_FILE_LINES &&
		    is_same_string(toml_get(array->items[i], "name"), name))
			return array->items[i];
	return NULL;
}

typedef void merge_element(struct toml *into, struct toml *from);

/* The member @i of @from is an array of tables with names. */
static void merge_named(struct toml *into, struct toml *from, size_t i, merge_element *element)
{
	struct toml *array = from->items[i], *mine = toml_get(into, array->key);

	if (!mine || !toml_is_tables(mine) || !toml_is_tables(array)) {
		toml_put(into, from, i);
		return;
	}
	mine->damaged |= array->damaged;
	for (size_t k = 0; k < array->n; k++) {
		struct toml *same = namesake(mine, array->items[k]);

		if (same)
			element(same, array->items[k]);
		else
			toml_move(mine, array, k);
	}
}

static void merge_region_member(struct toml *into, struct toml *from, size_t i)
{
	if (is_called(from->items[i], "namespace"))
		merge_named(into, from, i, merge_namespace);
	else
		put_unless_name(into, from, i);
}

static void merge_region(struct toml *into, struct toml *from)
{
	merge_table(into, from, merge_region_member);
}

/* A version that ramdax does not know is not hidden by a later file. */
static bool is_known_version(const struct toml *v)
{
	return v->type == TOML_INTEGER && v->integer == LAYOUT_VERSION;
}

static void merge_top(struct toml *into, struct toml *from, size_t i)
{
	struct toml *v = from->items[i], *mine = amended(into, v, "defaults");

	if (mine)
		merge_table(mine, v, merge_declaration);
	else if (is_called(v, "region"))
		merge_named(into, from, i, merge_region);
	else if (!is_called(v, "version") || !is_known_version(v) || !toml_get(into, "version"))
		toml_put(into, from, i);
}

struct toml *layout_tree(const struct layout_files *files, struct fault_list *faults)
{
	struct toml *root = NULL;

	for (size_t i = 0; i < files->n; i++) {
		const struct text *text = &files->items[i].text;
		struct toml *tree = toml_parse(text_str(text), text->len,
					       (unsigned)i * LAYOUT_FILE_LINES + 1, faults);

		if (root) {
			merge_table(root, tree, merge_top);
			toml_free(tree);
		} else {
			root = tree;
		}
	}
	return root;
}
