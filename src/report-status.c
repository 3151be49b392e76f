// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "boot-record.h"
#include "mem.h"
#include "report-rows.h"
#include "table.h"

#define INDENT 2

static enum ink state_ink(enum report_state state)
{
	static const enum ink inks[] = {
		[STATE_CREATED] = INK_GREEN, [STATE_ADOPTED] = INK_GREEN,
		[STATE_ABSENT] = INK_YELLOW, [STATE_CONFLICT] = INK_RED,
		[STATE_FOREIGN] = INK_PLAIN, [STATE_DAMAGED] = INK_RED,
		[STATE_FAILED] = INK_RED,    [STATE_DEFERRED] = INK_YELLOW,
	};

	return inks[state];
}

/* What stands behind the name: how it differs, and who else holds it. */
static char *note_of(const struct row_namespace *row)
{
	const struct seen_namespace *seen = row->seen;
	struct text note = {0};

	if (row->reason)
		text_add(&note, row->reason);
	else if (row->unproven)
		text_add(&note, "integrity: unproven");
	if (seen && !seen->enabled && !row->reason)
		text_add(&note, "not enabled");
	if (seen && seen->user && !seen->mount_point)
		text_addf(&note, "%sin use: %s", note.len ? "; " : "", seen->user);
	if (seen && seen->fs.state == SEEN_INCOMPLETE)
		text_addf(&note, "%sits file system was never finished", note.len ? "; " : "");
	return text_take(&note);
}

/* DAX is asked of what could have it: a mounted file system on fsdax. */
static const char *dax_word(const struct seen_namespace *seen)
{
	if (!seen || !seen->mount_point || seen->mode != MODE_FSDAX)
		return NULL;
	return seen->dax ? "yes" : "no";
}

static void add_namespace(struct table *t, const struct row_namespace *row)
{
	const struct seen_namespace *seen = row->seen;
	const char *device = row_device(row);
	_cleanup_(text_release) struct text path = {0};
	_cleanup_(freep) char *note = note_of(row);

	text_addf(&path, "/dev/%s", device ? device : "");
	table_add(t, INK_BOLD, *row->name ? row->name : "-");
	table_add(t, state_ink(row->state), report_state_name(row->state));
	table_add(t, INK_PLAIN, device ? text_str(&path) : NULL);
	table_add(t, INK_PLAIN, mode_name(seen ? seen->mode : row->planned->ns->mode));
	table_add(t, INK_PLAIN, seen && seen->capacity ? SIZE_HUMAN(seen->capacity) : NULL);
	table_add(t, INK_PLAIN, seen ? seen->fs.type : NULL);
	table_add(t, INK_PLAIN, seen ? seen->mount_point : NULL);
	table_add(t, INK_PLAIN, dax_word(seen));
	table_add(t, INK_PLAIN, note);
}

static void add_namespaces(struct text *out, const struct paper *paper,
			   const struct row_region *region)
{
	static const struct table_column columns[] = {
		{"NAME", false},       {"STATE", false}, {"DEVICE", false},
		{"MODE", false},       {"SIZE", true},   {"FS", false},
		{"MOUNTPOINT", false}, {"DAX", false},   {"NOTE", false},
	};
	struct table table;

	table_init(&table, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < region->n_namespaces; i++)
		add_namespace(&table, &region->namespaces[i]);
	table_print(&table, paper, INDENT, out);
	table_release(&table);
}

/* Why a carveout that no region of the layout explains is none. */
static void add_carveout_note(struct text *out, const struct seen_device *d)
{
	if (!d || d->absent)
		text_add(out, "the kernel made no device of it");
	else if (!d->driver)
		text_add(out, "not bound");
	else if (!strcmp(d->driver, "ramdax"))
		text_add(out, "the driver made no region of it");
	else
		text_addf(out, "driver \"%s\" holds it%s%s", d->driver, d->user ? ", " : "",
			  d->user ? d->user : "");
}

static void add_heading(struct text *out, const struct paper *paper, const struct machine *m,
			const struct row_region *region)
{
	_cleanup_(text_release) struct text name = {0}, rest = {0};
	uint64_t left = 0;
	size_t at;

	text_addf(&name, region->name ? "region \"%s\"" : "carveout", region->name);
	at = text_columns(text_str(&name));
	ink_add(out, paper, INK_BOLD, text_str(&name));
	text_add(&rest, ":");
	if (region->range.size)
		text_addf(&rest, " %s at 0x%llx,", SIZE_HUMAN(region->range.size),
			  (unsigned long long)region->range.start);
	if (region->node >= 0)
		text_addf(&rest, " node %d,", region->node);
	if (row_free(region, &left))
		text_addf(&rest, " %s free,", SIZE_HUMAN(left));
	text_addf(&rest, " %s", report_state_name(region->state));
	if (region->reason)
		text_addf(&rest, ": %s", region->reason);
	else if (region->seen && !region->seen->enabled)
		text_add(&rest, region->seen->startable
					? ": not enabled"
					: ": not up, the kernel refuses its labels");
	else if (!region->seen) {
		text_add(&rest, ": ");
		add_carveout_note(&rest, row_platform_device(region, m));
	}
	paragraph_add(out, paper, at, INDENT, INK_PLAIN, text_str(&rest));
}

static const char *driver_words(enum driver_state driver)
{
	static const char *const words[] = {
		[DRIVER_MISSING] = "this kernel has no ramdax driver",
		[DRIVER_MODULE] = "the ramdax driver is not loaded",
		[DRIVER_READY] = "the ramdax driver is ready",
	};

	return words[driver];
}

static const char *boot_words(enum boot_kind kind)
{
	static const char *const words[] = {
		[BOOT_UNKNOWN] = "it is not known how it was booted",
		[BOOT_COLD] = "cold boot, memory was lost",
		[BOOT_FIRMWARE] = "firmware boot, memory may have been lost or kept",
		[BOOT_KEXEC] = "booted by kexec, memory was kept",
	};

	return words[kind];
}

static void add_machine(struct text *out, const struct paper *paper, const struct machine *m,
			const struct plan *plan)
{
	_cleanup_(text_release) struct text line = {0};

	if (m->release)
		text_addf(&line, "Linux %s: ", m->release);
	text_addf(&line, "%s; %s", boot_words(m->boot_kind), driver_words(m->driver));
	if (!plan)
		text_add(&line, "; no layout was read");
	paragraph_add(out, paper, 0, INDENT, INK_PLAIN, text_str(&line));
	text_add_char(out, '\n');
}

static void add_spent(struct text *out, const struct spent *spent)
{
	if (!spent)
		return;
	text_add(out, "apply took ");
	spent_describe(spent, out);
	text_add_char(out, '\n');
}

void report_status(const struct machine *machine, const struct plan *plan,
		   const struct boot_record *record, const struct report_style *style,
		   struct text *out)
{
	const struct paper paper = {style->colour, style->columns};
	struct rows rows;

	rows_make(&rows, machine, plan, NULL, record);
	add_machine(out, &paper, machine, plan);
	for (size_t i = 0; i < rows.n_regions; i++) {
		add_heading(out, &paper, machine, &rows.regions[i]);
		add_namespaces(out, &paper, &rows.regions[i]);
		text_add_char(out, '\n');
	}
	add_spent(out, boot_record_spent(record));
	if (rows.n_regions)
		text_add(out, "the medium is RAM: its contents are gone at power off\n");
	else
		text_add(out,
			 machine->has_iomem
				 ? "there are no carveouts and no regions\n"
				 : "no carveouts and no regions are to be seen: /proc/iomem shows "
				   "its addresses to root only\n");
	rows_release(&rows);
}
