// SPDX-License-Identifier: GPL-2.0-or-later
#include "json-make.h"

#include "mem.h"
#include "utf8.h"

/* Keys are literals, and none is added twice. */
static void add(struct json_object *parent, const char *key, struct json_object *value)
{
	if (json_object_object_add_ex(parent, key, value,
				      JSON_C_OBJECT_ADD_KEY_IS_NEW |
					      JSON_C_OBJECT_KEY_IS_CONSTANT) < 0)
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
	struct json_object *object = made(json_object_new_object());

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
	const char *document = json_object_to_json_string_ext(
		root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!document)
		mem_exhausted();
	text_add(out, document);
	text_add_char(out, '\n');
	json_object_put(root);
}
