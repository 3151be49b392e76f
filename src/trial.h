/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel command line on trial, as "ramdax-update-bootloader --trial" keeps it: one KEY=VALUE a
 * line. "line" is what is tried; "failed", once it is given up, the reason.
 */
#ifndef RAMDAX_TRIAL_H
#define RAMDAX_TRIAL_H

#include "sysfs.h"

#define TRIAL_PATH "var/lib/ramdax/trial"

struct trial {
	char *line;
	char *failed; /* NULL while it waits for its boot, or for the end of that */
};

/* 0 and *@trial, which the caller releases; -ENOENT if there is none; -EBADMSG if the file is
 * damaged; -errno. */
int trial_read(const struct sysfs *fs, struct trial *trial);
void trial_release(struct trial *trial);

#endif
