// SPDX-License-Identifier: GPL-2.0-or-later
/* Labels for what was found. */
#include <string.h>

#include "btt.h"
#include "mem.h"
#include "remains-parts.h"

static bool has_uuid(const struct look *l, const uuid_t uuid)
{
	for (size_t i = 0; i < l->n; i++)
		if (!uuid_compare(l->labels[i].uuid, uuid))
			return true;
	return false;
}

static bool has_label(const struct look *l, const uuid_t uuid, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->labels[i].name, name))
			return true;
	return has_uuid(l, uuid);
}

/* Whether there is room for @where, beside the labels that there are. */
static bool is_free(const struct look *l, struct range where)
{
	if (where.start > l->region->usable || where.size > l->region->usable - where.start)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (range_overlaps(l->labels[i].where, where))
			return false;
	return true;
}

uint64_t remains_offset(const struct look *l, const struct plan_namespace *p)
{
	return p->where.start - l->region->range.start;
}

/* Whose the info block at @spot is by its UUID; or NULL. */
static const struct layout_namespace *owner_of(const struct look *l, const struct spot *spot)
{
	const struct layout_region *region = l->planned->region;

	for (size_t i = 0; i < region->n_namespaces; i++)
		if (!uuid_compare(region->namespaces[i].uuid, spot->parent))
			return &region->namespaces[i];
	return NULL;
}

/* Derived UUIDs are of version 5: it was made for a name that is not in the region any more. */
static bool is_anothers(const struct spot *spot, const struct layout_namespace *owner)
{
	return !owner && uuid_type(spot->parent) == UUID_TYPE_DCE_SHA1;
}

/* Whether @spot, whose UUID says nothing, may be that of @p, in whose place it is: as it would be
 * made there, and labels that count no more do not name it otherwise. */
static bool may_be(const struct look *l, const struct spot *spot, const struct plan_namespace *p)
{
	for (size_t i = 0; i < l->region->n_traces; i++) {
		const struct seen_namespace *trace = &l->region->traces[i];

		if (!uuid_compare(trace->uuid, spot->parent) &&
		    strcmp(trace->name, p->ns->name) != 0)
			return false;
	}
	return spot->mode == p->ns->mode && spot->raw <= p->where.size &&
	       (spot->raw == p->where.size || spot->mode == MODE_SECTOR);
}

/* The label of what has its info block at @spot: @ns, as large as the block says. False if two are
 * that, or where another is. */
static bool add_found(struct look *l, const struct layout_namespace *ns, const struct spot *spot,
		      uint64_t planned)
{
	struct label label = {
		.name = ns->name, .mode = spot->mode, .where = {spot->offset, planned}};

	/* Of a BTT of several arenas only the first is known. */
	if (spot->mode != MODE_SECTOR || spot->raw < BTT_ARENA_MAX || spot->raw > planned)
		label.where.size = spot->raw;
	uuid_copy(label.uuid, uuid_is_null(spot->parent) ? ns->uuid : spot->parent);
	if (has_label(l, label.uuid, ns->name) || !is_free(l, label.where))
		return false;
	*MEM_APPEND(l->labels, l->n) = label;
	l->n_blocks++;
	return true;
}

/* The label of what the plan puts where there is no info block, unless it is elsewhere, or another
 * is there. */
static void add_planned(struct look *l, const struct plan_namespace *p)
{
	struct label label = {.name = p->ns->name,
			      .mode = p->ns->mode,
			      .where = {remains_offset(l, p), p->where.size}};

	uuid_copy(label.uuid, p->ns->uuid);
	if (p->where.size && !has_label(l, label.uuid, label.name) && is_free(l, label.where))
		*MEM_APPEND(l->labels, l->n) = label;
}

bool remains_has_spot(const struct plan_namespace *p)
{
	return p->where.size >= INFOBLOCK_AREA;
}

void remains_add_planned(struct look *l, const struct spot *spots)
{
	const struct plan_namespace *all = l->planned->namespaces;
	size_t n = l->planned->region->n_namespaces;

	for (int by_uuid = 1; by_uuid >= 0; by_uuid--)
		for (size_t i = 0, next = 0; i < n; i++) {
			const struct spot *spot = remains_has_spot(&all[i]) ? &spots[next++] : NULL;
			const struct layout_namespace *owner = NULL;

			if (!spot || !spot->found)
				continue;
			owner = owner_of(l, spot);
			if (!owner == !by_uuid &&
			    (is_anothers(spot, owner) || (!owner && !may_be(l, spot, &all[i])) ||
			     !add_found(l, owner ? owner : all[i].ns, spot, all[i].where.size)))
				l->elsewhere = true;
		}
	for (size_t i = 0; l->n_blocks && i < n; i++)
		add_planned(l, &all[i]);
}

void remains_add_other(struct look *l, const struct spot *spot)
{
	struct label label = {.name = "", .mode = spot->mode, .where = {spot->offset, spot->raw}};

	uuid_copy(label.uuid, spot->parent);
	/* Of the layout, whose place another has that bears no name. */
	l->elsewhere |= spot->result == 0 && owner_of(l, spot) && !has_uuid(l, spot->parent);
	if (spot->result < 0 || uuid_is_null(spot->parent) || has_uuid(l, label.uuid) ||
	    spot->raw > l->region->usable - spot->offset)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (!range_overlaps(l->labels[i].where, label.where))
			continue;
		l->elsewhere |= i >= l->n_blocks && *l->labels[i].name;
		return;
	}
	if (l->n < REGION_NAMESPACES_MAX)
		*MEM_APPEND(l->labels, l->n) = label;
}
