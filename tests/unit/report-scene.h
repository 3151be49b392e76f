/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two hosts made by hand, and what people and programs are told of one, for tests of reports and of
 * the record of a boot.
 */
#ifndef RAMDAX_REPORT_SCENE_H
#define RAMDAX_REPORT_SCENE_H

#include <json-c/json.h>
#include <string.h>

#include "scene.h"
#include "unit.h"

static const struct report_style plain = {false, 100};
static const struct plan_options options;

/* 64 GiB: a file system, two guests whose data is aligned to 1 GiB, a journal. */
static inline void declare_host(struct scene *s)
{
	struct layout_namespace *ns;

	scene_make(s, 64 * GIB, 2 * MIB);
	ns = scene_declare(s, "images", MODE_FSDAX, 32 * GIB);
	ns->fs.type = FS_EXT4;
	scene_declare(s, "guest-1", MODE_DEVDAX, 8 * GIB);
	scene_declare(s, "guest-2", MODE_DEVDAX, 8 * GIB);
	ns = scene_declare(s, "journal", MODE_SECTOR, 2 * GIB);
	ns->fs.type = FS_XFS;
	ns->required = true;
}

static inline void see_host(struct scene *s)
{
	struct seen_namespace *ns;

	scene_make(s, 8 * GIB, LABEL_AREA_SIZE);
	scene_declare(s, "images", MODE_FSDAX, 2 * GIB)->fs.type = FS_EXT4;
	scene_declare(s, "guest", MODE_DEVDAX, 1022 * MIB);
	scene_declare(s, "late", MODE_RAW, GIB);
	scene_bind(s);
	ns = scene_see(s, "images", MODE_FSDAX, SCENE_START, 2 * GIB + 34 * MIB);
	ns->fs.state = SEEN_COMPLETE;
	ns->fs.type = (char *)"ext4";
	ns->fs.uuid = (char *)"aeaa7d06-fa4f-5d63-a5cd-5d3094daf764";
	ns->mount_point = (char *)"/srv";
	ns->user = (char *)"mounted on /srv";
	ns->dax = true;
	scene_see(s, "guest", MODE_DEVDAX, SCENE_START + 3 * GIB, GIB)->user =
		(char *)"open by process 12";
	scene_see(s, "", MODE_RAW, SCENE_START + 5 * GIB, GIB);
}

static inline char *status_text(const struct scene *s, bool with_layout,
				const struct boot_record *record)
{
	struct plan *plan = with_layout ? plan_make(&s->layout, &s->machine, &options) : NULL;
	struct text out = {0};

	report_status(&s->machine, plan, record, &plain, &out);
	plan_free(plan);
	return text_take(&out);
}

/* As json-c prints it, whichever parts of it were printed first. */
static inline void check_indentation(struct json_object *document, const char *printed)
{
	const char *again = json_object_to_json_string_ext(
		document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t n = strlen(again);

	if (CHECK(!strncmp(printed, again, n)))
		CHECK_STR(printed + n, "\n");
}

static inline struct json_object *status_document(const struct scene *s, bool with_layout,
						  const struct outcome *outcome,
						  const struct boot_record *record,
						  enum status status)
{
	struct plan *plan = with_layout ? plan_make(&s->layout, &s->machine, &options) : NULL;
	_cleanup_(text_release) struct text out = {0};
	struct outcome copy = outcome ? *outcome : (struct outcome){0};
	struct json_object *document;

	copy.plan = plan;
	report_json_status(&s->machine, plan, outcome ? &copy : NULL, record, status, &out);
	document = json_tokener_parse(text_str(&out));
	if (CHECK(document))
		check_indentation(document, text_str(&out));
	plan_free(plan);
	return document;
}

/* What @path ("regions/0/name") leads to; NULL with @there false if there is no such key. */
static inline struct json_object *at(struct json_object *from, const char *path, bool *there)
{
	while (*path && from) {
		size_t length = strcspn(path, "/");
		_cleanup_(freep) char *key = mem_strndup(path, length);

		*there = true;
		if (json_object_is_type(from, json_type_array))
			from = json_object_array_get_idx(from, (size_t)atoi(key));
		else
			*there = json_object_object_get_ex(from, key, &from);
		if (!*there)
			return NULL;
		path += length + (path[length] == '/');
	}
	return from;
}

static inline const char *word(struct json_object *document, const char *path)
{
	bool there = false;
	struct json_object *value = at(document, path, &there);

	if (!CHECK(there))
		printf("# no key \"%s\"\n", path);
	return value ? json_object_get_string(value) : NULL;
}

#endif
