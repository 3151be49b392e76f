// SPDX-License-Identifier: GPL-2.0-or-later
#include "json-make.h"

#include <string.h>

#include "crew.h"
#include "mem.h"
#include "utf8.h"

#define STYLE (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)

/* Objects that are worth another thread to make them, and that one thread makes in a go. */
#define MANY_SHARE 64

/* Keys are literals. One that is there keeps its place, with another value. */
static void add(struct json_object *parent, const char *key, struct json_object *value)
{
	if (json_object_object_add_ex(parent, key, value, JSON_C_OBJECT_KEY_IS_CONSTANT) < 0)
		mem_exhausted();
}

static struct json_object *made(struct json_object *value)
{
	if (!value)
		mem_exhausted();
	return value;
}

struct json_object *json_new_document(void)
{
	return made(json_object_new_object());
}

struct json_object *json_add_object(struct json_object *parent, const char *key)
{
	struct json_object *object;

	if (json_object_object_get_ex(parent, key, &object))
		return object;
	object = made(json_object_new_object());
	add(parent, key, object);
	return object;
}

struct json_object *json_add_array(struct json_object *parent, const char *key)
{
	struct json_object *array = made(json_object_new_array());

	add(parent, key, array);
	return array;
}

struct json_object *json_append_object(struct json_object *array)
{
	struct json_object *object = made(json_object_new_object());

	if (json_object_array_add(array, object) < 0)
		mem_exhausted();
	return object;
}

/* Objects in the making. */
struct many {
	unsigned depth;
	json_fill *fill;
	void *context;
	char **printed;
	size_t n;
};

static const char *print(struct json_object *object)
{
	const char *printed = json_object_to_json_string_ext(object, STYLE);

	if (!printed)
		mem_exhausted();
	return printed;
}

/* In so many arrays. */
static struct json_object *wrapped(struct json_object *object, unsigned depth)
{
	while (depth--) {
		struct json_object *array = made(json_object_new_array());

		if (json_object_array_add(array, object) < 0)
			mem_exhausted();
		object = array;
	}
	return object;
}

/* All of a share are one object, with other values for each: keys and room are made once. As deep
 * as it will be in the document, it is printed with the indentation that it has there. */
static void make_share(void *context, size_t share)
{
	struct many *many = context;
	struct json_object *object = json_new_document();
	struct json_object *outermost = wrapped(object, many->depth);
	size_t first = share * MANY_SHARE, left = many->n - first;

	for (size_t i = 0; i < left && i < MANY_SHARE; i++) {
		const char *start;

		many->fill(many->context, first + i, object);
		start = strchr(print(outermost), '{');
		many->printed[first + i] =
			mem_strndup(start, (size_t)(strrchr(start, '}') + 1 - start));
	}
	json_object_put(outermost);
}

static int print_again(struct json_object *object, struct printbuf *out, int level, int flags)
{
	const char *printed = json_object_get_userdata(object);

	(void)level;
	(void)flags;
	return printbuf_memappend(out, printed, (int)strlen(printed));
}

static void release_printed(struct json_object *object, void *printed)
{
	(void)object;
	free(printed);
}

void json_append_many(struct json_object *array, unsigned depth, size_t n, json_fill *fill,
		      void *context)
{
	_cleanup_(freep) char **printed = mem_calloc(n, sizeof(*printed));
	struct many many = {depth + 1, fill, context, printed, n};

	crew_run(crew_size(n / MANY_SHARE), (n + MANY_SHARE - 1) / MANY_SHARE, make_share, &many);
	for (size_t i = 0; i < n; i++) {
		struct json_object *object = made(json_object_new_boolean(false));

		json_object_set_serializer(object, print_again, printed[i], release_printed);
		if (json_object_array_add(array, object) < 0)
			mem_exhausted();
	}
}

void json_add_string(struct json_object *parent, const char *key, const char *value)
{
	_cleanup_(text_release) struct text valid = {0};

	if (!value) {
		json_add_null(parent, key);
		return;
	}
	if (!utf8_is_plain(value)) {
		utf8_add_valid(&valid, value);
		value = text_str(&valid);
	}
	add(parent, key, made(json_object_new_string(value)));
}

void json_add_number(struct json_object *parent, const char *key, uint64_t value)
{
	add(parent, key, made(json_object_new_uint64(value)));
}

void json_add_bool(struct json_object *parent, const char *key, bool value)
{
	add(parent, key, made(json_object_new_boolean(value)));
}

void json_add_null(struct json_object *parent, const char *key)
{
	add(parent, key, NULL);
}

void json_add_number_if(struct json_object *parent, const char *key, bool known, uint64_t value)
{
	if (known)
		json_add_number(parent, key, value);
	else
		json_add_null(parent, key);
}

void json_add_uuid_if(struct json_object *parent, const char *key, bool known, const uuid_t value)
{
	char text[UUID_STR_LEN];

	if (known)
		uuid_unparse_lower(value, text);
	json_add_string(parent, key, known ? text : NULL);
}

void json_finish(struct json_object *root, struct text *out)
{
	text_add(out, print(root));
	text_add_char(out, '\n');
	json_object_put(root);
}
