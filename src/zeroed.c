// SPDX-License-Identifier: GPL-2.0-or-later
#include "zeroed.h"

#include <fcntl.h>
#include <unistd.h>

#include "blockdev.h"
#include "media.h"
#include "sweep.h"
#include "watch.h"

/* Read at once by a thread, on its stack. */
#define CHUNK (64 * KIB)

/* Reads instead of zeroing: -ENOTEMPTY for what is not zero. */
static int look_at(const void *device, uint64_t offset, uint64_t n, uint64_t *done)
{
	_Alignas(BLOCKDEV_ALIGN) unsigned char bytes[CHUNK];
	const int *fd = device;

	for (*done = 0; *done < n;) {
		size_t piece = n - *done < CHUNK ? (size_t)(n - *done) : CHUNK;
		ssize_t got = pread(*fd, bytes, piece, (off_t)(offset + *done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		if (!media_is_zero(bytes, (size_t)got))
			return -ENOTEMPTY;
		*done += (uint64_t)got;
	}
	return 0;
}

bool zeroed(const struct sysfs *fs, const char *block)
{
	const int direct = fs->live ? O_DIRECT : 0; /* a captured device is a file of any kind */
	_cleanup_(closep) int fd =
		sysfs_open_file(fs, O_RDONLY | O_NONBLOCK | O_CLOEXEC | direct, "dev/%s", block);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	struct sweep_part part = {.device = &fd, .n = size > 0 ? (uint64_t)size : 0};

	if (!part.n || (fs->live && device_check(fd, block) < 0))
		return false;
	WATCH("looking for what is in", block);
	sweep(&part, 1, look_at, NULL, NULL);
	return part.result == 0;
}
