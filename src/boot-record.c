// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot-record.h"

#include <string.h>

#include "boot-record-parts.h"
#include "mem.h"

static struct boot_record *some(struct boot_record **record)
{
	if (!*record)
		*record = MEM_NEW(struct boot_record);
	return *record;
}

void boot_record_doubt(struct boot_record **record)
{
	some(record)->lost = true;
}

struct boot_record *boot_record_lost(void)
{
	struct boot_record *record = NULL;

	boot_record_doubt(&record);
	return record;
}

void boot_record_add_made(struct boot_record **record, const uuid_t uuid)
{
	struct boot_record *r = some(record);

	uuid_copy(*MEM_APPEND(r->made, r->n_made), uuid);
}

void boot_record_free(struct boot_record *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < record->n; i++) {
		free(record->namespaces[i].name);
		free(record->namespaces[i].word);
	}
	free(record->namespaces);
	free(record->made);
	free(record->up);
	free(record->image_program);
	free(record->image_resolved);
	free(record);
}

static bool is_same(const struct recorded *r, const struct seen_namespace *seen)
{
	return r->has_uuid == seen->has_uuid &&
	       (!r->has_uuid || uuid_compare(r->uuid, seen->uuid) == 0);
}

/* The next one of the name @name after @r, or with NULL the first; NULL if there is none. */
static const struct recorded *next_of(const struct boot_record *record, const char *name,
				      const struct recorded *r)
{
	size_t first = r ? (size_t)(r - record->namespaces) + 1 : 0;

	for (size_t end = record && !r ? record->n : 0; first < end;) {
		size_t middle = first + (end - first) / 2;

		if (strcmp(record->namespaces[middle].name, name) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	if (!record || first == record->n || strcmp(record->namespaces[first].name, name) != 0)
		return NULL;
	return &record->namespaces[first];
}

static const struct recorded *find(const struct boot_record *record, const char *name,
				   const struct seen_namespace *seen)
{
	const struct recorded *r = NULL;

	while ((r = next_of(record, name, r)))
		if (r->state != RECORD_UNKNOWN && is_same(r, seen))
			return r;
	return NULL;
}

bool boot_record_told(const struct boot_record *record, const char *name,
		      const struct seen_namespace *seen, const char *word)
{
	const struct recorded *r = NULL;

	while (record && record->told && (r = next_of(record, name, r)))
		if (!strcmp(r->word, word) && (!seen || is_same(r, seen)))
			return true;
	return false;
}

bool boot_record_all_told(const struct boot_record *record)
{
	return record && record->told;
}

enum record_state boot_record_state(const struct boot_record *record, const char *name,
				    const struct seen_namespace *seen)
{
	const struct recorded *r = find(record, name, seen);

	return r ? r->state : RECORD_UNKNOWN;
}

bool boot_record_took(const struct boot_record *record, const char *name,
		      const struct seen_namespace *seen, uint64_t *ms)
{
	const struct recorded *r = find(record, name, seen);

	if (!r || !r->has_took)
		return false;
	*ms = r->took;
	return true;
}

struct record_image boot_record_image(const struct boot_record *record)
{
	if (!record)
		return (struct record_image){0};
	return (struct record_image){record->image_program, record->image_resolved};
}

bool record_image_differs(const struct record_image *image, const struct layout *layout)
{
	return !image->resolved || strcmp(image->resolved, layout->resolved) != 0;
}

const struct spent *boot_record_spent(const struct boot_record *record)
{
	return record && record->has_spent ? &record->spent : NULL;
}

/* Its name may be another by now, and the layout's another than the label's. */
static bool bears(const struct recorded *r, const struct seen_namespace *seen)
{
	return is_same(r, seen) && (r->has_uuid || !strcmp(r->name, seen->name));
}

bool boot_record_made(const struct boot_record *record, const struct seen_namespace *seen)
{
	bool was_up = false;

	for (size_t i = 0; record && seen->has_uuid && i < record->n_made; i++)
		if (!uuid_compare(record->made[i], seen->uuid))
			return true;
	for (size_t i = 0; record && i < record->n; i++) {
		const struct recorded *r = &record->namespaces[i];

		if (!bears(r, seen))
			continue;
		if (r->made || r->state == RECORD_CREATED)
			return true;
		if (r->there)
			return false;
	}
	for (size_t i = 0; record && i < record->n_up; i++)
		was_up |= range_overlaps(record->up[i], (struct range){seen->start, seen->raw});
	return was_up;
}

static bool is_state(const struct boot_record *record, const struct seen_namespace *seen,
		     bool (*wanted)(enum record_state state))
{
	for (size_t i = 0; record && i < record->n; i++)
		if (bears(&record->namespaces[i], seen) && wanted(record->namespaces[i].state))
			return true;
	return false;
}

static bool is_known(enum record_state state)
{
	return state != RECORD_UNKNOWN;
}

static bool is_scrubbed(enum record_state state)
{
	return state == RECORD_SCRUBBED;
}

bool boot_record_settled(void *record, const struct seen_namespace *seen)
{
	const struct boot_record *of_boot = record;

	return (of_boot && of_boot->lost) || is_state(record, seen, is_known) ||
	       boot_record_made(record, seen);
}

bool boot_record_scrubbed(void *record, const struct seen_namespace *seen)
{
	return is_state(record, seen, is_scrubbed);
}
