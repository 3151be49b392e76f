/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How this kernel came to run, and the words of its command line.
 */
#ifndef RAMDAX_BOOT_H
#define RAMDAX_BOOT_H

#include "machine.h"
#include "sysfs.h"

/* Fills release, cmdline, boot_id, boot_kind, driver and guest. */
void boot_observe(const struct sysfs *fs, struct machine *m);

/* A crash kernel: it owns a few hundred MiB, and all other memory is evidence. */
bool boot_is_crash_kernel(const struct sysfs *fs, const char *cmdline);

/*
 * Whether this boot is about to become a hibernated system: resume= names a device that can be
 * looked at and holds an image (on the running machine only), or systemd's EFI variable says so.
 */
bool boot_is_resuming(const struct sysfs *fs, const char *cmdline);

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
