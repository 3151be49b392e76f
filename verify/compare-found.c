// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a namespace must have in common with its declaration. Only what is declared counts: UUIDs
 * that the layout merely derives may be those of an older version, or random on memory that was
 * not zeroed.
 */
#include <string.h>
#include <strings.h>

#include "judge.h"
#include "text.h"

/* Raw sizes are multiples of this, except in raw mode. */
#define RAW_UNIT (2 * MIB)
/* No fsdax, devdax or sector namespace is smaller; what is declared smaller is made this large. */
#define RAW_MIN (16 * MIB)
/* How far a share may be off: shares round down one by one. */
#define SHARE_TOLERANCE (2 * RAW_UNIT)

void differ(struct text *differences, const char *format, ...)
{
	va_list args;

	if (differences->len)
		text_add(differences, "; ");
	va_start(args, format);
	text_vaddf(differences, format, args);
	va_end(args);
}

/* One that bears the declared uuid is it, whatever its name. */
static void compare_identity(const struct layout_namespace *ns, const struct found_namespace *found,
			     struct text *differences)
{
	char uuid[UUID_STR_LEN];

	if (!ns->uuid_declared || (found->has_uuid && !uuid_compare(ns->uuid, found->uuid)))
		return;
	uuid_unparse_lower(found->uuid, uuid);
	differ(differences, "its uuid is %s", found->has_uuid ? uuid : "missing");
}

static const char *map_word(enum ns_map map)
{
	return map == MAP_NONE ? "none" : map_name(map);
}

static void compare_geometry(const struct layout_namespace *ns, const struct found_namespace *found,
			     struct text *differences)
{
	if (ns->align_declared && ns->align != found->align)
		differ(differences, "align is %s, not %s", SIZE_EXACT(found->align),
		       SIZE_EXACT(ns->align));
	if (ns->map_declared && ns->map != found->map)
		differ(differences, "map is %s, not %s", map_word(found->map), map_word(ns->map));
	if (ns->sector_size_declared && ns->sector_size != found->sector_size)
		differ(differences, "sector_size is %u, not %u", found->sector_size,
		       ns->sector_size);
}

/* More than was declared, by rounding to the alignment and of the overhead. */
static bool is_surplus_fair(const struct found_namespace *found, uint64_t declared)
{
	uint64_t surplus = found->capacity - declared;
	uint64_t align = found->align > RAW_UNIT ? found->align : RAW_UNIT;

	if (found->mode == MODE_RAW)
		return surplus < 4 * 4 * KIB;
	return surplus < align + 2 * RAW_UNIT || found->capacity < RAW_MIN + 2 * RAW_UNIT;
}

static void compare_share(uint64_t raw, uint64_t wanted, struct text *differences)
{
	if (raw + SHARE_TOLERANCE <= wanted || wanted + SHARE_TOLERANCE <= raw)
		differ(differences, "raw size is %s, not about %s", SIZE_EXACT(raw),
		       SIZE_EXACT(wanted));
}

static void compare_size(const struct layout_namespace *ns, const struct found_namespace *found,
			 const struct layout_region *declared, const struct found_region *region,
			 uint64_t others, struct text *differences)
{
	uint64_t whole = declared->size.kind == SIZE_BYTES
				 ? align_up(declared->size.bytes, RAW_UNIT)
				 : region->usable;
	uint64_t left = others < whole ? whole - others : 0;

	switch (ns->size.kind) {
	case SIZE_BYTES:
		if (found->capacity < ns->size.bytes || !is_surplus_fair(found, ns->size.bytes))
			differ(differences, "its device offers %s, not %s",
			       SIZE_EXACT(found->capacity), SIZE_EXACT(ns->size.bytes));
		break;
	case SIZE_RAW:
		if (found->raw != ns->size.bytes)
			differ(differences, "raw_size is %s, not %s", SIZE_EXACT(found->raw),
			       SIZE_EXACT(ns->size.bytes));
		break;
	case SIZE_PERCENT:
		compare_share(found->raw, layout_share(whole, ns->size.percent), differences);
		break;
	case SIZE_REST:
		/* Less than the rest may be all there was in one piece. */
		if (found->raw >= left + SHARE_TOLERANCE)
			differ(differences, "raw size is %s, and the others leave %s",
			       SIZE_EXACT(found->raw), SIZE_EXACT(left));
		break;
	case SIZE_SUM: /* no namespace has it */
		break;
	}
}

/* As libblkid writes it: of vfat a serial number. */
static bool is_declared_uuid(const struct layout_filesystem *fs, const char *found)
{
	char uuid[UUID_STR_LEN];

	if (fs->type == FS_VFAT)
		snprintf(uuid, sizeof(uuid), "%02X%02X-%02X%02X", fs->uuid[0], fs->uuid[1],
			 fs->uuid[2], fs->uuid[3]);
	else
		uuid_unparse_lower(fs->uuid, uuid);
	return found && !strcasecmp(found, uuid);
}

static void compare_filesystem(const struct layout_filesystem *fs,
			       const struct found_filesystem *found, struct text *differences)
{
	const char *wanted = fs_name(fs->type);

	if (fs->type == FS_NONE)
		return;
	switch (found->state) {
	case FOUND_NOT_LOOKED:
		differ(differences, "its %s cannot be looked for", wanted);
		return;
	case FOUND_NOTHING:
		differ(differences, "there is no file system, not %s", wanted);
		return;
	case FOUND_UNCLEAR:
		differ(differences, "its file system is damaged or ambivalent, not %s", wanted);
		return;
	case FOUND_ONE:
		break;
	}
	if (strcmp(found->type, wanted) != 0)
		differ(differences, "its contents are %s, not %s", found->type, wanted);
	else if (fs->uuid_declared && !is_declared_uuid(fs, found->uuid))
		differ(differences, "its file system's uuid is %s",
		       found->uuid ? found->uuid : "missing");
}

void compare_found(const struct layout_namespace *ns, const struct found_namespace *found,
		   const struct layout_region *declared, const struct found_region *region,
		   uint64_t others, struct text *differences)
{
	compare_identity(ns, found, differences);
	if (!found->enabled) {
		differ(differences, "it is not enabled");
		return;
	}
	if (!found->has_mode || ns->mode != found->mode) {
		differ(differences, "mode is %s, not %s",
		       found->has_mode ? mode_name(found->mode) : "unknown", mode_name(ns->mode));
		return;
	}
	if (!found->device)
		differ(differences, "it has no device");
	if (found->system_ram)
		differ(differences, "the system uses it as memory");
	compare_geometry(ns, found, differences);
	compare_size(ns, found, declared, region, others, differences);
	compare_filesystem(&ns->fs, &found->fs, differences);
}
