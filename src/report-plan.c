// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mem.h"
#include "report-items.h"

#define INDENT 2

static void add_size(struct table *t, uint64_t bytes)
{
	table_add(t, INK_PLAIN, bytes ? SIZE_HUMAN(bytes) : NULL);
}

/* What the device offers or will; of one without a place, what is wanted. */
static uint64_t shown_size(const struct item *item)
{
	const struct row_namespace *row = item->row;

	if (item->parts.capacity)
		return item->parts.capacity;
	if (row->seen)
		return row->seen->capacity;
	return row->planned->ns->size.kind == SIZE_BYTES ? row->planned->ns->size.bytes : 0;
}

static const char *shown_filesystem(const struct row_namespace *row)
{
	const struct layout_namespace *ns = row->planned ? row->planned->ns : NULL;

	if (row->seen && row->planned && row->planned->verdict == VERDICT_UNFINISHED)
		return ns->fs.type != FS_NONE ? fs_name(ns->fs.type) : NULL;
	if (row->seen)
		return row->seen->fs.type;
	return ns->fs.type != FS_NONE ? fs_name(ns->fs.type) : NULL;
}

static const char *shown_reason(const struct item *item)
{
	const struct row_namespace *row = item->row;

	if (row->planned && row->planned->reason)
		return row->planned->reason;
	return item->step ? item->step->reason : row->reason;
}

static void add_row(struct table *t, const struct item *item)
{
	const struct row_namespace *row = item->row;
	struct shape shape = row->seen ? shape_found(row->seen) : shape_of(row->planned->ns);
	const enum ink ink = item->action.ink;

	table_add(t, ink, item->action.sign == ' ' ? NULL : (char[]){item->action.sign, '\0'});
	table_add(t, ink, item->drawn.where.size ? (char[]){item->drawn.sign, '\0'} : NULL);
	table_add(t, ink, item->action.word);
	table_add(t, ink == INK_PLAIN ? INK_BOLD : ink, *row->name ? row->name : "-");
	table_add(t, INK_PLAIN, mode_name(shape.mode));
	add_size(t, shown_size(item));
	add_size(t, item->drawn.where.size);
	add_size(t, anatomy_lost(&item->drawn.anatomy));
	table_add(t, INK_PLAIN, map_name(shape.map));
	add_size(t, shape.mode == MODE_SECTOR ? shape.sector_size : shape.align);
	table_add(t, INK_PLAIN, shown_filesystem(row));
	table_add(t, INK_PLAIN, shown_reason(item));
}

static void add_table(struct text *out, const struct paper *paper, const struct item *items,
		      size_t n)
{
	static const struct table_column columns[] = {
		{"", false},     {"", false},     {"ACTION", false}, {"NAME", false},
		{"MODE", false}, {"SIZE", true},  {"RAW", true},     {"LOST", true},
		{"MAP", false},  {"ALIGN", true}, {"FS", false},     {"WHY", false},
	};
	struct table table;

	table_init(&table, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < n; i++)
		add_row(&table, &items[i]);
	table_print(&table, paper, 0, out);
	table_release(&table);
}

static void add_picture(struct text *out, const struct paper *paper,
			const struct row_region *region, const struct item *items, size_t n_placed)
{
	_cleanup_(freep) struct picture_namespace *drawn = mem_calloc(n_placed, sizeof(*drawn));

	for (size_t i = 0; i < n_placed; i++)
		drawn[i] = items[i].drawn;
	picture_add(out, paper, INDENT, region->range, row_usable(region), drawn, n_placed);
}

static const char *region_word(const struct row_region *region)
{
	const struct plan_region *p = region->planned;

	if (!p)
		return "not in the layout, left alone";
	switch (p->state) {
	case REGION_ABSENT:
		return "absent";
	case REGION_REFUSED:
		return "refused";
	case REGION_UNBOUND:
		return "to be bound";
	case REGION_READY:
		return p->region->foreign ? "somebody else's, left alone" : "ready";
	case REGION_DOWN:
		return "down";
	case REGION_LOST:
		return "without labels";
	}
	return "";
}

static void add_heading(struct text *out, const struct paper *paper,
			const struct row_region *region)
{
	_cleanup_(text_release) struct text name = {0}, rest = {0};
	bool well =
		!region->reason || (region->planned && region->planned->state == REGION_UNBOUND);
	size_t at;

	if (region->name)
		text_addf(&name, "region \"%s\"", region->name);
	else
		text_add(&name, "carveout");
	at = text_columns(text_str(&name));
	ink_add(out, paper, INK_BOLD, text_str(&name));
	text_add(&rest, ": ");
	if (region->range.size)
		text_addf(&rest, "%s%s at 0x%llx, ", SIZE_HUMAN(region->range.size),
			  region->name ? " carveout" : "", (unsigned long long)region->range.start);
	if (region->node >= 0)
		text_addf(&rest, "node %d, ", region->node);
	rest.len -= strlen(", ");
	rest.s[rest.len] = '\0';
	text_addf(&rest, ": %s", region_word(region));
	if (!well)
		text_addf(&rest, ": %s", region->reason);
	paragraph_add(out, paper, at, INDENT, INK_PLAIN, text_str(&rest));
}

/* Of a region whose contents are known, or will be; a carveout that is refused is a closed box. */
static bool has_picture(const struct row_region *region)
{
	if (!region->range.size)
		return false;
	if (!region->planned || region->planned->region->foreign)
		return region->seen && region->seen->enabled;
	return region->planned->state == REGION_READY || region->planned->state == REGION_UNBOUND;
}

static void add_region(struct text *out, const struct paper *paper, const struct plan *plan,
		       const struct row_region *region)
{
	size_t n_placed;
	_cleanup_(freep) struct item *items = items_make(plan, region, &n_placed);

	add_heading(out, paper, region);
	if (region->planned && region->n_namespaces &&
	    (region->planned->state == REGION_UNBOUND || region->planned->unproven))
		text_add(out, "if the RAM is empty, then:\n");
	if (has_picture(region))
		add_picture(out, paper, region, items, n_placed);
	add_table(out, paper, items, region->n_namespaces);
	text_add_char(out, '\n');
}

static void add_device_steps(struct text *out, const struct paper *paper, const struct plan *plan)
{
	bool any = false;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];
		_cleanup_(text_release) struct text line = {0};
		struct action action = step_action(step);

		if (step->ns || step->seen || !step->device)
			continue;
		any = true;
		text_addf(&line, " %s %s \"%s\": %s", step_name(step->kind),
			  step->planned ? "region" : "device",
			  step->planned ? step->region->name : step->device->name, step->reason);
		ink_add(out, paper, action.ink, (char[]){action.sign, '\0'});
		paragraph_add(out, paper, 1, INDENT, INK_PLAIN, text_str(&line));
	}
	if (any)
		text_add_char(out, '\n');
}

static void add_problems(struct text *out, const struct paper *paper, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_problems; i++) {
		const struct problem *p = &plan->problems[i];
		_cleanup_(text_release) struct text line = {0};

		text_addf(&line, " %s", p->text);
		if (p->required)
			text_add(&line, "; it is required");
		if (p->line)
			text_addf(&line, " (%s:%u)", LAYOUT_AT(&plan->layout->files, p->line));
		ink_add(out, paper, INK_RED, "!");
		paragraph_add(out, paper, 1, INDENT, INK_PLAIN, text_str(&line));
		text_add(out, "  > ");
		paragraph_add(out, paper, 4, 4, INK_PLAIN, p->next);
	}
	if (plan->n_problems)
		text_add_char(out, '\n');
}

/* "bind 1 device, create 3 namespaces": each kind of step where its first is. */
static void add_counts(struct text *out, const struct plan *plan, bool conditional)
{
	size_t counts[STEP_KINDS] = {0};

	for (size_t i = 0; i < plan->n_steps; i++)
		counts[plan->steps[i].kind] += plan->steps[i].conditional == conditional;
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];
		const char *what = step->ns || step->seen ? "namespace"
				   : step->planned        ? "region"
							  : "device";
		size_t n = counts[step->kind];

		if (step->conditional != conditional || !n)
			continue;
		text_addf(out, "%s%s %zu %s%s", out->len ? ", " : "", step_name(step->kind), n,
			  what, n == 1 ? "" : "s");
		counts[step->kind] = 0;
	}
}

static size_t n_declared(const struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->layout->n_regions; i++)
		n += plan->layout->regions[i].n_namespaces;
	return n;
}

static void add_summary(struct text *out, const struct plan *plan)
{
	_cleanup_(text_release) struct text now = {0}, then = {0};

	add_counts(&now, plan, false);
	add_counts(&then, plan, true);
	if (now.len && then.len)
		text_addf(out, "to do: %s; then, if the RAM is empty, %s\n", text_str(&now),
			  text_str(&then));
	else if (now.len)
		text_addf(out, "to do: %s\n", text_str(&now));
	else if (then.len)
		text_addf(out, "to do, if the RAM is empty: %s\n", text_str(&then));
	else if (plan->n_problems)
		text_addf(out, "nothing can be done: %zu problem%s\n", plan->n_problems,
			  plan->n_problems == 1 ? "" : "s");
	else if (!plan->layout->n_regions)
		text_add(out, "nothing to do: the layout has no regions\n");
	else
		text_addf(out, "nothing to do: %zu namespace%s as declared\n", n_declared(plan),
			  n_declared(plan) == 1 ? " is" : "s are");
}

void report_plan(const struct plan *plan, const struct report_style *style, struct text *out)
{
	const struct paper paper = {style->colour, style->columns};
	struct rows rows;

	rows_make(&rows, plan->machine, plan, NULL, NULL);
	add_device_steps(out, &paper, plan);
	for (size_t i = 0; i < rows.n_regions; i++)
		add_region(out, &paper, plan, &rows.regions[i]);
	add_problems(out, &paper, plan);
	add_summary(out, plan);
	if (plan->layout->n_regions)
		text_add(out, "the medium is RAM: its contents are gone at power off\n");
	rows_release(&rows);
}
