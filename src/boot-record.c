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
	size_t at; /* its place in the report */
	uuid_t uuid;
	bool has_uuid;
	bool there; /* not only declared */
	bool made;  /* in this boot, whatever has become of its state */
	char *word; /* its state, as it was reported */
	enum record_state state;
	bool has_took;
	uint64_t took;
};

struct boot_record {
	bool lost;        /* there is one, but it could not be read */
	struct range *up; /* physical: of regions whose namespaces were all to be seen */
	size_t n_up;
	struct recorded *namespaces; /* by name; those of a name as they were written */
	size_t n;
	struct spent spent;
	bool has_spent;
	bool told;           /* to journald */
	char *image_program; /* or NULL */
	char *image_resolved;
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

struct boot_record *boot_record_lost(void)
{
	struct boot_record *record = MEM_NEW(struct boot_record);

	record->lost = true;
	return record;
}

void boot_record_free(struct boot_record *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < record->n; i++) {
		free(record->namespaces[i].name);
		free(record->namespaces[i].word);
	}
	free(record->namespaces);
	free(record->up);
	free(record->image_program);
	free(record->image_resolved);
	free(record);
}

static bool is_same(const struct recorded *r, const struct seen_namespace *seen)
{
	return r->has_uuid == seen->has_uuid &&
	       (!r->has_uuid || uuid_compare(r->uuid, seen->uuid) == 0);
}

/* The next one of the name @name after @r, or with NULL the first; NULL if there is none. */
static const struct recorded *next_of(const struct boot_record *record, const char *name,
				      const struct recorded *r)
{
	size_t first = r ? (size_t)(r - record->namespaces) + 1 : 0;

	for (size_t end = record && !r ? record->n : 0; first < end;) {
		size_t middle = first + (end - first) / 2;

		if (strcmp(record->namespaces[middle].name, name) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	if (!record || first == record->n || strcmp(record->namespaces[first].name, name) != 0)
		return NULL;
	return &record->namespaces[first];
}

static const struct recorded *find(const struct boot_record *record, const char *name,
				   const struct seen_namespace *seen)
{
	const struct recorded *r = NULL;

	while ((r = next_of(record, name, r)))
		if (r->state != RECORD_UNKNOWN && is_same(r, seen))
			return r;
	return NULL;
}

bool boot_record_told(const struct boot_record *record, const char *name,
		      const struct seen_namespace *seen, const char *word)
{
	const struct recorded *r = NULL;

	while (record && record->told && (r = next_of(record, name, r)))
		if (!strcmp(r->word, word) && (!seen || is_same(r, seen)))
			return true;
	return false;
}

bool boot_record_all_told(const struct boot_record *record)
{
	return record && record->told;
}

enum record_state boot_record_state(const struct boot_record *record, const char *name,
				    const struct seen_namespace *seen)
{
	const struct recorded *r = find(record, name, seen);

	return r ? r->state : RECORD_UNKNOWN;
}

bool boot_record_took(const struct boot_record *record, const char *name,
		      const struct seen_namespace *seen, uint64_t *ms)
{
	const struct recorded *r = find(record, name, seen);

	if (!r || !r->has_took)
		return false;
	*ms = r->took;
	return true;
}

struct record_image boot_record_image(const struct boot_record *record)
{
	if (!record)
		return (struct record_image){0};
	return (struct record_image){record->image_program, record->image_resolved};
}

bool record_image_differs(const struct record_image *image, const struct layout *layout)
{
	return !image->resolved || strcmp(image->resolved, layout->resolved) != 0;
}

const struct spent *boot_record_spent(const struct boot_record *record)
{
	return record && record->has_spent ? &record->spent : NULL;
}

/* Its name may be another by now, and the layout's another than the label's. */
static bool bears(const struct recorded *r, const struct seen_namespace *seen)
{
	return is_same(r, seen) && (r->has_uuid || !strcmp(r->name, seen->name));
}

bool boot_record_made(const struct boot_record *record, const struct seen_namespace *seen)
{
	bool was_up = false;

	for (size_t i = 0; record && i < record->n; i++) {
		const struct recorded *r = &record->namespaces[i];

		if (!bears(r, seen))
			continue;
		if (r->made || r->state == RECORD_CREATED)
			return true;
		if (r->there)
			return false;
	}
	for (size_t i = 0; record && i < record->n_up; i++)
		was_up |= range_overlaps(record->up[i], (struct range){seen->start, seen->raw});
	return was_up;
}

static bool is_state(const struct boot_record *record, const struct seen_namespace *seen,
		     bool (*wanted)(enum record_state state))
{
	for (size_t i = 0; record && i < record->n; i++)
		if (bears(&record->namespaces[i], seen) && wanted(record->namespaces[i].state))
			return true;
	return false;
}

static bool is_known(enum record_state state)
{
	return state != RECORD_UNKNOWN;
}

static bool is_scrubbed(enum record_state state)
{
	return state == RECORD_SCRUBBED;
}

bool boot_record_settled(void *record, const struct seen_namespace *seen)
{
	const struct boot_record *of_boot = record;

	return (of_boot && of_boot->lost) || is_state(record, seen, is_known) ||
	       boot_record_made(record, seen);
}

bool boot_record_scrubbed(void *record, const struct seen_namespace *seen)
{
	return is_state(record, seen, is_scrubbed);
}
