/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a kernel command line.
 */
#ifndef RAMDAX_CMDLINE_H
#define RAMDAX_CMDLINE_H

#include "units.h"

/*
 * The next word of a kernel command line at *@cursor, which is moved behind it; double quotes
 * protect spaces and are dropped. NULL at the end. The caller frees it.
 */
char *cmdline_next(const char **cursor);

/* Whether the exact word stands in @cmdline ("rescue", "rd.ramdax=0"). */
bool cmdline_has(const char *cmdline, const char *word);

/* The value of the last KEY=VALUE word, "" for a bare KEY, NULL if there is none. Caller frees. */
char *cmdline_value(const char *cmdline, const char *key);

/* The same as a switch: 0, no, off are false, any other value or a bare KEY true. */
bool cmdline_bool(const char *cmdline, const char *key, bool otherwise);

/* What one part of a memmap= word asks of the kernel. */
struct memmap_part {
	char kind; /* '!' carveout; '@' '#' '$' '%' other types; 0: a limit, "exactmap", unreadable
		    */
	struct range range; /* size 0 with kind 0 */
	char *text;         /* as it stands there */
};

/*
 * The comma-separated parts of all memmap= words, in order, read as the kernel does (memparse:
 * decimal, 0x, octal; suffixes K to E in either case). Free with memmap_free().
 */
size_t cmdline_memmap(const char *cmdline, struct memmap_part **parts);
void memmap_free(struct memmap_part *parts, size_t n);

#endif
