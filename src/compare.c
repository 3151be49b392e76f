// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare.h"

#include <string.h>
#include <strings.h>

#include "btt.h"

/* How far the raw size of a share may lie from what it would be made with now: the shares round
 * down to 2 MiB one by one, and each may have lost that much. */
#define SHARE_TOLERANCE (2 * PLACE_ALIGN)

static void differ(struct text *differences, const char *format, ...) _printf_(2, 3);
static void differ(struct text *differences, const char *format, ...)
{
	va_list args;

	if (differences->len)
		text_add(differences, "; ");
	va_start(args, format);
	text_vaddf(differences, format, args);
	va_end(args);
}

/* One that bears the declared uuid is it, whatever its name; one that bears the name must bear the
 * declared uuid, too. */
static void compare_identity(const struct layout_namespace *ns, const struct seen_namespace *seen,
			     struct text *differences)
{
	char uuid[UUID_STR_LEN];

	if (!ns->uuid_declared || (seen->has_uuid && !uuid_compare(ns->uuid, seen->uuid)))
		return;
	uuid_unparse_lower(seen->uuid, uuid);
	differ(differences, "its uuid is %s", seen->has_uuid ? uuid : "missing");
}

static void compare_geometry(const struct layout_namespace *ns, const struct seen_namespace *seen,
			     struct text *differences)
{
	if (ns->align_declared && ns->align != seen->align)
		differ(differences, "align is %s, not %s", SIZE_EXACT(seen->align),
		       SIZE_EXACT(ns->align));
	if (ns->map_declared && ns->map != seen->map)
		differ(differences, "map is \"%s\", not \"%s\"", map_name(seen->map),
		       map_name(ns->map));
	if (ns->sector_size_declared && ns->sector_size != seen->sector_size)
		differ(differences, "sector_size is %u, not %u", seen->sector_size,
		       ns->sector_size);
}

/* What was not declared may be what it is. */
struct shape shape_found(const struct seen_namespace *seen)
{
	return (struct shape){
		.mode = seen->mode,
		.align = seen->align,
		.map = seen->map,
		.sector_size = seen->sector_size,
	};
}

static void compare_size(const struct layout_namespace *ns, const struct seen_namespace *seen,
			 const struct place_request *wanted, struct text *differences)
{
	struct shape shape = shape_found(seen);
	uint64_t raw;

	switch (ns->size.kind) {
	case SIZE_BYTES:
		if (!capacity_satisfies(&shape, ns->size.bytes, seen->capacity))
			differ(differences, "its device offers %s, not %s",
			       SIZE_EXACT(seen->capacity), SIZE_EXACT(ns->size.bytes));
		break;
	case SIZE_RAW:
		if (seen->raw != ns->size.bytes)
			differ(differences, "raw_size is %s, not %s", SIZE_EXACT(seen->raw),
			       SIZE_EXACT(ns->size.bytes));
		break;
	case SIZE_PERCENT:
	case SIZE_REST:
		raw = wanted->kind == PLACE_RAW ? wanted->bytes : wanted->where.size;
		if (seen->raw + SHARE_TOLERANCE <= raw || raw + SHARE_TOLERANCE <= seen->raw)
			differ(differences, "raw size is %s, not %s", SIZE_EXACT(seen->raw),
			       SIZE_EXACT(raw));
		break;
	case SIZE_SUM: /* no namespace has it */
		break;
	}
}

/* The sectors of a BTT are as many as its info block says (btt.c, discover_arenas), even more than
 * there are. */
static void compare_btt(const struct seen_namespace *seen, struct text *differences)
{
	uint64_t held = btt_capacity(seen->raw, seen->sector_size);

	if (seen->mode == MODE_SECTOR && seen->capacity > held)
		differ(differences, "its device offers %s, of which it has %s",
		       SIZE_EXACT(seen->capacity), SIZE_EXACT(held));
}

void compare_namespace(const struct layout_namespace *ns, const struct seen_namespace *seen,
		       const struct place_request *wanted, struct text *differences)
{
	compare_identity(ns, seen, differences);
	if (ns->mode != seen->mode) {
		differ(differences, "mode is %s, not %s", mode_name(seen->mode),
		       mode_name(ns->mode));
		return;
	}
	compare_geometry(ns, seen, differences);
	compare_size(ns, seen, wanted, differences);
	compare_btt(seen, differences);
}

/* As libblkid writes the UUID of a file system that bears @fs's. */
static void filesystem_uuid_text(const struct layout_filesystem *fs, char uuid[UUID_STR_LEN])
{
	if (fs->type == FS_VFAT)
		snprintf(uuid, UUID_STR_LEN, "%02X%02X-%02X%02X", fs->uuid[0], fs->uuid[1],
			 fs->uuid[2], fs->uuid[3]);
	else
		uuid_unparse_lower(fs->uuid, uuid);
}

static bool bears_uuid(const struct layout_filesystem *fs, const struct seen_filesystem *seen)
{
	char uuid[UUID_STR_LEN];

	filesystem_uuid_text(fs, uuid);
	return seen->uuid && !strcasecmp(seen->uuid, uuid);
}

enum fs_verdict compare_filesystem(const struct layout_namespace *ns,
				   const struct seen_namespace *seen, struct text *differences)
{
	const struct layout_filesystem *fs = &ns->fs;
	const struct seen_filesystem *found = &seen->fs;

	if (fs->type == FS_NONE || found->state == SEEN_NOT_LOOKED)
		return FS_KEEP;
	if (found->state == SEEN_NONE) {
		differ(differences, "there is no file system, not %s", fs_name(fs->type));
		return FS_DIFFERS;
	}
	if (found->state == SEEN_DAMAGED || !found->type) {
		differ(differences, "its file system is damaged or ambivalent");
		return FS_DIFFERS;
	}
	if (fs_from_name(found->type) != fs->type) {
		differ(differences, "its contents are %s, not %s", found->type, fs_name(fs->type));
		return FS_DIFFERS;
	}
	if (found->state == SEEN_INCOMPLETE) {
		if (bears_uuid(fs, found))
			return FS_UNFINISHED;
		differ(differences, "its %s was never finished", found->type);
		return FS_DIFFERS;
	}
	if (fs->uuid_declared && !bears_uuid(fs, found)) {
		differ(differences, "its file system's uuid is %s",
		       found->uuid ? found->uuid : "missing");
		return FS_DIFFERS;
	}
	return FS_KEEP;
}
