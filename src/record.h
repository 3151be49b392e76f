/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this boot's runs leave for later ones and for monitoring: /run/ramdax/report.json.
 */
#ifndef RAMDAX_RECORD_H
#define RAMDAX_RECORD_H

#include "later.h"
#include "report.h"
#include "sysfs.h"

#define RECORD_PATH "/run/ramdax/report.json"
#define RECORD_MAX  (8 * MIB)

/* What tells this boot from others, "" if it cannot be read. The caller frees it. */
char *record_boot_id(const struct sysfs *fs);

/* What earlier runs of this boot left, or NULL if none did: see boot_record_lost(). */
struct boot_record *record_read(const struct sysfs *fs, const char *boot_id);

/* The report itself. 0 or -errno. */
int record_text(const struct sysfs *fs, struct text *text);

/* The same, read when it is first asked for: most plans do without. Whoever will ask has it read
 * meanwhile. */
struct late_record {
	const struct sysfs *fs;
	bool read;
	struct later reading;
	struct boot_record *record;
};

void late_record_start(struct late_record *late, const struct sysfs *fs);
struct boot_record *late_record_get(struct late_record *late);

/* boot_record_settled() and boot_record_scrubbed() of a struct late_record: for plan_options. What
 * was scrubbed counts as long as there are only zeros in it. */
bool late_record_settled(void *late, const struct seen_namespace *seen);
bool late_record_scrubbed(void *late, const struct seen_namespace *seen);
void late_record_release(struct late_record *late);

/* Replaces the report with @document, at once, or says why not. The running machine only. */
void record_write(const struct text *document);

#endif
