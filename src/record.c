// SPDX-License-Identifier: GPL-2.0-or-later
#include "record.h"

#include <string.h>

#include "boot-record.h"
#include "diag.h"
#include "made.h"
#include "mem.h"
#include "runfile.h"
#include "zeroed.h"

char *record_boot_id(const struct sysfs *fs)
{
	char *boot_id = NULL;

	if (sysfs_read(fs, &boot_id, "proc/sys/kernel/random/boot_id") < 0)
		boot_id = mem_strdup("");
	return boot_id;
}

/* What is there and cannot be understood may be of this boot all the same: of another program's. */
static struct boot_record *read_report(const struct sysfs *fs, const char *boot_id)
{
	_cleanup_(text_release) struct text text = {0};
	int r = record_text(fs, &text);
	struct boot_record *record;

	if (r < 0)
		return r == -ENOENT ? NULL : boot_record_lost();
	record = boot_record_parse(text_str(&text), text.len, boot_id);
	if (!record && !boot_record_is_old(text_str(&text), text.len, boot_id))
		return boot_record_lost();
	return record;
}

struct boot_record *record_read(const struct sysfs *fs, const char *boot_id)
{
	struct boot_record *record = read_report(fs, boot_id);
	uuid_t *made;
	size_t n;

	if (made_read(fs, boot_id, &made, &n) < 0)
		boot_record_doubt(&record);
	for (size_t i = 0; i < n; i++)
		boot_record_add_made(&record, made[i]);
	free(made);
	return record;
}

int record_text(const struct sysfs *fs, struct text *text)
{
	return sysfs_read_all(fs, text, RECORD_MAX, "%s", RECORD_PATH);
}

static void read_late(void *arg)
{
	struct late_record *late = arg;
	_cleanup_(freep) char *boot_id = record_boot_id(late->fs);

	late->record = record_read(late->fs, boot_id);
}

void late_record_start(struct late_record *late, const struct sysfs *fs)
{
	*late = (struct late_record){.fs = fs, .read = true};
	later_start(&late->reading, read_late, late);
}

struct boot_record *late_record_get(struct late_record *late)
{
	if (!late->read)
		read_late(late);
	late->read = true;
	later_wait(&late->reading);
	return late->record;
}

bool late_record_settled(void *late, const struct seen_namespace *seen)
{
	return boot_record_settled(late_record_get(late), seen);
}

bool late_record_scrubbed(void *late, const struct seen_namespace *seen)
{
	return boot_record_scrubbed(late_record_get(late), seen) &&
	       zeroed(((struct late_record *)late)->fs, seen->block);
}

void late_record_release(struct late_record *late)
{
	later_wait(&late->reading);
	boot_record_free(late->record);
}

void record_write(const struct text *document)
{
	int r = runfile_write(RECORD_PATH, document);

	if (r < 0)
		diag_warning("cannot write the report \"%s\": %s", RECORD_PATH, strerror(-r));
}
