// SPDX-License-Identifier: GPL-2.0-or-later
#include "blockdev.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "mem.h"

/* As much as is zeroed at a time. It cannot be written to: so all of it is the kernel's one page of
 * zeros, which never leaves the processor's cache. */
static const void *zeros;

static void zeros_map(void)
{
	zeros = mmap(NULL, SWEEP_PIECE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (zeros == MAP_FAILED)
		mem_exhausted();
}

int device_check(int fd, const char *name)
{
	char path[64], target[4096];
	const char *last;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISBLK(st.st_mode) && !S_ISCHR(st.st_mode))
		return -ENXIO;
	snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u", S_ISBLK(st.st_mode) ? "block" : "char",
		 major(st.st_rdev), minor(st.st_rdev));
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	last = strrchr(target, '/');
	return last && !strcmp(last + 1, name) ? 0 : -ENXIO;
}

/* udev leaves a locked block device alone: https://systemd.io/BLOCK_DEVICE_LOCKING */
int blockdev_lock(const char *name)
{
	_cleanup_(freep) char *path = mem_printf("/dev/%s", name);
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	r = device_check(fd, name);
	return r < 0 ? r : TAKE_FD(fd);
}

int blockdev_open(struct blockdev *dev, const char *name)
{
	char *path = mem_printf("/dev/%s", name);
	_cleanup_(closep) int fd = open(path, O_RDWR | O_EXCL | O_DIRECT | O_CLOEXEC);
	int r;

	*dev = (struct blockdev){.fd = -1, .path = path};
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	r = device_check(fd, name);
	if (r == 0)
		dev->fd = TAKE_FD(fd);
	return r;
}

void blockdev_close(struct blockdev *dev)
{
	closep(&dev->fd);
	dev->fd = -1;
	free(TAKE_PTR(dev->path));
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
static int zero_pages(const struct blockdev *dev, uint64_t offset, uint64_t n, uint64_t *done)
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

static int zero_at(const void *device, uint64_t offset, uint64_t n, uint64_t *done)
{
	const struct blockdev *dev = device;
	uint64_t spared = offset < dev->spared ? dev->spared - offset : 0;
	int r;

	if (spared > n)
		spared = n;
	r = write_at(dev, zeros, n - spared, offset + spared);
	*done = n;
	if (r == 0)
		return 0;
	r = zero_pages(dev, offset + spared, n - spared, done);
	*done += spared;
	return r;
}

void blockdev_zero(struct sweep_part *parts, size_t n, sweep_progress *progress, void *context)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, zeros_map);
	sweep(parts, n, zero_at, progress, context);
}

void blockdev_add_parts(const struct blockdev *dev, uint64_t base, const struct media *media,
			struct sweep_part **parts, size_t *n)
{
	for (size_t i = 0; i < media->n; i++) {
		const struct media_piece *piece = &media->pieces[i];

		*MEM_APPEND(*parts, *n) = (struct sweep_part){
			.device = dev, .offset = base + piece->offset, .n = piece->n};
	}
}

static int write_piece(const struct blockdev *dev, uint64_t base, const struct media_piece *piece)
{
	struct sweep_part part = {.device = dev, .offset = base + piece->offset, .n = piece->n};

	if (piece->bytes)
		return write_at(dev, piece->bytes, piece->n, base + piece->offset);
	blockdev_zero(&part, 1, NULL, NULL);
	return part.result;
}

int blockdev_write(const struct blockdev *dev, uint64_t base, const struct media *media)
{
	int r = 0;

	for (size_t i = 0; i < media->n && r == 0; i++)
		r = write_piece(dev, base, &media->pieces[i]);
	return r;
}

int blockdev_flush(const struct blockdev *dev)
{
	return fsync(dev->fd) < 0 ? -errno : 0;
}

int blockdev_read(const struct blockdev *dev, uint64_t offset, void *bytes, size_t n)
{
	ssize_t got;

	do
		got = pread(dev->fd, bytes, n, (off_t)offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return (size_t)got < n ? -EIO : 0;
}
