// SPDX-License-Identifier: GPL-2.0-or-later
#include "attribute.h"

#include <string.h>

#include "mem.h"
#include "units.h"

char *attribute_text(const struct sysfs *at, const char *device, const char *attribute)
{
	char *value = NULL;

	if (sysfs_read(at, &value, "%s/%s", device, attribute) < 0)
		return NULL;
	if (!*value) {
		free(value);
		return NULL;
	}
	return value;
}

uint64_t attribute_number(const struct sysfs *at, const char *device, const char *attribute)
{
	uint64_t n;

	return sysfs_read_number(at, &n, "%s/%s", device, attribute) < 0 ? 0 : n;
}

bool attribute_uuid(const struct sysfs *at, const char *device, uuid_t uuid)
{
	_cleanup_(freep) char *text = attribute_text(at, device, "uuid");

	return text && uuid_parse(text, uuid) == 0;
}

uint32_t attribute_choice(const struct sysfs *at, const char *device, const char *attribute)
{
	_cleanup_(freep) char *text = attribute_text(at, device, attribute);
	char *start = text ? strchr(text, '[') : NULL;
	uint64_t n;

	if (!start)
		return 0;
	start++;
	start[strcspn(start, "]")] = '\0';
	return number_parse(start, &n) == 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}
