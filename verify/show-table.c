// SPDX-License-Identifier: GPL-2.0-or-later
#include "show.h"

#include "mem.h"

#define INDENT 2

static enum ink verdict_ink(enum verdict verdict)
{
	static const enum ink inks[] = {
		[VERDICT_EQUAL] = INK_GREEN,
		[VERDICT_DIFFERENT] = INK_RED,
		[VERDICT_ABSENT] = INK_YELLOW,
		[VERDICT_UNDECLARED] = INK_PLAIN,
	};

	return inks[verdict];
}

static void add_namespace(struct table *t, const struct judged_namespace *n)
{
	const struct found_namespace *found = n->found;
	const char *name = n->declared ? n->declared->name : found->name;
	_cleanup_(freep) char *device = NULL;

	if (found && found->device)
		device = mem_printf("/dev/%s", found->device);
	table_add(t, INK_BOLD, *name ? name : "-");
	table_add(t, verdict_ink(n->verdict), verdict_word(n->verdict));
	table_add(t, INK_PLAIN, device);
	table_add(t, INK_PLAIN, found && found->has_mode ? mode_name(found->mode) : NULL);
	table_add(t, INK_PLAIN, found && found->capacity ? SIZE_HUMAN(found->capacity) : NULL);
	table_add(t, INK_PLAIN, found ? map_name(found->map) : NULL);
	table_add(t, INK_PLAIN, found ? found->fs.type : NULL);
	table_add(t, INK_PLAIN, n->reason);
}

static void add_namespaces(const struct judged_region *r, const struct paper *paper,
			   struct text *out)
{
	static const struct table_column columns[] = {
		{"NAME", false}, {"STATE", false}, {"DEVICE", false}, {"MODE", false},
		{"SIZE", true},  {"MAP", false},   {"FS", false},     {"NOTE", false},
	};
	struct table table;

	table_init(&table, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < r->n_namespaces; i++)
		add_namespace(&table, &r->namespaces[i]);
	table_print(&table, paper, INDENT, out);
	table_release(&table);
}

static void add_region(const struct judged_region *r, const struct paper *paper, struct text *out)
{
	_cleanup_(text_release) struct text name = {0}, rest = {0};

	text_addf(&name, "region \"%s\"", r->name);
	ink_add(out, paper, INK_BOLD, text_str(&name));
	text_add(&rest, ":");
	if (r->found) {
		text_addf(&rest, " %s at 0x%llx,", SIZE_HUMAN(r->found->size),
			  (unsigned long long)r->found->start);
		if (r->found->node >= 0)
			text_addf(&rest, " node %d,", r->found->node);
		text_addf(&rest, " %s free,", SIZE_HUMAN(r->found->free));
	}
	text_addf(&rest, " %s", verdict_word(r->verdict));
	if (r->reason)
		text_addf(&rest, ": %s", r->reason);
	paragraph_add(out, paper, text_columns(text_str(&name)), INDENT, INK_PLAIN,
		      text_str(&rest));
	add_namespaces(r, paper, out);
	text_add_char(out, '\n');
}

void show_table(const struct judgement *j, const struct paper *paper, struct text *out)
{
	for (size_t i = 0; i < j->n_regions; i++)
		add_region(&j->regions[i], paper, out);
	text_addf(out, "%zu declared: %zu equal, %zu different, %zu absent; %zu undeclared\n",
		  j->n_declared, j->n_equal, j->n_different, j->n_absent, j->n_undeclared);
	if (j->n_equal || j->n_different || j->n_undeclared)
		text_add(out, "the medium is RAM: its contents are gone at power off\n");
}
