/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the last run of ramdax in this boot says that it did: /run/ramdax/report.json.
 */
#ifndef RAMDAX_VERIFY_LAST_H
#define RAMDAX_VERIFY_LAST_H

#include "cleanup.h"

#define LAST_PATH "/run/ramdax/report.json"

struct last_run {
	bool known; /* there is a report of this boot, and it could be read */
	uint64_t status;
	size_t n_created; /* namespaces this boot made */
	size_t n_adopted; /* that were there and kept */
	int64_t time;     /* seconds since the epoch: when the report was written */
	bool has_duration;
	uint64_t milliseconds;
};

/* Reads the report, if there is one of this boot. */
void last_run_read(struct last_run *last);

/* The same of the @n bytes at @json, apart from time. False, and @last untouched, if they are no
 * report of the boot @boot_id (NULL: of any). */
bool last_run_parse(const char *json, size_t n, const char *boot_id, struct last_run *last);

#endif
