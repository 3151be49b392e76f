// SPDX-License-Identifier: GPL-2.0-or-later
#include "report-log.h"

#include <syslog.h>

#include "boot-record.h"
#include "journal.h"
#include "report-rows.h"
#include "spent.h"

/* How an entry of the journal says what became of a namespace. */
static const struct {
	const char *id;
	const char *words;
	int priority;
} entries[] = {
	[STATE_CREATED] = {MESSAGE_CREATED, "was made by this boot", LOG_INFO},
	[STATE_ADOPTED] = {MESSAGE_ADOPTED, "was there as declared, and is kept", LOG_INFO},
	[STATE_ABSENT] = {MESSAGE_ABSENT, "is not there", LOG_WARNING},
	[STATE_CONFLICT] = {MESSAGE_CONFLICT, "differs from the layout, and was kept", LOG_WARNING},
	[STATE_FOREIGN] = {MESSAGE_FOREIGN, "is not in the layout, and is left alone", LOG_INFO},
	[STATE_DAMAGED] = {MESSAGE_DAMAGED, "is damaged, and was kept", LOG_ERR},
	[STATE_FAILED] = {MESSAGE_FAILED, "could not be made or changed", LOG_ERR},
	[STATE_DEFERRED] = {MESSAGE_DEFERRED, "is left to a later run", LOG_WARNING},
};

static bool is_well(enum report_state state)
{
	return state == STATE_CREATED || state == STATE_ADOPTED;
}

static void add_uuid(struct text *entry, const struct row_namespace *row)
{
	char uuid[UUID_STR_LEN];

	if (row->seen && !row->seen->has_uuid)
		return;
	uuid_unparse_lower(row->seen ? row->seen->uuid : row->planned->ns->uuid, uuid);
	journal_add(entry, "RAMDAX_UUID", uuid);
}

static void add_message(struct text *entry, const struct row_namespace *row)
{
	_cleanup_(text_release) struct text message = {0};

	text_addf(&message, "namespace \"%s\" %s", row->name, entries[row->state].words);
	if (row->reason)
		text_addf(&message, ": %s", row->reason);
	journal_add(entry, "MESSAGE", text_str(&message));
}

static int send_entry(int fd, const struct row_region *region, const struct row_namespace *row)
{
	bool missed = row->planned && row->planned->ns->required && !is_well(row->state);
	const char *device = row_device(row);
	_cleanup_(text_release) struct text entry = {0}, path = {0};

	text_addf(&path, "/dev/%s", device ? device : "");
	add_message(&entry, row);
	journal_add(&entry, "MESSAGE_ID", entries[row->state].id);
	text_addf(&entry, "PRIORITY=%d\n", missed ? LOG_ERR : entries[row->state].priority);
	journal_add(&entry, "SYSLOG_IDENTIFIER", "ramdax");
	journal_add(&entry, "RAMDAX_NAMESPACE", row->name);
	journal_add(&entry, "RAMDAX_REGION", region->name);
	journal_add(&entry, "RAMDAX_STATE", report_state_name(row->state));
	journal_add(&entry, "RAMDAX_DEVICE", device ? text_str(&path) : NULL);
	journal_add(&entry, "RAMDAX_REASON", row->reason);
	add_uuid(&entry, row);
	return journal_send(fd, &entry);
}

bool report_journal(const struct sysfs *fs, const struct outcome *outcome,
		    const struct boot_record *record)
{
	_cleanup_(closep) int fd = journal_open(fs);
	bool all = fd >= 0;
	struct rows rows;

	if (fd < 0)
		return false;
	rows_make(&rows, outcome->machine, outcome->plan, outcome, record);
	for (size_t i = 0; i < rows.n_regions; i++) {
		const struct row_region *region = &rows.regions[i];

		for (size_t n = 0; n < region->n_namespaces; n++) {
			const struct row_namespace *row = &region->namespaces[n];

			if (!boot_record_told(record, row->name, row->seen,
					      report_state_name(row->state)))
				all &= send_entry(fd, region, row) == 0;
		}
	}
	rows_release(&rows);
	return all;
}

/* Namespaces of the layout by state; @counts has one for each. */
static size_t count(const struct rows *rows, size_t *counts)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n_regions; i++)
		for (size_t k = 0; k < rows->regions[i].n_namespaces; k++) {
			const struct row_namespace *row = &rows->regions[i].namespaces[k];

			n += row->planned != NULL;
			counts[row->state] += row->planned || row->state == STATE_FOREIGN;
		}
	return n;
}

void report_summary(const struct outcome *outcome, const struct boot_record *record,
		    struct text *out)
{
	static const enum report_state others[] = {STATE_ABSENT, STATE_DAMAGED, STATE_FAILED,
						   STATE_DEFERRED, STATE_FOREIGN};
	unsigned long long tenths = (spent_total(&outcome->spent) + 50000) / 100000;
	size_t counts[ARRAY_SIZE(entries)] = {0}, n, n_regions = outcome->plan->layout->n_regions;
	struct rows rows;

	rows_make(&rows, outcome->machine, outcome->plan, outcome, record);
	n = count(&rows, counts);
	rows_release(&rows);
	text_addf(out, "%zu region%s, %zu namespace%s: %zu created, %zu adopted, %zu conflict%s",
		  n_regions, n_regions == 1 ? "" : "s", n, n == 1 ? "" : "s", counts[STATE_CREATED],
		  counts[STATE_ADOPTED], counts[STATE_CONFLICT],
		  counts[STATE_CONFLICT] == 1 ? "" : "s");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (counts[others[i]])
			text_addf(out, ", %zu %s", counts[others[i]], report_state_name(others[i]));
	text_addf(out, "; %llu.%llu s (status %d); volatile RAM", tenths / 10, tenths % 10,
		  (int)outcome->status);
}
