/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was found, is planned and was done, for people and for programs: tables, pictures, JSON.
 * Writes into a text; who prints it is not known here.
 */
#ifndef RAMDAX_REPORT_H
#define RAMDAX_REPORT_H

#include "apply.h"
#include "needs.h"
#include "plan.h"
#include "text.h"

struct report_style {
	bool colour;    /* escape sequences are welcome */
	size_t columns; /* of the terminal; REPORT_COLUMNS if it is none */
};
#define REPORT_COLUMNS 80

/* The plan: per region a heading, its picture and its namespaces with what will happen to each and
 * why; then what stands against it. */
void report_plan(const struct plan *plan, const struct report_style *style, struct text *out);

/* What is there now. @plan is NULL without a (valid) layout; @created tells whether this boot
 * created the namespace with that name, NULL if nothing is known. */
struct boot_record; /* what earlier runs of this boot left in /run/ramdax/report.json */
void report_status(const struct machine *machine, const struct plan *plan,
		   const struct boot_record *record, const struct report_style *style,
		   struct text *out);

/*
 * The documents of --json and of /run/ramdax/report.json: version 1, documented in ramdax(8).
 * @status is the exit status; @outcome and @record may be NULL.
 */
void report_json_plan(const struct plan *plan, enum status status, struct text *out);
void report_json_status(const struct machine *machine, const struct plan *plan,
			const struct outcome *outcome, const struct boot_record *record,
			enum status status, struct text *out);

/* Makes of @json, the report of an earlier run of this boot, that of one that could look at
 * nothing: what is there is as it was said before. False if it is none; then nothing is added to
 * @out. */
bool report_json_amend(const struct text *json, const char *boot_id, enum status status,
		       struct text *out);

/* The documents of check --json (@layout is NULL when it is invalid) and needs --json. */
void report_json_check(const struct layout *layout, enum status status, struct text *out);
void report_json_needs(const struct needs *needs, struct text *out);

/* Reads the record of this boot (same boot_id) from @json; NULL if it is none or not of this boot.
 */
struct boot_record *boot_record_parse(const char *json, size_t n, const char *boot_id);
void boot_record_free(struct boot_record *record);

#endif
