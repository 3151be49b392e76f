/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block device of a tree, dev/pmem0, and what lies on it.
 */
#ifndef RAMDAX_UNIT_MEDIUM_H
#define RAMDAX_UNIT_MEDIUM_H

#include "probe-fs.h"
#include "tree.h"
#include "zfs.h"

/* dev/pmem0 of @bytes, then @command with its path at the end. */
static inline bool make(const struct tree *t, off_t bytes, const char *command)
{
	_cleanup_(freep) char *path = tree_path(t, "dev/pmem0");
	_cleanup_(freep) char *line = mem_printf("PATH=$PATH:/usr/sbin:/sbin; %s %s >%s.log 2>&1",
						 command, path, t->path);
	_cleanup_(freep) char *log = mem_printf("%s.log", t->path);
	bool made;

	tree_file(t, "dev/pmem0", "");
	made = truncate(path, bytes) == 0 && system(line) == 0;
	remove(log);
	return made;
}

static inline void overwrite(const struct tree *t, off_t at, const void *bytes, size_t n)
{
	_cleanup_(freep) char *path = tree_path(t, "dev/pmem0");
	_cleanup_(closep) int fd = open(path, O_WRONLY);

	if (fd < 0 || pwrite(fd, bytes, n, at) != (ssize_t)n)
		tree_fail(path);
}

static inline void release(struct seen_filesystem *seen)
{
	free(seen->type);
	free(seen->uuid);
	free(seen->label);
}

/* A few uberblocks at the end of label @label of zfs, on dev/pmem0 of @size bytes. */
static inline void plant_zfs(const struct tree *t, uint64_t size, size_t label, bool big_endian)
{
	static const char magics[][8] = {"\x0c\xb1\xba\0\0\0\0", "\0\0\0\0\0\xba\xb1\x0c"};
	uint64_t at[ZFS_LABELS];

	zfs_labels(size, at);
	for (uint64_t back = 1; back <= 5; back++)
		overwrite(t, (off_t)(at[label] + ZFS_LABEL - back * 1024), magics[big_endian], 8);
}

#endif
