// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports as records. */
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "boot-record-parts.h"
#include "mem.h"

/* A report nests five deep (report, regions, region, namespaces, namespace, filesystem make six
 * with the outermost); what nests deeper is none of ours and is not followed. */
#define RECORD_DEPTH_MAX 8
#define RECORD_VERSION   1

static void tokener_freep(struct json_tokener **t)
{
	if (*t)
		json_tokener_free(*t);
}

static void object_putp(struct json_object **o)
{
	json_object_put(*o);
}

/* The member @key of @object if it is of @type, else NULL. @object may be anything. */
static struct json_object *member(struct json_object *object, const char *key, enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

/* A string without a NUL in it, or NULL. */
static const char *string_member(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key, json_type_string);
	const char *s = value ? json_object_get_string(value) : NULL;

	return s && strlen(s) == (size_t)json_object_get_string_len(value) ? s : NULL;
}

static enum record_state state_from(const char *name)
{
	if (name && !strcmp(name, "created"))
		return RECORD_CREATED;
	if (name && !strcmp(name, "adopted"))
		return RECORD_ADOPTED;
	return RECORD_UNKNOWN;
}

static void read_namespace(struct boot_record *record, struct json_object *ns, const char *boot_id)
{
	const char *name = string_member(ns, "name"), *uuid = string_member(ns, "uuid");
	const char *word = string_member(ns, "state"), *since = string_member(ns, "since");
	enum record_state state = state_from(word);
	struct json_object *scrubbed = member(ns, "scrubbed", json_type_boolean);
	struct json_object *took = member(ns, "took", json_type_int);
	struct recorded *new;

	if (scrubbed && json_object_get_boolean(scrubbed))
		state = RECORD_SCRUBBED;
	if (!word)
		return;
	new = MEM_APPEND(record->namespaces, record->n);
	new->name = mem_strdup(name ? name : "");
	new->at = record->n;
	new->word = mem_strdup(word);
	new->state = state;
	new->has_uuid = uuid &&uuid_parse(uuid, new->uuid) == 0;
	/* A damaged label has no device, but is there. */
	new->there = string_member(ns, "kernel_name") || !strcmp(word, "foreign");
	new->made = since && !strcmp(since, boot_id);
	new->has_took = took &&json_object_get_int64(took) >= 0;
	new->took = new->has_took ? (uint64_t)json_object_get_int64(took) : 0;
}

static int compare_recorded(const void *a, const void *b)
{
	const struct recorded *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static bool read_number(struct json_object *object, const char *key, uint64_t *n)
{
	struct json_object *value = member(object, key, json_type_int);
	int64_t number = value ? json_object_get_int64(value) : -1;

	*n = (uint64_t)number;
	return number >= 0;
}

static void read_range(struct boot_record *record, struct json_object *region)
{
	enum record_state state = state_from(string_member(region, "state"));
	struct range range;

	if (state != RECORD_UNKNOWN && read_number(region, "start", &range.start) &&
	    read_number(region, "size", &range.size))
		*MEM_APPEND(record->up, record->n_up) = range;
}

static void read_regions(struct boot_record *record, struct json_object *regions,
			 const char *boot_id)
{
	for (size_t i = 0; regions && i < json_object_array_length(regions); i++) {
		struct json_object *region = json_object_array_get_idx(regions, i);
		struct json_object *namespaces = member(region, "namespaces", json_type_array);

		read_range(record, region);
		for (size_t n = 0; namespaces && n < json_object_array_length(namespaces); n++)
			read_namespace(record, json_object_array_get_idx(namespaces, n), boot_id);
	}
	if (record->n)
		qsort(record->namespaces, record->n, sizeof(*record->namespaces), compare_recorded);
}

/* Written in milliseconds. A phase that is missing took none. */
static void read_spent(struct boot_record *record, struct json_object *took)
{
	record->has_spent = took;
	for (size_t i = 0; took && i < SPENT_PHASES; i++) {
		struct json_object *ms =
			member(took, spent_name((enum spent_phase)i), json_type_int);
		int64_t n = ms ? json_object_get_int64(ms) : 0;

		record->spent.us[i] = n > 0 && n < INT32_MAX ? (uint64_t)n * 1000 : 0;
	}
}

static void read_image(struct boot_record *record, struct json_object *image)
{
	const char *program = string_member(image, "program");
	const char *resolved = string_member(image, "resolved");

	record->image_program = program ? mem_strdup(program) : NULL;
	record->image_resolved = resolved ? mem_strdup(resolved) : NULL;
}

static bool is_of_boot(struct json_object *root, const char *boot_id)
{
	struct json_object *version = member(root, "version", json_type_int);
	const char *of = string_member(root, "boot_id");

	return version && json_object_get_int64(version) == RECORD_VERSION && of && *of &&
	       !strcmp(of, boot_id);
}

/* The @n bytes @json as an object, or NULL. */
static struct json_object *parse(const char *json, size_t n)
{
	_cleanup_(tokener_freep) struct json_tokener *tokener =
		json_tokener_new_ex(RECORD_DEPTH_MAX);
	_cleanup_(object_putp) struct json_object *root = NULL;

	if (!tokener)
		mem_exhausted();
	if (!n || n > INT_MAX)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, json, (int)n);
	return json_tokener_get_error(tokener) == json_tokener_success ? TAKE_PTR(root) : NULL;
}

struct json_object *boot_record_document(const char *json, size_t n, const char *boot_id)
{
	_cleanup_(object_putp) struct json_object *root = parse(json, n);

	return is_of_boot(root, boot_id) ? TAKE_PTR(root) : NULL;
}

bool boot_record_is_old(const char *json, size_t n, const char *boot_id)
{
	_cleanup_(object_putp) struct json_object *root = parse(json, n);
	const char *of = string_member(root, "boot_id");

	return *boot_id && of && *of && strcmp(of, boot_id) != 0;
}

struct boot_record *boot_record_parse(const char *json, size_t n, const char *boot_id)
{
	_cleanup_(object_putp) struct json_object *root = boot_record_document(json, n, boot_id);
	struct boot_record *record;

	if (!root)
		return NULL;
	record = MEM_NEW(struct boot_record);
	read_regions(record, member(root, "regions", json_type_array), boot_id);
	read_spent(record, member(root, "took", json_type_object));
	record->told = json_object_get_boolean(member(root, "journal", json_type_boolean));
	read_image(record, member(root, "image", json_type_object));
	return record;
}
