/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON documents: objects that are filled key by key, in order, and never lack one. What is not
 * known is null.
 */
#ifndef RAMDAX_JSON_MAKE_H
#define RAMDAX_JSON_MAKE_H

#include <json-c/json.h>
#include <uuid/uuid.h>

#include "text.h"

/* A new document, an object; json_finish() releases it. */
struct json_object *json_new_document(void);

/* A member of @parent, which owns it; the object, if there is one. */
struct json_object *json_add_object(struct json_object *parent, const char *key);
/* A new one. */
struct json_object *json_add_array(struct json_object *parent, const char *key);
/* A new object at the end of @array. */
struct json_object *json_append_object(struct json_object *array);

/*
 * Appends @n new objects to @array, which is in @depth objects and arrays. Each is filled by @fill
 * with its number, in no order and by several threads if they are many; all have the same keys.
 * They are printed as soon as they are filled, so that they take little memory, and cannot be read
 * or changed any more.
 */
typedef void json_fill(void *context, size_t i, struct json_object *object);
void json_append_many(struct json_object *array, unsigned depth, size_t n, json_fill *fill,
		      void *context);

/* null for NULL. What is no UTF-8 (labels come from memory that anybody wrote) becomes U+FFFD. */
void json_add_string(struct json_object *parent, const char *key, const char *value);
void json_add_number(struct json_object *parent, const char *key, uint64_t value);
void json_add_bool(struct json_object *parent, const char *key, bool value);
void json_add_null(struct json_object *parent, const char *key);
/* null unless @known. */
void json_add_number_if(struct json_object *parent, const char *key, bool known, uint64_t value);
void json_add_uuid_if(struct json_object *parent, const char *key, bool known, const uuid_t value);

/* Writes the document @root, which is released, and a newline. */
void json_finish(struct json_object *root, struct text *out);

#endif
