// SPDX-License-Identifier: GPL-2.0-or-later
#include "export.h"

#include <inttypes.h>
#include <string.h>

#include "capacity.h"
#include "carveout.h"
#include "derive.h"
#include "layout-parse.h"
#include "mem.h"
#include "text.h"
#include "utf8.h"

static void comment(char **to, const char *format, ...) _printf_(2, 3);
static void comment(char **to, const char *format, ...)
{
	struct text text = {0};
	va_list args;

	if (*to)
		text_addf(&text, "%s; ", *to);
	va_start(args, format);
	text_vaddf(&text, format, args);
	va_end(args);
	free(*to);
	*to = text_take(&text);
}

static bool is_taken(const struct layout *layout, const char *name)
{
	for (size_t r = 0; r < layout->n_regions; r++)
		for (size_t i = 0; i < layout->regions[r].n_namespaces; i++) {
			const char *other = layout->regions[r].namespaces[i].name;

			if (other && !strcmp(other, name))
				return true;
		}
	return false;
}

/* @name with what no name may hold replaced, cut at @max bytes between characters. */
static char *cleaned(const char *name, size_t max)
{
	struct text text = {0};

	for (const char *s = name; *s;) {
		size_t n = utf8_length(s);
		bool bad = n == 0 || (unsigned char)*s < 0x20 || *s == 0x7f || *s == '/' ||
			   (n == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0);

		if (text.len + (bad ? 1 : n) > max)
			break;
		if (bad)
			text_add_char(&text, '_');
		else
			text_add_bytes(&text, s, n);
		s += n ? n : 1;
	}
	return text_take(&text);
}

/* A name for @seen that no other has. */
static char *name_of(const struct layout *layout, const struct seen_namespace *seen)
{
	const char *from = *seen->name ? seen->name : seen->device;
	char *name = cleaned(from, NAME_BYTES_MAX);

	for (unsigned i = 2; name_fault(name) || is_taken(layout, name); i++) {
		_cleanup_(freep) char *base = cleaned(from, NAME_BYTES_MAX - 12);

		free(name);
		name = mem_printf("%s%s-%u", name_fault(base) ? "ns" : "",
				  name_fault(base) ? "" : base, i);
	}
	return name;
}

static void add_filesystem(const uuid_t seed, struct layout_namespace *ns,
			   const struct seen_filesystem *seen)
{
	struct layout_filesystem *fs = &ns->fs;
	unsigned a = 0, b = 0;

	if (!seen->type)
		return;
	fs->type = ns->mode == MODE_DEVDAX ? FS_NONE : fs_from_name(seen->type);
	if (fs->type == FS_NONE || ns->size.bytes < fs_size_min(fs->type)) {
		fs->type = FS_NONE;
		comment(&ns->comment, "it holds %s", seen->type);
		return;
	}
	if (seen->state != SEEN_COMPLETE)
		comment(&ns->comment, "its %s is not complete", seen->type);
	if (seen->label && *seen->label)
		fs->label = mem_strdup(seen->label);
	derive_filesystem_uuid(seed, ns->name, fs->uuid);
	if (!seen->uuid)
		return;
	if (fs->type != FS_VFAT) {
		fs->uuid_declared = uuid_parse(seen->uuid, fs->uuid) == 0;
	} else if (sscanf(seen->uuid, "%4x-%4x", &a, &b) == 2) {
		fs->uuid_declared = true;
		fs->uuid[0] = (unsigned char)(a >> 8);
		fs->uuid[1] = (unsigned char)a;
		fs->uuid[2] = (unsigned char)(b >> 8);
		fs->uuid[3] = (unsigned char)b;
	}
}

/* What it takes, where another place would not change what it then offers; else what it offers. */
static void add_size(struct layout_namespace *ns, const struct seen_namespace *seen)
{
	struct shape shape = shape_of(ns);
	bool movable = seen->raw % capacity_unit(&shape) == 0 && ns->align <= PLACE_ALIGN;

	if (movable || !seen->capacity)
		ns->size = (struct layout_size){.kind = SIZE_RAW, .bytes = seen->raw};
	else
		ns->size = (struct layout_size){.kind = SIZE_BYTES, .bytes = seen->capacity};
}

static void add_shape(struct layout_namespace *ns, const struct seen_namespace *seen)
{
	bool pages = seen->mode == MODE_FSDAX || seen->mode == MODE_DEVDAX;

	ns->mode = seen->mode;
	ns->align = pages ? seen->align : 0;
	ns->align_declared = ns->align;
	ns->map = pages ? seen->map : MAP_NONE;
	ns->map_declared = ns->map != MAP_NONE;
	ns->sector_size = seen->mode == MODE_SECTOR ? seen->sector_size : 0;
	ns->sector_size_declared = ns->sector_size;
}

static void add_namespace(struct layout *layout, struct layout_region *region,
			  const struct seen_namespace *seen)
{
	char *name = name_of(layout, seen);
	struct layout_namespace *ns = MEM_APPEND(region->namespaces, region->n_namespaces);

	ns->name = name;
	ns->scrub = true;
	ns->access = 0600;
	add_shape(ns, seen);
	add_size(ns, seen);
	uuid_copy(ns->uuid, seen->uuid);
	ns->uuid_declared = seen->has_uuid;
	if (!seen->has_uuid)
		derive_namespace_uuid(layout->seed, name, ns->uuid);
	if (strcmp(name, seen->name) != 0)
		comment(&ns->comment, "its name is \"%s\"", seen->name);
	if (!seen->enabled)
		comment(&ns->comment, "it is not enabled, so its shape is not known");
	else
		add_filesystem(layout->seed, ns, &seen->fs);
}

/* All of the region that namespaces can have, if the layout can say so. */
static void add_region_size(struct layout_region *region, const struct seen_region *seen)
{
	uint64_t whole = align_down(seen->usable, PLACE_ALIGN), raw = 0;

	for (size_t i = 0; i < seen->n_namespaces; i++)
		raw += seen->namespaces[i].raw;
	if (raw > whole && region->n_namespaces)
		region->size.kind = SIZE_SUM;
	else
		region->size = (struct layout_size){.kind = SIZE_BYTES, .bytes = whole};
}

static void add_region(struct layout *layout, const struct machine *m,
		       const struct seen_carveout *carveout)
{
	const struct seen_region *seen = machine_region_of(m, carveout);
	struct layout_region *region = MEM_APPEND(layout->regions, layout->n_regions);

	region->name = seen ? mem_strdup(seen->name)
			    : mem_printf("carveout-%" PRIx64, carveout->range.start);
	region->node = -1;
	region->has_address = true;
	region->address = carveout->range.start;
	region->size.kind = SIZE_SUM;
	if (!seen || !seen->enabled) {
		region->foreign = true;
		comment(&region->comment, seen ? "the kernel refuses its labels"
					       : "ramdax does not hold it, so what is in it is not "
						 "known");
		return;
	}
	for (size_t i = 0; i < seen->n_namespaces; i++) {
		const struct seen_namespace *ns = &seen->namespaces[i];

		if (ns->fault)
			comment(&region->comment, "%s is left out: %s", ns->device, ns->fault);
		else if (namespace_is_scaffold(ns))
			comment(&region->comment, "an unfinished namespace is left out");
		else
			add_namespace(layout, region, ns);
	}
	add_region_size(region, seen);
}

struct layout *export_layout(const struct machine *machine)
{
	struct layout *layout = MEM_NEW(struct layout);

	layout_files_add(&layout->files, "", "", 0);
	layout->boot_timeout = BOOT_TIMEOUT_DEFAULT;
	uuid_parse(DERIVE_DEFAULT_SEED, layout->seed);
	for (size_t i = 0; i < machine->n_carveouts; i++)
		add_region(layout, machine, &machine->carveouts[i]);
	return layout;
}
