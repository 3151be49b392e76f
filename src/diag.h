/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the program says: every sentence for a person goes through here, once, from the first
 * layer that knows the names of the things involved.
 *
 * Sentences are lower case, without a full stop, and quote names: region "vmcache": ...
 * They go to standard error, at boot also to the kernel log, and are kept for the report.
 */
#ifndef RAMDAX_DIAG_H
#define RAMDAX_DIAG_H

#include <stdarg.h>

#include "cleanup.h"

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTICE, /* what was done; shown unless -q */
	DIAG_DEBUG,  /* shown with -v */
};

/* The highest level that is shown; DIAG_NOTICE at start. */
void diag_set_level(enum diag_level level);
enum diag_level diag_level(void);

/* What stands before a sentence on standard error; "ramdax" at start. @name is not copied. */
void diag_set_program(const char *name);

/* Whether notices are shown to somebody who sits at a terminal. At boot, a console is none. */
bool diag_on_terminal(void);

/* Also writes what is shown to /dev/kmsg, with the matching kernel log level. */
void diag_open_kmsg(void);

void diag_error(const char *format, ...) _printf_(1, 2);
void diag_warning(const char *format, ...) _printf_(1, 2);
void diag_notice(const char *format, ...) _printf_(1, 2);
void diag_debug(const char *format, ...) _printf_(1, 2);

/* What was said so far at DIAG_NOTICE or above, in order. */
struct diag_message {
	enum diag_level level;
	char *text;
};
size_t diag_messages(const struct diag_message **messages);

/* The name of a level: "error", "warning", "notice", "debug". */
const char *diag_level_name(enum diag_level level);

/*
 * Faults found in a file, collected so that one run shows them all. Zeroed memory is an empty
 * list. Lines and columns count from 1; a column is a character, not a byte; line 0 means the
 * file as a whole.
 */
struct fault {
	unsigned line;
	unsigned column;
	char *text;
};

struct fault_list {
	struct fault *items;
	size_t n;
};

/* Adds a fault. After FAULTS_MAX (a file that is no layout at all) further ones are dropped. */
#define FAULTS_MAX 200
void fault_add(struct fault_list *list, unsigned line, unsigned column, const char *format, ...)
	_printf_(4, 5);

/* Sorts by position; faults at the same place keep the order in which they were found. */
void fault_sort(struct fault_list *list);

/* Says it as an error, "FILE:LINE:COLUMN: text", the program's name not before it. */
void fault_say(const struct fault *fault, const char *file);

void fault_list_release(struct fault_list *list);

#endif
