// SPDX-License-Identifier: GPL-2.0-or-later
#include "blockdev.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "mem.h"

#define CHUNK BLOCKDEV_READ_MAX

/* udev leaves a locked block device alone: https://systemd.io/BLOCK_DEVICE_LOCKING */
int blockdev_lock(const char *path)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int blockdev_open(struct blockdev *dev, const char *name)
{
	char *path = mem_printf("/dev/%s", name);
	_cleanup_(closep) int fd = open(path, O_RDWR | O_EXCL | O_DIRECT | O_CLOEXEC);

	dev->fd = -1;
	dev->path = path;
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	dev->fd = TAKE_FD(fd);
	return 0;
}

void blockdev_close(struct blockdev *dev)
{
	closep(&dev->fd);
	dev->fd = -1;
	free(TAKE_PTR(dev->path));
}

/* Page-aligned memory for O_DIRECT, zeroed; NULL when there is none. */
static void *buffer_map(void)
{
	void *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		mem_exhausted();
	return p;
}

static int write_at(const struct blockdev *dev, const void *bytes, size_t n, uint64_t offset)
{
	while (n) {
		ssize_t written = pwrite(dev->fd, bytes, n, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		bytes = (const char *)bytes + written;
		offset += (uint64_t)written;
		n -= (size_t)written;
	}
	return 0;
}

/* Of a piece that could not be written whole: all up to the page that cannot be. 0, or -errno with
 * *@done bytes written. */
static int zero_pages(const struct blockdev *dev, const void *zeros, uint64_t offset, uint64_t n,
		      uint64_t *done)
{
	const uint64_t page = 4 * KIB;
	int r = 0;

	for (*done = 0; *done < n; *done += page) {
		r = write_at(dev, zeros, page, offset + *done);
		if (r < 0)
			break;
	}
	return r;
}

int blockdev_zero(struct blockdev *dev, uint64_t offset, uint64_t n, blockdev_progress *progress,
		  void *context, uint64_t *failed_at)
{
	void *zeros = buffer_map();
	uint64_t done = 0;
	int r = 0;

	while (done < n) {
		uint64_t piece = n - done < CHUNK ? n - done : CHUNK;

		uint64_t written = piece;

		r = write_at(dev, zeros, piece, offset + done);
		if (r < 0)
			r = zero_pages(dev, zeros, offset + done, piece, &written);
		done += written;
		if (r < 0)
			break;
		if (progress && !progress(context, done, n)) {
			r = -ECANCELED;
			break;
		}
	}
	if (r < 0)
		*failed_at = offset + done;
	munmap(zeros, CHUNK);
	return r;
}

static int write_piece(struct blockdev *dev, uint64_t base, const struct media_piece *piece,
		       void *buffer)
{
	uint64_t failed_at, done = 0;

	if (!piece->bytes)
		return blockdev_zero(dev, base + piece->offset, piece->n, NULL, NULL, &failed_at);
	while (done < piece->n) {
		size_t n = piece->n - done < CHUNK ? piece->n - done : CHUNK;
		int r;

		memcpy(buffer, piece->bytes + done, n);
		r = write_at(dev, buffer, n, base + piece->offset + done);
		if (r < 0)
			return r;
		done += n;
	}
	return 0;
}

int blockdev_write(struct blockdev *dev, uint64_t base, const struct media *media)
{
	void *buffer = buffer_map();
	int r = 0;

	for (size_t i = 0; i < media->n && r == 0; i++)
		r = write_piece(dev, base, &media->pieces[i], buffer);
	munmap(buffer, CHUNK);
	if (r == 0 && fsync(dev->fd) < 0)
		r = -errno;
	return r;
}

int blockdev_read(const struct blockdev *dev, uint64_t offset, void *bytes, size_t n)
{
	void *buffer = buffer_map();
	ssize_t got;
	int r = 0;

	do
		got = pread(dev->fd, buffer, n, (off_t)offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		r = -errno;
	else if ((size_t)got < n)
		r = -EIO;
	else
		memcpy(bytes, buffer, n);
	munmap(buffer, CHUNK);
	return r;
}
