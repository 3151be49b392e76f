/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems, made by their own mkfs programs.
 */
#ifndef RAMDAX_FORMAT_H
#define RAMDAX_FORMAT_H

#include "deadline.h"
#include "layout.h"
#include "progress.h"
#include "text.h"

/* The program that makes @type: "mkfs.ext4". NULL for FS_NONE. */
const char *format_program(enum fs_type type);

/*
 * The arguments, program first, that make @fs on @device: with what DAX needs, label and UUID, then
 * the declared options. NULL-terminated, the caller frees it with format_free_arguments(). Pure.
 */
char **format_arguments(const struct layout_filesystem *fs, const uuid_t uuid, const char *device);
void format_free_arguments(char **arguments);

/*
 * Makes the file system of @ns on the block device @device. A device whose memory was not @zeroed
 * gets a random UUID: xfs's log recovery would trust stale blocks that bear the new one
 * (fs/xfs/xfs_buf_item_recover.c).
 * It is told that it goes on to @progress, that of many at once; NULL: it has one of its own.
 * 0, FORMAT_*, or -errno with a sentence part in @why.
 */
#define FORMAT_MISSING (-ENOPKG) /* there is no such program */
#define FORMAT_FAILED  (-ECHILD) /* it was there, and failed */
int format_device(const struct layout_namespace *ns, const char *device, bool zeroed, deadline d,
		  struct progress *progress, struct text *why);

#endif
