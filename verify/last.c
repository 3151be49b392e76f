// SPDX-License-Identifier: GPL-2.0-or-later
#include "last.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"
#include "text.h"
#include "units.h"

#define BOOT_ID_PATH   "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_LENGTH 36
/* 509 namespaces in each of a few regions, at about 1 KiB each. */
#define REPORT_MAX (8 * MIB)
/* root, regions, region, namespaces, namespace, filesystem; and some to grow. */
#define DEPTH_MAX 12
#define VERSION   1

static void release_root(struct json_object **root)
{
	json_object_put(*root);
}

static void release_tokener(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

/* NULL unless it is there and of that type. */
static struct json_object *member(struct json_object *parent, const char *key, enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(parent, json_type_object) ||
	    !json_object_object_get_ex(parent, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

static const char *string_of(struct json_object *parent, const char *key)
{
	struct json_object *value = member(parent, key, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

static bool number_of(struct json_object *parent, const char *key, uint64_t *n)
{
	struct json_object *value = member(parent, key, json_type_int);
	int64_t number = value ? json_object_get_int64(value) : -1;

	if (number < 0)
		return false;
	*n = (uint64_t)number;
	return true;
}

static void count_namespaces(struct json_object *namespaces, struct last_run *last)
{
	for (size_t i = 0; namespaces && i < json_object_array_length(namespaces); i++) {
		const char *state = string_of(json_object_array_get_idx(namespaces, i), "state");

		last->n_created += state && !strcmp(state, "created");
		last->n_adopted += state && !strcmp(state, "adopted");
	}
}

static bool is_report(struct json_object *root, const char *boot_id)
{
	const char *of = string_of(root, "boot_id");
	uint64_t version;

	return number_of(root, "version", &version) && version == VERSION &&
	       (!boot_id || (of && !strcmp(of, boot_id)));
}

bool last_run_parse(const char *json, size_t n, const char *boot_id, struct last_run *last)
{
	_cleanup_(release_tokener) struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	_cleanup_(release_root) struct json_object *root = NULL;
	struct json_object *regions, *took;

	if (!tokener)
		mem_exhausted();
	if (!n || n > REPORT_MAX)
		return false;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, json, (int)n);
	if (json_tokener_get_error(tokener) != json_tokener_success || !is_report(root, boot_id))
		return false;
	*last = (struct last_run){.known = true};
	(void)number_of(root, "status", &last->status);
	regions = member(root, "regions", json_type_array);
	for (size_t i = 0; regions && i < json_object_array_length(regions); i++)
		count_namespaces(member(json_object_array_get_idx(regions, i), "namespaces",
					json_type_array),
				 last);
	took = member(root, "took", json_type_object);
	last->has_duration = took && number_of(took, "total", &last->milliseconds);
	return true;
}

/* The whole of @fd, or nothing if it is larger than @max. */
static bool read_all(int fd, size_t max, struct text *text)
{
	char buffer[4096];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		if (text->len + (size_t)n > max)
			return false;
		text_add_bytes(text, buffer, (size_t)n);
	}
	return n == 0;
}

static bool boot_id_read(char id[BOOT_ID_LENGTH + 1])
{
	_cleanup_(closep) int fd = open(BOOT_ID_PATH, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, id, BOOT_ID_LENGTH) != BOOT_ID_LENGTH)
		return false;
	id[BOOT_ID_LENGTH] = '\0';
	return true;
}

void last_run_read(struct last_run *last)
{
	_cleanup_(closep) int fd = open(LAST_PATH, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_(text_release) struct text text = {0};
	char boot_id[BOOT_ID_LENGTH + 1];
	struct stat st;

	*last = (struct last_run){0};
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !boot_id_read(boot_id) ||
	    !read_all(fd, REPORT_MAX, &text) ||
	    !last_run_parse(text_str(&text), text.len, boot_id, last))
		return;
	last->time = st.st_mtim.tv_sec;
}
