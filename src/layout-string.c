// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the file that are strings: names, paths, UUIDs, owners, options. */
#include <inttypes.h>
#include <string.h>

#include "layout-parse.h"
#include "mem.h"
#include "text.h"

/* C0, DEL, and C1 (U+0080 to U+009F, in UTF-8). */
static bool has_control(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < n && (s[i + 1] & 0xe0) == 0x80))
			return true;
	}
	return false;
}

/* A string with something in it and no control characters. @name is the key it is written for. */
static bool is_plain(struct fault_list *faults, const char *name, const struct toml *v)
{
	if (v->type != TOML_STRING)
		FAULT_VALUE(faults, v, "\"%s\" must %s, not %s", name,
			    v->key ? "be a string" : "hold strings", toml_type_name(v->type));
	else if (v->string_len == 0)
		FAULT_VALUE(faults, v, "\"%s\" must not %s", name,
			    v->key ? "be empty" : "hold empty strings");
	else if (has_control(v->string, v->string_len))
		FAULT_VALUE(faults, v, "\"%s\" must not hold control characters", name);
	else
		return true;
	return false;
}

/* The kernel strips a name of what its isspace() takes for space, which includes the byte 0xa0
 * (drivers/nvdimm/namespace_devs.c:__alt_name_store, lib/ctype.c). */
static bool is_kernel_space(char c)
{
	return c == ' ' || (unsigned char)c == 0xa0;
}

const char *name_fault(const char *name)
{
	size_t n = strlen(name);

	if (n > NAME_BYTES_MAX)
		return "is longer than 63 bytes";
	if (strchr(name, '/'))
		return "must not hold \"/\"";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "is a directory's name";
	if (!strncmp(name, ".ramdax-", strlen(".ramdax-")))
		return "begins like those of namespaces in the making";
	if (is_kernel_space(name[0]) || is_kernel_space(name[n - 1]))
		return "begins or ends with what the kernel cuts off as space";
	return NULL;
}

static bool read_plain(struct fault_list *faults, const struct key *key, const struct toml *v,
		       void *field)
{
	if (!is_plain(faults, key->name, v))
		return false;
	*(char **)field = mem_strdup(v->string);
	return true;
}

bool read_name(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	return read_plain(faults, key, v, field);
}

bool read_label(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	return read_plain(faults, key, v, field);
}

/* Whether one of the path's components is empty (the first aside), "." or "..". */
static bool has_odd_component(const char *path)
{
	for (const char *s = path; s; s = strchr(s, '/')) {
		size_t n = strcspn(++s, "/");

		if (n == 0 || (n <= 2 && !strncmp(s, "..", n)))
			return true;
	}
	return false;
}

bool read_path(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	if (!is_plain(faults, key->name, v))
		return false;
	if (v->string[0] != '/')
		FAULT_VALUE(faults, v, "\"%s\" must be an absolute path", key->name);
	else if (!v->string[1])
		FAULT_VALUE(faults, v, "\"%s\" must not be the root directory", key->name);
	else if (has_odd_component(v->string))
		FAULT_VALUE(faults, v,
			    "\"%s\" must be written without \".\", \"..\" and needless slashes",
			    key->name);
	else
		return read_plain(faults, key, v, field);
	return false;
}

bool read_uuid(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	uuid_t uuid;

	if (!is_plain(faults, key->name, v))
		return false;
	if (uuid_parse(v->string, uuid) < 0)
		FAULT_VALUE(faults, v,
			    "\"%s\" must be a UUID as in "
			    "\"6b1f0e3a-7c52-4d0e-9f47-2d5a0c8e41b7\"",
			    key->name);
	else if (uuid_is_null(uuid))
		FAULT_VALUE(faults, v, "\"%s\" must not be the UUID of all zeros", key->name);
	else {
		uuid_copy(field, uuid);
		return true;
	}
	return false;
}

bool read_volume_id(struct fault_list *faults, const struct key *key, const struct toml *v,
		    void *field)
{
	unsigned char *uuid = field;
	unsigned high, low;
	char end;

	if (v->type != TOML_STRING || v->string_len != strlen("ABCD-1234") ||
	    strspn(v->string, "0123456789abcdefABCDEF-") != v->string_len ||
	    sscanf(v->string, "%4x-%4x%c", &high, &low, &end) != 2 || v->string[4] != '-')
		return read_uuid(faults, key, v, field);
	if (high == 0 && low == 0) {
		FAULT_VALUE(faults, v, "\"%s\" must not be all zeros", key->name);
		return false;
	}
	memset(uuid, 0, sizeof(uuid_t));
	uuid[0] = (unsigned char)(high >> 8);
	uuid[1] = (unsigned char)high;
	uuid[2] = (unsigned char)(low >> 8);
	uuid[3] = (unsigned char)low;
	return true;
}

/* A number, as such or as a string of digits; what does not fit becomes UINT64_MAX. */
static bool is_owner_number(const struct toml *v, uint64_t *id)
{
	if (v->type == TOML_INTEGER)
		*id = v->integer < 0 ? UINT64_MAX : (uint64_t)v->integer;
	else if (strspn(v->string, "0123456789") != v->string_len)
		return false;
	else if (number_parse(v->string, id) < 0)
		*id = UINT64_MAX;
	return true;
}

bool read_owner(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	uint64_t id;

	if (v->type != TOML_INTEGER && v->type != TOML_STRING)
		return wrong_type(faults, v, "a name or a number");
	if (v->type == TOML_STRING && !is_plain(faults, key->name, v))
		return false;
	if (!is_owner_number(v, &id)) {
		if (strpbrk(v->string, " :,/")) {
			FAULT_VALUE(faults, v, "\"%s\" must be a name or a number", key->name);
			return false;
		}
		*(char **)field = mem_strdup(v->string);
		return true;
	}
	if (id > OWNER_ID_MAX) {
		FAULT_VALUE(faults, v, "\"%s\" must be from 0 to %" PRIu32, key->name,
			    OWNER_ID_MAX);
		return false;
	}
	*(char **)field = mem_printf("%" PRIu64, id);
	return true;
}

bool read_access(struct fault_list *faults, const struct key *key, const struct toml *v,
		 void *field)
{
	const char *what = "a string of octal digits as in \"0660\"";
	const mode_t access_max = 0777;
	char *end;
	unsigned long access;

	if (v->type != TOML_STRING)
		return wrong_type(faults, v, what);
	access = strtoul(v->string, &end, 8);
	if (v->string_len < 3 || v->string_len > 4 ||
	    strspn(v->string, "01234567") != v->string_len || access > access_max) {
		_cleanup_(freep) char *shown = SHOWN(v);

		FAULT_VALUE(faults, v, "\"%s\" must be %s, not %s", key->name, what, shown);
		return false;
	}
	*(mode_t *)field = (mode_t)access;
	return true;
}

/* The strings of an array, the items of which pass @is_fine, as a list at @items. */
static bool read_strings(struct fault_list *faults, const struct key *key, const struct toml *v,
			 bool (*is_fine)(struct fault_list *, const char *, const struct toml *),
			 char ***items, size_t *n)
{
	bool fine = true;

	if (v->type != TOML_ARRAY)
		return wrong_type(faults, v, "an array of strings");
	for (size_t i = 0; i < v->n; i++)
		fine &= is_fine(faults, key->name, v->items[i]);
	for (size_t i = 0; fine && i < v->n; i++)
		*MEM_APPEND(*items, *n) = mem_strdup(v->items[i]->string);
	return fine;
}

bool read_options(struct fault_list *faults, const struct key *key, const struct toml *v,
		  void *field)
{
	struct layout_filesystem *fs = field;

	return read_strings(faults, key, v, is_plain, &fs->options, &fs->n_options);
}

static bool is_mount_option(struct fault_list *faults, const char *name, const struct toml *v)
{
	_cleanup_(freep) char *shown = NULL;

	if (!is_plain(faults, name, v))
		return false;
	if (!strpbrk(v->string, ", "))
		return true;
	shown = SHOWN(v);
	FAULT_VALUE(faults, v, "%s is not one mount option: write each as a string of its own",
		    shown);
	return false;
}

bool read_mount_options(struct fault_list *faults, const struct key *key, const struct toml *v,
			void *field)
{
	struct layout_filesystem *fs = field;

	return read_strings(faults, key, v, is_mount_option, &fs->mount_options,
			    &fs->n_mount_options);
}
