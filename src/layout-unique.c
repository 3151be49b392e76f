// SPDX-License-Identifier: GPL-2.0-or-later
/* What may occur only once in a file: names, UUIDs, mount points, addresses. */
#include <string.h>

#include "layout-parse.h"
#include "machine.h"
#include "mem.h"

/* Something that must be unique. */
struct claim {
	const char *text;     /* names and mount points */
	const void *bytes;    /* UUIDs */
	size_t n;             /* bytes of it that count */
	struct range range;   /* addresses */
	const struct toml *v; /* where it stands; NULL: derived */
	unsigned line;        /* of the object */
	size_t order;
};

struct claims {
	struct claim *items;
	size_t n;
};

static void claims_release(struct claims *c)
{
	free(c->items);
}

static void claim_add(struct claims *c, struct claim claim)
{
	claim.order = c->n;
	*MEM_APPEND(c->items, c->n) = claim;
}

typedef int claim_order(const void *, const void *);

static int by_order(const struct claim *a, const struct claim *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static int by_text(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int r = strcmp(x->text, y->text);

	return r ? r : by_order(x, y);
}

static int by_bytes(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int r = memcmp(x->bytes, y->bytes, x->n);

	return r ? r : by_order(x, y);
}

static int by_start(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->range.start != y->range.start)
		return x->range.start < y->range.start ? -1 : 1;
	return by_order(x, y);
}

static bool same(const struct claim *a, const struct claim *b)
{
	if (a->text)
		return !strcmp(a->text, b->text);
	if (a->bytes)
		return !memcmp(a->bytes, b->bytes, a->n);
	return range_overlaps(a->range, b->range);
}

/* One of the faults from @first on stands at the value @v. */
static bool is_told(const struct fault_list *faults, size_t first, const struct toml *v)
{
	for (size_t i = first; i < faults->n; i++)
		if (faults->items[i].line == v->value_line &&
		    faults->items[i].column == v->value_column)
			return true;
	return false;
}

/*
 * A fault for each claim that was made before, at the later value: one a value, however often
 * "count" repeats it. Derived UUIDs are the same only where names are, which is said there.
 */
static void claims_check(struct fault_list *faults, const struct layout_files *files,
			 struct claims *c, claim_order *order, const char *what)
{
	size_t first = 0, before = faults->n;

	if (c->n)
		qsort(c->items, c->n, sizeof(*c->items), order);
	for (size_t i = 1; i < c->n; i++) {
		const struct claim *a = &c->items[first], *b = &c->items[i];
		const struct claim *late = b->v ? b : a, *early = b->v ? a : b;

		if (!same(a, b)) {
			first = i;
			continue;
		}
		if (late->v && !is_told(faults, before, late->v)) {
			_cleanup_(freep) char *shown =
				late->text ? toml_quoted(late->text, strlen(late->text)) : NULL;
			_cleanup_(freep) char *line = line_shown(files, early->line);

			FAULT_VALUE(faults, late->v, "%s%s%s is already taken in %s", what,
				    shown ? " " : "", shown ? shown : "", line);
		}
		if (range_end(b->range) > range_end(a->range))
			first = i;
	}
}

/* The claims of all namespaces. */
struct namespace_claims {
	struct claims names, uuids, fs_uuids, volume_ids, mount_points;
};

static void namespace_claim(struct namespace_claims *c, const struct layout_namespace *ns,
			    const struct namespace_draft *d)
{
	const struct layout_filesystem *fs = &ns->fs;
	bool is_vfat = fs->type == FS_VFAT;

	claim_add(&c->names, (struct claim){
				     .text = ns->name,
				     .v = d->from.at[NS_NAME],
				     .line = ns->line,
			     });
	claim_add(&c->uuids, (struct claim){
				     .bytes = ns->uuid,
				     .n = sizeof(uuid_t),
				     .v = ns->uuid_declared ? d->from.at[NS_UUID] : NULL,
				     .line = ns->line,
			     });
	if (fs->type != FS_NONE)
		claim_add(is_vfat ? &c->volume_ids : &c->fs_uuids,
			  (struct claim){
				  .bytes = fs->uuid,
				  .n = is_vfat ? VOLUME_ID_BYTES : sizeof(uuid_t),
				  .v = fs->uuid_declared ? d->fs_from.at[FS_UUID] : NULL,
				  .line = fs->line,
			  });
	if (fs->mount_point)
		claim_add(&c->mount_points, (struct claim){
						    .text = fs->mount_point,
						    .v = d->fs_from.at[FS_MOUNT_POINT],
						    .line = fs->line,
					    });
}

static void namespace_claims_release(struct namespace_claims *c)
{
	claims_release(&c->names);
	claims_release(&c->uuids);
	claims_release(&c->fs_uuids);
	claims_release(&c->volume_ids);
	claims_release(&c->mount_points);
}

static void check_namespaces(struct fault_list *faults, const struct layout_draft *d)
{
	_cleanup_(namespace_claims_release) struct namespace_claims c = {0};

	for (size_t i = 0; i < d->n_regions; i++) {
		const struct region_draft *rd = d->regions[i];

		for (size_t k = 0; k < rd->region.n_namespaces; k++)
			namespace_claim(&c, &rd->region.namespaces[k], rd->drafted[k]);
	}
	claims_check(faults, d->files, &c.names, by_text, "name");
	claims_check(faults, d->files, &c.uuids, by_bytes, "this UUID");
	claims_check(faults, d->files, &c.fs_uuids, by_bytes, "this UUID");
	claims_check(faults, d->files, &c.volume_ids, by_bytes,
		     "this UUID (vfat: its first four bytes)");
	claims_check(faults, d->files, &c.mount_points, by_text, "mount point");
}

static void check_regions(struct fault_list *faults, const struct layout_draft *d)
{
	_cleanup_(claims_release) struct claims names = {0}, addresses = {0};

	for (size_t i = 0; i < d->n_regions; i++) {
		const struct region_draft *rd = d->regions[i];
		const struct layout_region *r = &rd->region;

		if (r->name)
			claim_add(&names, (struct claim){
						  .text = r->name,
						  .v = rd->from.at[REGION_NAME],
						  .line = r->line,
					  });
		if (r->has_address)
			claim_add(&addresses,
				  (struct claim){
					  .range = {r->address, r->size.bytes + LABEL_AREA_SIZE},
					  .v = rd->from.at[REGION_ADDRESS],
					  .line = r->line,
				  });
	}
	claims_check(faults, d->files, &names, by_text, "name");
	claims_check(faults, d->files, &addresses, by_start, "a part of this range of addresses");
}

void check_unique(struct fault_list *faults, const struct layout_draft *d)
{
	check_regions(faults, d);
	check_namespaces(faults, d);
}
