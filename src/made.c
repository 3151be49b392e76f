// SPDX-License-Identifier: GPL-2.0-or-later
#include "made.h"

#include <string.h>

#include "mem.h"
#include "runfile.h"

/* A line has 74 bytes. */
#define MADE_MAX (8 * MIB)

#define BOOT_ID_PATH "proc/sys/kernel/random/boot_id"

/* What has been noted; an empty file says that not all is. 0 or -errno. */
static int read_notes(const struct sysfs *fs, struct text *text)
{
	int r = sysfs_read_all(fs, text, MADE_MAX, "%s", MADE_PATH);

	if (r == -ENOENT)
		return 0;
	if (r == 0 && (!text->len || text->s[text->len - 1] != '\n'))
		r = -ENODATA;
	return r;
}

int made_note(const struct sysfs *fs, const uuid_t *uuids, size_t n)
{
	_cleanup_(text_release) struct text text = {0};
	_cleanup_(freep) char *boot_id = NULL;
	const struct text nothing = {0};
	int r = n ? sysfs_read(fs, &boot_id, BOOT_ID_PATH) : 0;

	if (!n || r < 0)
		return r;
	/* What cannot be read now cannot be read later, either: then everything is of this boot. */
	if (read_notes(fs, &text) < 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		char uuid[UUID_STR_LEN];

		uuid_unparse_lower(uuids[i], uuid);
		text_addf(&text, "%s %s\n", boot_id, uuid);
	}
	r = runfile_write(MADE_PATH, &text);
	return r < 0 ? runfile_write(MADE_PATH, &nothing) : 0;
}

/* 0, or -EUCLEAN for what is no note. */
static int read_line(char *line, const char *boot_id, uuid_t **uuids, size_t *n)
{
	char *uuid = strchr(line, ' ');
	uuid_t read;

	if (!uuid || uuid_parse(uuid + 1, read) < 0)
		return -EUCLEAN;
	*uuid = '\0';
	if (!strcmp(line, boot_id))
		uuid_copy(*MEM_APPEND(*uuids, *n), read);
	return 0;
}

int made_read(const struct sysfs *fs, const char *boot_id, uuid_t **uuids, size_t *n)
{
	_cleanup_(text_release) struct text text = {0};
	int r = read_notes(fs, &text);
	char *rest = text.s, *line;

	*uuids = NULL;
	*n = 0;
	while (r == 0 && (line = strsep(&rest, "\n")) && rest)
		r = read_line(line, boot_id, uuids, n);
	return r;
}
