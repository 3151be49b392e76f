// SPDX-License-Identifier: GPL-2.0-or-later
#include "report-items.h"

#include <string.h>

#include "index.h"
#include "mem.h"

/* The steps of a plan by whom they concern: pointers, some of them NULL. */
struct steps {
	const struct plan *plan;
	struct index declared;
	struct index found;
};

static void steps_index(struct steps *steps, const struct plan *plan)
{
	steps->plan = plan;
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];

		index_add(&steps->declared, &step->ns, sizeof(step->ns));
		index_add(&steps->found, &step->seen, sizeof(step->seen));
	}
}

static void steps_release(struct steps *steps)
{
	index_release(&steps->declared);
	index_release(&steps->found);
}

static bool concerns(const struct step *step, const struct row_namespace *row)
{
	/* What is destroyed for a declared namespace has a row of its own. */
	return row->planned ? step->ns == row->planned->ns && step->kind != STEP_DESTROY
			    : step->seen && step->seen == row->seen;
}

/* The first that concerns what @row shows, or NULL. */
static const struct step *step_of(const struct steps *steps, const struct row_namespace *row)
{
	const struct index *index = row->planned ? &steps->declared : &steps->found;
	const void *key = row->planned ? (const void *)row->planned->ns : row->seen;
	const struct step *first = NULL;

	for (size_t i = index_first(index, &key, sizeof(key)); i != INDEX_NONE;
	     i = index_next(index, i))
		if (concerns(&steps->plan->steps[i], row))
			first = &steps->plan->steps[i];
	return first;
}

static const struct action action_leave = {' ', "leave", INK_DIM};

/* Whether less is there afterwards. */
static bool takes_away(enum step_kind kind)
{
	switch (kind) {
	case STEP_RESET:
	case STEP_DROP:
	case STEP_CLEAR:
	case STEP_DESTROY:
	case STEP_WIPE:
	case STEP_SCRUB:
		return true;
	case STEP_OVERRIDE:
	case STEP_RELEASE:
	case STEP_BIND:
	case STEP_LOOK:
	case STEP_REPAIR:
	case STEP_ENABLE:
	case STEP_CREATE:
	case STEP_FORMAT:
	case STEP_START:
		break;
	}
	return false;
}

struct action step_action(const struct step *step)
{
	if (step->kind == STEP_CREATE)
		return (struct action){'+', step_name(step->kind), INK_GREEN};
	if (takes_away(step->kind))
		return (struct action){'-', step_name(step->kind), INK_RED};
	return (struct action){'~', step_name(step->kind), INK_YELLOW};
}

static struct action action_of(const struct step *step, const struct row_namespace *row)
{
	if (step)
		return step_action(step);
	if (!row->planned)
		return action_leave;
	switch (row->planned->verdict) {
	case VERDICT_ADOPTED:
		return (struct action){'=', "keep", INK_PLAIN};
	case VERDICT_CONFLICT:
		return (struct action){'!', "conflict", INK_RED};
	case VERDICT_NO_ROOM:
	case VERDICT_BLOCKED:
	case VERDICT_ABSENT:
	case VERDICT_UNFINISHED:
		break;
	}
	return (struct action){'!', verdict_name(row->planned->verdict), INK_RED};
}

static void set_place(struct item *item)
{
	const struct row_namespace *row = item->row;
	struct shape shape = row->seen ? shape_found(row->seen) : shape_of(row->planned->ns);
	struct place place = row_place(row);

	item->parts = place.parts;
	item->drawn.where = place.where;
	item->drawn.anatomy = anatomy_of(&shape, place.where.size, &place.parts);
}

/* By address; those without a place last, as the layout has them. */
static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	bool placed_x = x->drawn.where.size, placed_y = y->drawn.where.size;

	if (placed_x != placed_y)
		return placed_x ? -1 : 1;
	if (placed_x && x->drawn.where.start != y->drawn.where.start)
		return x->drawn.where.start < y->drawn.where.start ? -1 : 1;
	/* What is destroyed comes before what takes its place. */
	if (x->action.sign != y->action.sign && (x->action.sign == '-' || y->action.sign == '-'))
		return x->action.sign == '-' ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

struct item *items_make(const struct plan *plan, const struct row_region *region, size_t *n_placed)
{
	struct item *items = mem_calloc(region->n_namespaces, sizeof(*items));
	_cleanup_(steps_release) struct steps steps = {0};
	size_t n_own = 0, n_others = 0;

	*n_placed = 0;
	steps_index(&steps, plan);
	for (size_t i = 0; i < region->n_namespaces; i++) {
		items[i].row = &region->namespaces[i];
		items[i].step = step_of(&steps, items[i].row);
		items[i].action = action_of(items[i].step, items[i].row);
		items[i].drawn.ink = items[i].action.ink;
		set_place(&items[i]);
		*n_placed += items[i].drawn.where.size > 0;
	}
	qsort(items, region->n_namespaces, sizeof(*items), compare_items);
	for (size_t i = 0; i < *n_placed; i++)
		items[i].drawn.sign = items[i].row->planned ? picture_sign(n_own++, false)
							    : picture_sign(n_others++, true);
	return items;
}
