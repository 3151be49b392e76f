/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small machines for unit tests: a temporary directory that is filled by hand and read through
 * struct sysfs as --root would.
 */
#ifndef RAMDAX_UNIT_TREE_H
#define RAMDAX_UNIT_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "mem.h"
#include "sysfs.h"

struct tree {
	char path[64];
	struct sysfs fs;
};

static inline void tree_fail(const char *what)
{
	perror(what);
	abort();
}

static inline void tree_make(struct tree *t)
{
	strcpy(t->path, "/tmp/ramdax-unit.XXXXXX");
	if (!mkdtemp(t->path) || sysfs_open(&t->fs, t->path) < 0)
		tree_fail("tree_make");
}

static inline int tree_remove_one(const char *path, const struct stat *st, int flag,
				  struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

/* For _cleanup_(tree_remove). */
static inline void tree_remove(struct tree *t)
{
	sysfs_close(&t->fs);
	nftw(t->path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The full path of @name, its directories made. The caller frees it. */
static inline char *tree_path(const struct tree *t, const char *name)
{
	char *path = mem_printf("%s/%s", t->path, name);

	for (char *p = path + strlen(t->path) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(path, 0755);
		*p = '/';
	}
	return path;
}

static inline void tree_bytes(const struct tree *t, const char *name, const void *bytes, size_t n)
{
	_cleanup_(freep) char *path = tree_path(t, name);
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		tree_fail(path);
}

static inline void tree_file(const struct tree *t, const char *name, const char *text)
{
	tree_bytes(t, name, text, strlen(text));
}

static inline void tree_link(const struct tree *t, const char *name, const char *target)
{
	_cleanup_(freep) char *path = tree_path(t, name);

	if (symlink(target, path) < 0)
		tree_fail(path);
}

static inline void tree_directory(const struct tree *t, const char *name)
{
	_cleanup_(freep) char *inside = mem_printf("%s/.", name);

	free(tree_path(t, inside));
}

#endif
