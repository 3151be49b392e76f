/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files a layout is made of: /etc/ramdax/layout.toml, which turns everything on, and drop-ins
 * that amend it.
 *
 * Drop-ins are *.toml in ramdax/layout.d below /usr/lib, /usr/local/lib, /run and /etc, in the
 * order of their names, whatever directory they are in. Of several with one name, that of the later
 * directory counts, and hides the others; empty, or a link to /dev/null, it only hides.
 *
 * Wherever a line is named, that of the N-th file (from 0) is LAYOUT_FILE_LINES * N higher, so that
 * a number tells both and lines are in the order of files. 0 is no line.
 */
#ifndef RAMDAX_LAYOUT_FILES_H
#define RAMDAX_LAYOUT_FILES_H

#include "diag.h"
#include "sysfs.h"
#include "toml.h"

#define LAYOUT_PATH       "/etc/ramdax/layout.toml"
#define LAYOUT_DROP_INS   "ramdax/layout.d"
#define LAYOUT_FILES_MAX  512
#define LAYOUT_FILE_LINES (2 * TOML_SIZE_MAX)

struct layout_file {
	char *path;       /* for messages: with the root's path before it */
	struct text text; /* released once it was read */
	bool trusted;     /* a file that none but root can write */
	int64_t changed;  /* nanoseconds since 1970 */
};

/* Zeroed memory is no files. */
struct layout_files {
	struct layout_file *items;
	size_t n;
};

/*
 * Reads the layout's files below @root, whose path for messages is @prefix ("" for the running
 * machine's). 0; or -errno: -ENOENT and so on, -EFBIG above TOML_SIZE_MAX, -E2BIG if there are
 * more than LAYOUT_FILES_MAX; the last of @files is then the one that could not be read.
 */
int layout_files_find(struct layout_files *files, const struct sysfs *root, const char *prefix);

/* The same for one file, wherever it is, and no drop-ins. */
int layout_files_open(struct layout_files *files, const char *path);

/* Adds a file with this text. */
void layout_files_add(struct layout_files *files, const char *path, const char *text, size_t n);

/* Where a line is: in which file, and which of its lines. */
const char *layout_file_of(const struct layout_files *files, unsigned line);
unsigned layout_line_of(unsigned line);

/* Both, as arguments for "%s:%u". */
#define LAYOUT_AT(files, line) layout_file_of(files, line), layout_line_of(line)

/* Says each fault as an error, "FILE:LINE:COLUMN: text". */
void layout_files_say(const struct layout_files *files, const struct fault_list *faults);

void layout_files_release(struct layout_files *files);

#endif
