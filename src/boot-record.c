// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot-record.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "mem.h"

/* A report nests five deep (report, regions, region, namespaces, namespace, filesystem make six
 * with the outermost); what nests deeper is none of ours and is not followed. */
#define RECORD_DEPTH_MAX 8
#define RECORD_VERSION   1

struct recorded {
	char *name;
	uuid_t uuid;
	bool has_uuid;
	enum record_state state;
};

struct boot_record {
	struct recorded *namespaces;
	size_t n;
	struct spent spent;
	bool has_spent;
};

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

static void read_namespace(struct boot_record *record, struct json_object *ns)
{
	const char *name = string_member(ns, "name"), *uuid = string_member(ns, "uuid");
	enum record_state state = state_from(string_member(ns, "state"));
	struct json_object *scrubbed = member(ns, "scrubbed", json_type_boolean);
	struct recorded *new;

	if (scrubbed && json_object_get_boolean(scrubbed))
		state = RECORD_SCRUBBED;
	if (!name || state == RECORD_UNKNOWN)
		return;
	new = MEM_APPEND(record->namespaces, record->n);
	new->name = mem_strdup(name);
	new->state = state;
	new->has_uuid = uuid &&uuid_parse(uuid, new->uuid) == 0;
}

static void read_regions(struct boot_record *record, struct json_object *regions)
{
	for (size_t i = 0; regions && i < json_object_array_length(regions); i++) {
		struct json_object *region = json_object_array_get_idx(regions, i);
		struct json_object *namespaces = member(region, "namespaces", json_type_array);

		for (size_t n = 0; namespaces && n < json_object_array_length(namespaces); n++)
			read_namespace(record, json_object_array_get_idx(namespaces, n));
	}
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

static bool is_of_boot(struct json_object *root, const char *boot_id)
{
	struct json_object *version = member(root, "version", json_type_int);
	const char *of = string_member(root, "boot_id");

	return version && json_object_get_int64(version) == RECORD_VERSION && of && *of &&
	       !strcmp(of, boot_id);
}

struct boot_record *boot_record_parse(const char *json, size_t n, const char *boot_id)
{
	_cleanup_(tokener_freep) struct json_tokener *tokener =
		json_tokener_new_ex(RECORD_DEPTH_MAX);
	_cleanup_(object_putp) struct json_object *root = NULL;
	struct boot_record *record;

	if (!tokener)
		mem_exhausted();
	if (!n || n > INT_MAX)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, json, (int)n);
	if (json_tokener_get_error(tokener) != json_tokener_success || !is_of_boot(root, boot_id))
		return NULL;
	record = MEM_NEW(struct boot_record);
	read_regions(record, member(root, "regions", json_type_array));
	read_spent(record, member(root, "took", json_type_object));
	return record;
}

void boot_record_free(struct boot_record *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < record->n; i++)
		free(record->namespaces[i].name);
	free(record->namespaces);
	free(record);
}

enum record_state boot_record_state(const struct boot_record *record, const char *name,
				    const struct seen_namespace *seen)
{
	for (size_t i = 0; record && i < record->n; i++) {
		const struct recorded *r = &record->namespaces[i];

		if (strcmp(r->name, name) != 0)
			continue;
		if (r->has_uuid != seen->has_uuid ||
		    (r->has_uuid && uuid_compare(r->uuid, seen->uuid) != 0))
			continue;
		return r->state;
	}
	return RECORD_UNKNOWN;
}

const struct spent *boot_record_spent(const struct boot_record *record)
{
	return record && record->has_spent ? &record->spent : NULL;
}

bool boot_record_settled(const void *record, const struct seen_namespace *seen)
{
	return boot_record_state(record, seen->name, seen) != RECORD_UNKNOWN;
}

bool boot_record_scrubbed(const void *record, const struct seen_namespace *seen)
{
	return boot_record_state(record, seen->name, seen) == RECORD_SCRUBBED;
}
