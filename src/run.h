/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs: found in fixed places, run without a shell, with a clean environment and no
 * descriptors but their own, confined (confine.h; only modprobe may load modules), and ended by
 * SIGKILL when the thread that waits for them ends.
 */
#ifndef RAMDAX_RUN_H
#define RAMDAX_RUN_H

#include "deadline.h"
#include "progress.h"
#include "text.h"

/* The path of @program, from the first of /usr/lib/ramdax, /usr/sbin, /sbin, /usr/bin and /bin
 * that has it; NULL if none does. The caller frees it. */
char *run_find(const char *program);

/*
 * Runs @argv (NULL-terminated; argv[0] is looked for with run_find()) and waits for its end.
 * What it prints goes to @output, at most RUN_OUTPUT_MAX bytes of it. At @d it is killed.
 * While it runs, @progress is told that it still does, unless that is NULL.
 * 0; -ENOENT: no such program; -EIO: it failed, *@status is its wait status; -ETIMEDOUT; -errno.
 */
#define RUN_OUTPUT_MAX 65536
int run_program(const char *const *argv, deadline d, struct progress *progress, struct text *output,
		int *status);

/* The last line of @output that says something, "" if there is none. Changes @output. */
const char *run_last_line(struct text *output);

#endif
