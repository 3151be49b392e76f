/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries for journald by its native protocol: a datagram of FIELD=value lines
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL). Nothing of it waits, and nothing depends on its success.
 */
#ifndef RAMDAX_JOURNAL_H
#define RAMDAX_JOURNAL_H

#include "sysfs.h"
#include "text.h"

/* A socket that leads to the journald of the root; -errno where there is none. */
int journal_open(const struct sysfs *fs);

/* Adds a field to @entry. What is not printable in @value is replaced; NULL adds nothing. */
void journal_add(struct text *entry, const char *field, const char *value);

/* Sends @entry through @fd. 0 or -errno. */
int journal_send(int fd, const struct text *entry);

#endif
