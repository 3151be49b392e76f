/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which namespaces this boot has made, of those that do not outlive every boot: noted before each
 * is published, so that a later run of this boot knows it from what an earlier boot has left,
 * whatever became of the one that made it and of its report.
 */
#ifndef RAMDAX_MADE_H
#define RAMDAX_MADE_H

#include <uuid/uuid.h>

#include "sysfs.h"
#include "units.h"

#define MADE_PATH "/run/ramdax/made"

/* Notes that namespaces of these @n UUIDs are about to be. Where there is no room for that, it is
 * noted that not all are known. 0 or -errno. The running machine only. */
int made_note(const struct sysfs *fs, const uuid_t *uuids, size_t n);

/* The UUIDs noted in the boot @boot_id in *@uuids, which the caller frees, and their number. -errno
 * if they cannot be read, or not all are known. */
int made_read(const struct sysfs *fs, const char *boot_id, uuid_t **uuids, size_t *n);

#endif
