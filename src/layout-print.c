// SPDX-License-Identifier: GPL-2.0-or-later
/* The layout as TOML. */
#include <inttypes.h>
#include <string.h>

#include "layout-parse.h"
#include "text.h"
#include "utf8.h"

static void print_value(struct text *out, const char *key, const char *value)
{
	text_add(out, key);
	text_add(out, " = ");
	text_add(out, value);
	text_add_char(out, '\n');
}

static void print_string(struct text *out, const char *key, const char *s)
{
	_cleanup_(freep) char *quoted = s ? toml_quoted(s, strlen(s)) : NULL;

	if (s)
		print_value(out, key, quoted);
}

/* TOML takes no control characters in comments either. */
static void print_comment(struct text *out, const char *comment)
{
	if (!comment)
		return;
	text_add(out, "# ");
	utf8_add_printable(out, comment);
	text_add_char(out, '\n');
}

static void print_bool(struct text *out, const char *key, bool value)
{
	print_value(out, key, value ? "true" : "false");
}

static void print_uuid(struct text *out, const char *key, const uuid_t uuid)
{
	char s[UUID_STR_LEN];

	uuid_unparse_lower(uuid, s);
	print_string(out, key, s);
}

/* What is not declared is shown, but as a comment: a declared value would have to be matched. */
static void print_default(struct text *out, bool declared, const char *key, const char *value)
{
	text_add(out, declared ? "" : "# ");
	print_value(out, key, value);
}

static void print_strings(struct text *out, const char *key, char *const *strings, size_t n)
{
	if (!n)
		return;
	text_addf(out, "%s = [", key);
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *quoted = toml_quoted(strings[i], strlen(strings[i]));

		text_addf(out, "%s%s", i ? ", " : "", quoted);
	}
	text_add(out, "]\n");
}

/* A number as a number. */
static void print_owner(struct text *out, const char *key, const char *owner)
{
	uint64_t id;

	if (owner && owner_number(owner, &id))
		text_addf(out, "%s = %" PRIu64 "\n", key, id);
	else
		print_string(out, key, owner);
}

/* As few decimals as the share has. */
static void print_percent(struct text *out, double percent)
{
	const uint64_t one = PERCENT_ONE;
	uint64_t units = percent_units(percent), rest = units % one;

	text_addf(out, "size = \"%" PRIu64, units / one);
	for (uint64_t place = one / 10; rest; rest %= place, place /= 10)
		text_addf(out, "%s%" PRIu64, place == one / 10 ? "." : "", rest / place);
	text_add(out, "%\"\n");
}

static void print_size(struct text *out, const struct layout_size *size)
{
	switch (size->kind) {
	case SIZE_BYTES:
		text_addf(out, "size = \"%s\"\n", SIZE_EXACT(size->bytes));
		break;
	case SIZE_RAW:
		text_addf(out, "raw_size = \"%s\"\n", SIZE_EXACT(size->bytes));
		break;
	case SIZE_PERCENT:
		print_percent(out, size->percent);
		break;
	case SIZE_REST:
		text_add(out, "size = \"rest\"\n");
		break;
	case SIZE_SUM:
		break;
	}
}

/* A UUID that was derived is only made on memory that was zeroed: see design, UUIDs. */
static void print_filesystem_uuid(struct text *out, const struct layout_namespace *ns)
{
	const unsigned char *u = ns->fs.uuid;

	if (!ns->scrub && !ns->fs.uuid_declared)
		return;
	if (ns->fs.type == FS_VFAT)
		text_addf(out, "uuid = \"%02X%02X-%02X%02X\"\n", u[0], u[1], u[2], u[3]);
	else
		print_uuid(out, "uuid", u);
}

static void print_filesystem(struct text *out, const struct layout_namespace *ns, bool uuids)
{
	const struct layout_filesystem *fs = &ns->fs;

	text_addf(out, "\n[region.namespace.filesystem]\ntype = \"%s\"\n", fs_name(fs->type));
	print_string(out, "label", fs->label);
	if (uuids)
		print_filesystem_uuid(out, ns);
	print_strings(out, "options", fs->options, fs->n_options);
	print_string(out, "mount_point", fs->mount_point);
	print_strings(out, "mount_options", fs->mount_options, fs->n_mount_options);
}

/* @uuids: with those that were derived. */
static void print_namespace(struct text *out, const struct layout_namespace *ns, bool uuids)
{
	char value[SIZE_TEXT_MAX + 2];

	text_add(out, "\n[[region.namespace]]\n");
	print_comment(out, ns->comment);
	print_string(out, "name", ns->name);
	print_string(out, "mode", mode_name(ns->mode));
	print_size(out, &ns->size);
	if (ns->align) {
		snprintf(value, sizeof(value), "\"%s\"", SIZE_EXACT(ns->align));
		print_default(out, ns->align_declared, "align", value);
	}
	if (ns->map != MAP_NONE) {
		snprintf(value, sizeof(value), "\"%s\"", map_name(ns->map));
		print_default(out, ns->map_declared, "map", value);
	}
	if (ns->sector_size) {
		snprintf(value, sizeof(value), "%" PRIu32, ns->sector_size);
		print_default(out, ns->sector_size_declared, "sector_size", value);
	}
	if (uuids)
		print_uuid(out, "uuid", ns->uuid);
	print_string(out, "on_conflict", ns->on_conflict == CONFLICT_KEEP ? "keep" : "recreate");
	print_string(out, "survives", survives_name(ns->survives));
	print_bool(out, "scrub", ns->scrub);
	print_owner(out, "owner", ns->owner);
	print_owner(out, "group", ns->group);
	snprintf(value, sizeof(value), "\"%04o\"", (unsigned)ns->access);
	print_default(out, ns->access_declared, "access", value);
	print_bool(out, "required", ns->required);
	if (ns->fs.type != FS_NONE)
		print_filesystem(out, ns, uuids);
}

static void print_region(struct text *out, const struct layout_region *r)
{
	text_add(out, "\n[[region]]\n");
	print_comment(out, r->comment);
	print_string(out, "name", r->name);
	print_size(out, &r->size);
	if (r->node == NODE_EACH)
		print_string(out, "node", NODE_EACH_WORD);
	else if (r->node != NODE_ANY)
		text_addf(out, "node = %d\n", r->node);
	if (r->has_address)
		text_addf(out, "address = \"0x%" PRIx64 "\"\n", r->address);
	print_bool(out, "required", r->required);
	if (r->foreign)
		print_bool(out, "foreign", true);
	for (size_t i = 0; i < r->n_namespaces; i++)
		print_namespace(out, &r->namespaces[i], r->node != NODE_EACH);
}

void layout_print(const struct layout *layout, struct text *out)
{
	text_addf(out, "version = %d\n", LAYOUT_VERSION);
	print_uuid(out, "seed", layout->seed);
	if (layout->has_system_memory)
		text_addf(out, "system_memory = \"%s\"\n", SIZE_EXACT(layout->system_memory));
	text_addf(out, "boot_timeout = %u\n", layout->boot_timeout);
	for (size_t i = 0; i < layout->n_regions; i++)
		print_region(out, &layout->regions[i]);
}
