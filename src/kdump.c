// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump.h"

#include <string.h>

#include "cmdline.h"
#include "mem.h"
#include "units.h"

#define SETTINGS_MAX   (256 * KIB) /* both are a few KiB of comments */
#define DEBIAN_FILE    "etc/default/kdump-tools"
#define SYSCONFIG_FILE "etc/sysconfig/kdump"

/* The value of the last line KEY=VALUE of a file that a shell reads, as it stands there, without
 * the quotes around it; NULL if there is none. The caller frees it. */
static char *setting(const struct text *settings, const char *key)
{
	size_t n = strlen(key);
	char *value = NULL;

	for (const char *line = text_str(settings); *line; line += *line == '\n') {
		size_t length = strcspn(line, "\n");
		const char *start = line + strspn(line, " \t");

		if (!strncmp(start, key, n) && start[n] == '=') {
			const char *from = start + n + 1, *to = line + length;

			while (to > from && strchr(" \t\r\"'", to[-1]))
				to--;
			from += *from == '"' || *from == '\'';
			free(value);
			value = mem_strndup(from, to > from ? (size_t)(to - from) : 0);
		}
		line += length;
	}
	return value;
}

/* Whether a command line that was set instead of the running one has no carveouts. It may be
 * computed from the running one: then memmap must be among what is taken out of it. */
static bool line_is_clean(const char *line)
{
	if (strstr(line, "/proc/cmdline"))
		return strstr(line, "memmap") != NULL;
	return !strstr(line, "memmap=");
}

static const char *debian_fault(const struct text *settings)
{
	_cleanup_(freep) char *use = setting(settings, "USE_KDUMP");
	_cleanup_(freep) char *line = setting(settings, "KDUMP_CMDLINE");

	if (use && !strcmp(use, "0"))
		return NULL;
	if (line && *line && line_is_clean(line))
		return NULL;
	return "set KDUMP_CMDLINE in \"/" DEBIAN_FILE
	       "\" to a line without memmap=, then run \"kdump-config reload\"";
}

static const char *sysconfig_fault(const struct text *settings)
{
	_cleanup_(freep) char *line = setting(settings, "KDUMP_COMMANDLINE");
	_cleanup_(freep) char *removed = setting(settings, "KDUMP_COMMANDLINE_REMOVE");

	if (line && *line) {
		if (line_is_clean(line))
			return NULL;
	} else if (removed) {
		return cmdline_has(removed, "memmap")
			       ? NULL
			       : "add memmap to KDUMP_COMMANDLINE_REMOVE in \"/" SYSCONFIG_FILE
				 "\", then run \"kdumpctl restart\"";
	}
	return "set KDUMP_COMMANDLINE in \"/" SYSCONFIG_FILE
	       "\" to a line without memmap=, then restart kdump";
}

const char *kdump_fault(const struct sysfs *fs, const char *cmdline)
{
	_cleanup_(text_release) struct text debian = {0}, sysconfig = {0};
	_cleanup_(freep) char *crashkernel = cmdline_value(cmdline, "crashkernel");

	if (!crashkernel)
		return NULL;
	if (sysfs_read_all(fs, &debian, SETTINGS_MAX, DEBIAN_FILE) == 0)
		return debian_fault(&debian);
	if (sysfs_read_all(fs, &sysconfig, SETTINGS_MAX, SYSCONFIG_FILE) == 0)
		return sysconfig_fault(&sysconfig);
	return NULL;
}
