// SPDX-License-Identifier: GPL-2.0-or-later
#include "show.h"

#include <inttypes.h>

#include "utf8.h"

static void add_family(struct text *out, const char *name, const char *help)
{
	text_addf(out, "# HELP ramdax_%s %s\n# TYPE ramdax_%s gauge\n", name, help, name);
}

static void add_number(struct text *out, const char *name, const char *help, uint64_t value)
{
	add_family(out, name, help);
	text_addf(out, "ramdax_%s %" PRIu64 "\n", name, value);
}

/* A label's value: quoted, and of valid UTF-8. */
static void add_quoted(struct text *out, const char *s)
{
	_cleanup_(text_release) struct text valid = {0};

	utf8_add_valid(&valid, s);
	text_add_char(out, '"');
	for (const char *c = text_str(&valid); *c; c++) {
		if (*c == '\n') {
			text_add(out, "\\n");
			continue;
		}
		if (*c == '"' || *c == '\\')
			text_add_char(out, '\\');
		text_add_char(out, *c);
	}
	text_add_char(out, '"');
}

static void add_of_region(struct text *out, const struct judgement *j, const char *name,
			  const char *help, uint64_t (*value)(const struct found_region *))
{
	add_family(out, name, help);
	for (size_t i = 0; i < j->n_regions; i++) {
		const struct judged_region *r = &j->regions[i];

		if (!r->found)
			continue;
		text_addf(out, "ramdax_%s{region=", name);
		add_quoted(out, r->name);
		text_addf(out, "} %" PRIu64 "\n", value(r->found));
	}
}

static uint64_t capacity_of(const struct found_region *r)
{
	return r->usable;
}

static uint64_t free_of(const struct found_region *r)
{
	return r->free;
}

/* Of the layout's namespaces only: an alert must not depend on what others make. */
static void add_verdicts(struct text *out, const struct judgement *j)
{
	add_family(out, "namespace_as_declared",
		   "Whether the namespace of the layout is there and as declared.");
	for (size_t i = 0; i < j->n_regions; i++) {
		const struct judged_region *r = &j->regions[i];

		for (size_t k = 0; k < r->n_namespaces; k++) {
			const struct judged_namespace *n = &r->namespaces[k];

			if (!n->declared)
				continue;
			text_add(out, "ramdax_namespace_as_declared{region=");
			add_quoted(out, r->name);
			text_add(out, ",namespace=");
			add_quoted(out, n->declared->name);
			text_addf(out, "} %d\n", n->verdict == VERDICT_EQUAL);
		}
	}
}

static void add_judged(struct text *out, const struct judgement *j)
{
	add_of_region(out, j, "region_capacity_bytes", "What the region has for namespaces.",
		      capacity_of);
	add_of_region(out, j, "region_free_bytes", "What no namespace has of it.", free_of);
	add_number(out, "namespaces_declared", "Namespaces of the layout.", j->n_declared);
	add_number(out, "namespaces_present", "Of them, those that are there in whatever shape.",
		   judgement_present(j));
	add_number(out, "namespaces_equal", "Of them, those that are as declared.", j->n_equal);
	add_number(out, "namespaces_undeclared", "Namespaces that the layout does not name.",
		   j->n_undeclared);
	add_verdicts(out, j);
}

static void add_last(struct text *out, const struct last_run *last)
{
	add_number(out, "namespaces_adopted", "Namespaces that this boot found and kept.",
		   last->n_adopted);
	add_number(out, "namespaces_created", "Namespaces that this boot made.", last->n_created);
	add_number(out, "last_apply_status", "What the last run of ramdax in this boot amounts to.",
		   last->status);
	add_family(out, "last_apply_timestamp_seconds", "When it reported that.");
	text_addf(out, "ramdax_last_apply_timestamp_seconds %" PRId64 "\n", last->time);
	if (!last->has_duration)
		return;
	add_family(out, "last_apply_duration_seconds",
		   "How long the last run took that had something to do.");
	text_addf(out, "ramdax_last_apply_duration_seconds %" PRIu64 ".%03u\n",
		  last->milliseconds / 1000, (unsigned)(last->milliseconds % 1000));
}

void show_metrics(const struct judgement *j, const struct last_run *last, struct text *out)
{
	add_number(out, "verify_status",
		   "Exit status of ramdax-verify: 0 equal, 4 nothing there, 5 different, 1 and 3 "
		   "could not be judged.",
		   j->status);
	if (j->layout && j->status != VERIFY_FAILED)
		add_judged(out, j);
	if (last->known)
		add_last(out, last);
	text_add(out, "# EOF\n");
}
