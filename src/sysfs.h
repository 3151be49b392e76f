/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of /sys and /proc below a root directory, so that a captured machine is read like a live
 * one. Paths are relative to that root ("sys/bus/nd/devices"), or absolute and taken the same.
 * None leaves the root: of a captured machine ".." and symbolic links resolve inside it (openat2,
 * RESOLVE_IN_ROOT).
 */
#ifndef RAMDAX_SYSFS_H
#define RAMDAX_SYSFS_H

#include "cleanup.h"
#include "text.h"

struct sysfs {
	int root_fd;
	bool live; /* the root is the running machine's own: devices and programs are real */
	/* Where the first reading is noted (an errno) that failed and should not have, or NULL.
	 * Copies of the struct, and what is entered from it, note it in the same place. */
	_Atomic int *failure;
};

/* Notes that reading came to @r, a negative errno, unless that tells what is there: an absent
 * attribute or device, or one that is not for us. Returns @r. */
int sysfs_note(const struct sysfs *fs, int r);

/* Opens the root directory @root, NULL or "/" for the running machine. 0 or -errno. */
int sysfs_open(struct sysfs *fs, const char *root);
void sysfs_close(struct sysfs *fs);

/* The directory @path as a root of its own, for many reads below it; closed with sysfs_close(). 0
 * or -errno. */
int sysfs_enter(const struct sysfs *fs, struct sysfs *below, const char *path, ...) _printf_(3, 4);

/* An open file or directory (O_PATH allowed in @flags). A descriptor or -errno. */
int sysfs_open_file(const struct sysfs *fs, int flags, const char *path, ...) _printf_(3, 4);

bool sysfs_exists(const struct sysfs *fs, const char *path, ...) _printf_(2, 3);

/* The longest attribute value read: a page, as sysfs itself has it. */
#define SYSFS_VALUE_MAX 4096

/*
 * Reads an attribute whole; the final newline, if any, is cut off. 0 and *@value (caller frees),
 * or -errno: -EFBIG when it does not fit SYSFS_VALUE_MAX, -EINVAL when it holds a NUL byte.
 */
int sysfs_read(const struct sysfs *fs, char **value, const char *path, ...) _printf_(3, 4);

/* The same for an attribute that holds one unsigned number, decimal or 0x. -EINVAL if it does not.
 */
int sysfs_read_number(const struct sysfs *fs, uint64_t *n, const char *path, ...) _printf_(3, 4);

/* Reads a whole file of at most @max bytes (for /proc, firmware tables). 0, -EFBIG or -errno. */
int sysfs_read_all(const struct sysfs *fs, struct text *out, size_t max, const char *path, ...)
	_printf_(4, 5);

/*
 * Writes an attribute: exactly one write(2) of @value, opened O_WRONLY without O_CREAT.
 * 0 or -errno; a short write is -EIO. -EROFS for the running kernel's own files, mounted below
 * another root than the machine's.
 */
int sysfs_write(struct sysfs *fs, const char *value, const char *path, ...) _printf_(3, 4);

/* The last component of the symbolic link's target ("driver" -> "nd_pmem"). 0 or -errno. */
int sysfs_read_link(const struct sysfs *fs, char **name, const char *path, ...) _printf_(3, 4);

/*
 * The names in a directory, sorted so that numbers compare as numbers ("region2" before
 * "region10"), without those starting with a dot. 0 or -errno; free with sysfs_free_names().
 */
int sysfs_list(const struct sysfs *fs, char ***names, size_t *n, const char *path, ...)
	_printf_(4, 5);
/* Those that start with @prefix and a digit: "region12" for "region", but no "region_seed". */
int sysfs_list_numbered(const struct sysfs *fs, const char *prefix, char ***names, size_t *n,
			const char *path, ...) _printf_(5, 6);
void sysfs_free_names(char **names, size_t n);

#endif
