/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of the running machine that last as long as this boot does.
 */
#ifndef RAMDAX_RUNFILE_H
#define RAMDAX_RUNFILE_H

#include "text.h"

#define RUN_DIRECTORY "/run/ramdax"

/* Replaces the file @path, which is in RUN_DIRECTORY, with @content, at once. 0 or -errno; then it
 * is as it was. */
int runfile_write(const char *path, const struct text *content);

#endif
