/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What earlier runs of this boot reported: which namespaces they created, which they found. What
 * was created by this boot stays so when a later run adopts it. See report.h for reading one.
 */
#ifndef RAMDAX_BOOT_RECORD_H
#define RAMDAX_BOOT_RECORD_H

#include "report.h"

enum record_state {
	RECORD_UNKNOWN, /* nothing is said of it, or something else */
	RECORD_CREATED,
	RECORD_ADOPTED,
	RECORD_SCRUBBED, /* there, but without the file system that it is to have */
};

struct json_object;

/* The report of this boot in the @n bytes @json, which the caller puts; NULL if it is none. */
struct json_object *boot_record_document(const char *json, size_t n, const char *boot_id);

/* Whether it is a report of another boot than @boot_id, if that is known. */
bool boot_record_is_old(const char *json, size_t n, const char *boot_id);

/* What @record (may be NULL) says of the namespace @name, if @seen is still the same: it bears the
 * UUID that was reported. */
enum record_state boot_record_state(const struct boot_record *record, const char *name,
				    const struct seen_namespace *seen);

/* Where the time of the run that left @record went; NULL if nothing is said of it. */
const struct spent *boot_record_spent(const struct boot_record *record);

/* Milliseconds that runs of this boot spent for it. False if nothing is said of that. */
bool boot_record_took(const struct boot_record *record, const char *name,
		      const struct seen_namespace *seen, uint64_t *ms);

/* Whether journald was told in this boot that the namespace @name is in the state @word; @seen, if
 * it is there, else NULL. */
bool boot_record_told(const struct boot_record *record, const char *name,
		      const struct seen_namespace *seen, const char *word);

/* Whether journald was told of all namespaces of @record (may be NULL). */
bool boot_record_all_told(const struct boot_record *record);

/* The image of the initramfs of this boot: the version of the program in it, and what
 * stored_digest() makes of the layout in it. NULL where nothing is said of it. */
struct record_image {
	const char *program;
	const char *resolved;
};
struct record_image boot_record_image(const struct boot_record *record);

/* Whether @image holds another layout than @layout, or none that could be read. */
bool record_image_differs(const struct record_image *image, const struct layout *layout);

/* Whether @seen is of this boot: @record (may be NULL) says that a run created it, even if it was
 * something else than created after that; or its region was up, and it was not in it. */
bool boot_record_made(const struct boot_record *record, const struct seen_namespace *seen);

/* One that says nothing, because it could not be read: whatever is there may be of this boot. The
 * same of *@record (may be NULL), of which not all is known. */
struct boot_record *boot_record_lost(void);
void boot_record_doubt(struct boot_record **record);

/* Adds to *@record (may be NULL) that a run of this boot has made what bears @uuid (made.h). */
void boot_record_add_made(struct boot_record **record, const uuid_t uuid);

/* Whether @record (a struct boot_record, or NULL) says that @seen was created or adopted by an
 * earlier run, or is of this boot, or could not be read: for struct plan_options. */
bool boot_record_settled(void *record, const struct seen_namespace *seen);

/* Whether it says that @seen was scrubbed and has had no file system since. What else may have been
 * written to it since then, only a look at it tells. */
bool boot_record_scrubbed(void *record, const struct seen_namespace *seen);

#endif
