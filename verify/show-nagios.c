// SPDX-License-Identifier: GPL-2.0-or-later
#include "show.h"

#include "utf8.h"

/* As many are named; the others are counted. A pager shows no more. */
#define NAMED_MAX 3

static enum nagios_status nagios_of(const struct judgement *j)
{
	switch (j->status) {
	case VERIFY_EQUAL:
		return NAGIOS_OK;
	case VERIFY_DIFFERENT:
		return j->required_differs ? NAGIOS_CRITICAL : NAGIOS_WARNING;
	case VERIFY_NOTHING:
		return NAGIOS_CRITICAL;
	case VERIFY_FAILED:
	case VERIFY_USAGE:
	case VERIFY_LAYOUT:
		break;
	}
	return NAGIOS_UNKNOWN;
}

/* The bar begins performance data and a newline the next line: neither may come from a name. */
static void add_tame(struct text *out, const char *s)
{
	_cleanup_(text_release) struct text printable = {0};

	utf8_add_printable(&printable, s);
	for (const char *c = text_str(&printable); *c; c++)
		text_add_char(out, *c == '|' ? '/' : *c);
}

static void name(struct text *list, size_t *n, const char *kind, const char *what,
		 enum verdict verdict, const char *reason)
{
	if (verdict != VERDICT_DIFFERENT && verdict != VERDICT_ABSENT)
		return;
	if ((*n)++ >= NAMED_MAX)
		return;
	text_addf(list, "%s%s\"%s\": %s", *n > 1 ? "; " : "", kind, what,
		  reason ? reason : verdict_word(verdict));
}

static void add_differences(const struct judgement *j, struct text *out)
{
	_cleanup_(text_release) struct text list = {0};
	size_t n = 0;

	for (size_t i = 0; i < j->n_regions; i++) {
		const struct judged_region *r = &j->regions[i];

		name(&list, &n, "region ", r->name, r->verdict, r->reason);
		for (size_t k = 0; k < r->n_namespaces; k++) {
			const struct judged_namespace *ns = &r->namespaces[k];

			name(&list, &n, "", ns->declared ? ns->declared->name : ns->found->name,
			     ns->verdict, ns->reason);
		}
	}
	if (n)
		text_add(out, ", ");
	add_tame(out, text_str(&list));
	if (n > NAMED_MAX)
		text_addf(out, "; and %zu more", n - NAMED_MAX);
}

static void add_performance(const struct judgement *j, struct text *out)
{
	uint64_t capacity = 0, left = 0;

	for (size_t i = 0; i < j->n_regions; i++) {
		if (!j->regions[i].found)
			continue;
		capacity += j->regions[i].found->usable;
		left += j->regions[i].found->free;
	}
	text_addf(out,
		  " | declared=%zu present=%zu equal=%zu undeclared=%zu capacity=%lluB free=%lluB",
		  j->n_declared, judgement_present(j), j->n_equal, j->n_undeclared,
		  (unsigned long long)capacity, (unsigned long long)left);
}

enum nagios_status show_nagios(const struct judgement *j, const char *why, struct text *out)
{
	static const char *const words[] = {
		[NAGIOS_OK] = "OK",
		[NAGIOS_WARNING] = "WARNING",
		[NAGIOS_CRITICAL] = "CRITICAL",
		[NAGIOS_UNKNOWN] = "UNKNOWN",
	};
	enum nagios_status status = nagios_of(j);

	text_addf(out, "RAMDAX %s - ", words[status]);
	if (status == NAGIOS_UNKNOWN) {
		add_tame(out, why ? why : "could not look");
	} else {
		text_addf(out, "%zu of %zu namespaces as declared", j->n_equal, j->n_declared);
		add_differences(j, out);
		add_performance(j, out);
	}
	text_add_char(out, '\n');
	return status;
}
