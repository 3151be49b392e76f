// SPDX-License-Identifier: GPL-2.0-or-later
#include "record.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "boot-record.h"
#include "mem.h"
#include "zeroed.h"

/* What is there and cannot be understood may be of this boot all the same: of another program's. */
struct boot_record *record_read(const struct sysfs *fs, const char *boot_id)
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

int record_text(const struct sysfs *fs, struct text *text)
{
	return sysfs_read_all(fs, text, RECORD_MAX, "%s", RECORD_PATH);
}

static struct boot_record *record_of(struct late_record *late)
{
	_cleanup_(freep) char *boot_id = NULL;

	if (!late->read && sysfs_read(late->fs, &boot_id, "proc/sys/kernel/random/boot_id") == 0)
		late->record = record_read(late->fs, boot_id);
	late->read = true;
	return late->record;
}

bool late_record_settled(void *late, const struct seen_namespace *seen)
{
	return boot_record_settled(record_of(late), seen);
}

bool late_record_scrubbed(void *late, const struct seen_namespace *seen)
{
	return boot_record_scrubbed(record_of(late), seen) &&
	       zeroed(((struct late_record *)late)->fs, seen->block);
}

void late_record_release(struct late_record *late)
{
	boot_record_free(late->record);
}

int record_write(const struct text *document)
{
	/* Who gave up waiting for the lock writes, too. */
	_cleanup_(freep) char *new = mem_printf(RECORD_PATH ".%d", getpid());
	_cleanup_(closep) int fd = -1;
	const char *at = text_str(document);
	size_t left = document->len;

	if (mkdir("/run/ramdax", 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	while (left) {
		ssize_t n = write(fd, at, left);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += n;
		left -= (size_t)n;
	}
	return rename(new, RECORD_PATH) < 0 ? -errno : 0;
}
