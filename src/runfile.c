// SPDX-License-Identifier: GPL-2.0-or-later
#include "runfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

static int write_whole(const char *path, const struct text *content)
{
	_cleanup_(closep) int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	const char *at = text_str(content);
	size_t left = content->len;

	if (fd < 0)
		return -errno;
	while (left) {
		ssize_t n = write(fd, at, left);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += n;
		left -= (size_t)n;
	}
	return 0;
}

int runfile_write(const char *path, const struct text *content)
{
	/* Who gave up waiting for the lock writes, too. */
	_cleanup_(freep) char *temporary = mem_printf("%s.%d", path, getpid());
	int r;

	if (mkdir(RUN_DIRECTORY, 0755) < 0 && errno != EEXIST)
		return -errno;
	r = write_whole(temporary, content);
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	return r;
}
