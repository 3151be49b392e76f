// SPDX-License-Identifier: GPL-2.0-or-later
/* What must be true of one namespace: its names, its size, and which keys its mode has. */
#include <string.h>

#include "capacity.h"
#include "layout-parse.h"
#include "mem.h"
#include "text.h"

/* A namespace aligned to 1 GiB loses least when it starts as far below a boundary as page map and
 * info block need: what comes before its data is then what the smaller alignment takes. */
uint64_t draft_least_raw(const struct layout_namespace *ns)
{
	struct shape shape = shape_of(ns);
	uint64_t capacity = ns->size.bytes, raw = 0;

	if (shape.align > PLACE_ALIGN) {
		capacity = align_up(capacity, shape.align);
		shape.align = PLACE_ALIGN;
	}
	/* Cannot fail: no size is above SIZE_LIMIT. */
	capacity_raw(&shape, 0, capacity, &raw);
	return raw;
}

uint64_t draft_most_capacity(const struct layout_namespace *ns, uint64_t raw)
{
	struct shape shape = shape_of(ns);
	uint64_t unit = 1;
	struct parts parts;

	if (shape.align > PLACE_ALIGN) {
		unit = shape.align;
		shape.align = PLACE_ALIGN;
	}
	return capacity_parts(&shape, 0, raw, &parts) ? align_down(parts.capacity, unit) : 0;
}

void check_raw(struct fault_list *faults, const struct toml *v, const struct namespace_draft *d,
	       uint64_t raw)
{
	uint64_t min = d->ns.mode == MODE_RAW ? PAGE_BYTES : CLAIMED_RAW_MIN;
	uint64_t capacity = draft_most_capacity(&d->ns, raw);

	if (!is_shaped(d))
		return;
	if (raw < min)
		FAULT_VALUE(faults, v, "%s is too little: mode %s takes at least %s of the region",
			    SIZE_EXACT(raw), mode_name(d->ns.mode), SIZE_EXACT(min));
	else if (capacity == 0)
		FAULT_VALUE(faults, v, "%s of the region leave nothing when aligned to %s",
			    SIZE_EXACT(raw), SIZE_EXACT(d->ns.align));
	else
		check_filesystem_fits(faults, v, d, capacity);
}

/* False after adding a fault. */
static bool check_multiple(struct fault_list *faults, const struct toml *v,
			   const struct namespace_draft *d)
{
	struct shape shape = shape_of(&d->ns);
	uint64_t unit = capacity_unit(&shape), bytes = d->ns.size.bytes;
	uint64_t below = align_down(bytes, unit);

	if (below == bytes)
		return true;
	FAULT_VALUE(faults, v, "\"%s\" in mode %s must be a multiple of %s: %s%s%s, not %s", v->key,
		    mode_name(d->ns.mode), SIZE_EXACT(unit), below ? SIZE_EXACT(below) : "",
		    below ? " or " : "", SIZE_EXACT(below + unit), SIZE_EXACT(bytes));
	return false;
}

static void check_size(struct fault_list *faults, const struct namespace_draft *d)
{
	const struct toml *size = d->from.at[NS_SIZE], *raw_size = d->from.at[NS_RAW_SIZE];
	bool clear = is_clear(&d->from, NS_SIZE) && is_clear(&d->from, NS_RAW_SIZE);
	uint64_t least;

	if (!clear)
		return;
	if (size && raw_size)
		FAULT_KEY(faults, raw_size, "\"raw_size\" and \"size\" exclude each other");
	else if (!size && !raw_size)
		FAULT_VALUE(faults, d->from.table, "%s has neither \"size\" nor \"raw_size\"",
			    namespace_table.title);
	else if (raw_size && is_shaped(d)) {
		if (check_multiple(faults, raw_size, d))
			check_raw(faults, raw_size, d, d->ns.size.bytes);
	} else if (size && d->ns.size.kind == SIZE_BYTES && is_shaped(d)) {
		if (d->ns.mode == MODE_RAW && !check_multiple(faults, size, d))
			return;
		/* What 16 MiB offer beyond a smaller promise is there all the same. */
		least = draft_least_raw(&d->ns) > CLAIMED_RAW_MIN
				? 0
				: draft_most_capacity(&d->ns, draft_least_raw(&d->ns));
		check_filesystem_fits(faults, size, d,
				      least > d->ns.size.bytes ? least : d->ns.size.bytes);
	}
}

/* The fault of the longest of a draft's names. */
static void check_name(struct fault_list *faults, const struct namespace_draft *d)
{
	const struct toml *v = d->from.at[NS_NAME];
	_cleanup_(freep) char *name = NULL, *shown = NULL;
	const char *fault;

	if (!v || !is_clear(&d->from, NS_COUNT))
		return;
	name = name_numbered(d->ns.name, draft_last_number(d), d->suffix);
	fault = name_fault(name);
	if (!fault)
		return;
	shown = toml_quoted(name, strlen(name));
	FAULT_VALUE(faults, v, "name %s %s", shown, fault);
}

static void check_count(struct fault_list *faults, const struct namespace_draft *d)
{
	const struct toml *uuid = d->from.at[NS_UUID], *size = d->from.at[NS_SIZE];
	const struct toml *fs_uuid = d->fs_from.at[FS_UUID];

	if (!d->count)
		return;
	if (uuid)
		FAULT_KEY(faults, uuid, "\"uuid\" and \"count\" exclude each other");
	if (fs_uuid)
		FAULT_KEY(faults, fs_uuid,
			  "a file system's \"uuid\" and \"count\" exclude each other");
	if (size && d->ns.size.kind == SIZE_REST)
		FAULT_VALUE(faults, size, "size \"rest\" and \"count\" exclude each other");
}

/* "fsdax, sector or raw" */
static void modes_add(struct text *t, unsigned modes)
{
	for (unsigned mode = MODE_FSDAX; mode <= MODE_RAW; mode++) {
		unsigned later = modes >> (mode + 1);

		if (modes & IN_MODE(mode))
			text_addf(t, "%s%s", mode_name((enum ns_mode)mode),
				  !later                   ? ""
				  : is_power_of_two(later) ? " and "
							   : ", ");
	}
}

static void check_modes(struct fault_list *faults, const struct namespace_draft *d)
{
	for (unsigned k = 0; is_clear(&d->from, NS_MODE) && k < namespace_table.n; k++) {
		const struct key *key = &namespace_table.keys[k];
		_cleanup_(text_release) struct text modes = {0};

		if (!is_own(&d->from, k) || key->modes & IN_MODE(d->ns.mode))
			continue;
		if (k == NS_FILESYSTEM && d->ns.fs.type == FS_NONE)
			continue;
		modes_add(&modes, key->modes);
		FAULT_KEY(faults, d->from.at[k], "\"%s\" is for mode %s, not %s", key->name,
			  text_str(&modes), mode_name(d->ns.mode));
	}
}

char *line_shown(const struct layout_files *files, unsigned line)
{
	return files->n > 1 ? mem_printf("%s:%u", LAYOUT_AT(files, line))
			    : mem_printf("line %u", line);
}

void check_namespace(struct fault_list *faults, const struct namespace_draft *d)
{
	check_name(faults, d);
	check_modes(faults, d);
	check_size(faults, d);
	check_count(faults, d);
	check_filesystem(faults, d);
}
