// SPDX-License-Identifier: GPL-2.0-or-later
#include "trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "units.h"

#define TRIAL_MAX (64 * KIB)

/* A copy of the value of @key in the lines of @text; NULL if it is not there. */
static char *copy_value(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, n) && line[n] == '=')
			return mem_printf("%.*s", (int)strcspn(line + n + 1, "\n"), line + n + 1);
	}
	return NULL;
}

int trial_read(const struct sysfs *fs, struct trial *trial)
{
	_cleanup_(text_release) struct text text = {0};
	int r = sysfs_read_all(fs, &text, TRIAL_MAX, TRIAL_PATH);
	char *line;

	if (r < 0)
		return r;
	line = copy_value(text_str(&text), "line");
	if (!line)
		return -EBADMSG;
	trial->line = line;
	trial->failed = copy_value(text_str(&text), "failed");
	return 0;
}

void trial_release(struct trial *trial)
{
	free(trial->line);
	free(trial->failed);
}
