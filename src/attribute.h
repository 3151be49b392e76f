/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes of libnvdimm's devices, each of which may be absent. @at is the directory of a region,
 * below which its namespaces and what claims them are; @device "." is the region itself.
 */
#ifndef RAMDAX_ATTRIBUTE_H
#define RAMDAX_ATTRIBUTE_H

#include <uuid/uuid.h>

#include "sysfs.h"

/* NULL if it is absent or empty. The caller frees it. */
char *attribute_text(const struct sysfs *at, const char *device, const char *attribute);

/* 0 if it is absent or no number. */
uint64_t attribute_number(const struct sysfs *at, const char *device, const char *attribute);

/* The attribute "uuid"; false if there is none. */
bool attribute_uuid(const struct sysfs *at, const char *device, uuid_t uuid);

/* What is chosen of a list as "512 [4096]"; 0 if nothing is. */
uint32_t attribute_choice(const struct sysfs *at, const char *device, const char *attribute);

#endif
