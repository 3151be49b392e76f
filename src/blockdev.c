// SPDX-License-Identifier: GPL-2.0-or-later
#include "blockdev.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "mem.h"

#define CHUNK BLOCKDEV_READ_MAX
/* A thread costs more than it zeroes below this, and memory has no more bandwidth for more. */
#define ZERO_SHARE  (64 * MIB)
#define THREADS_MAX 32

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

	*dev = (struct blockdev){.fd = -1, .path = path};
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
	if (dev->zeros)
		munmap(TAKE_PTR(dev->zeros), CHUNK);
	if (dev->buffer)
		munmap(TAKE_PTR(dev->buffer), CHUNK);
}

/* Page-aligned memory for O_DIRECT, zeroed. As long as it is only read, all of it is the kernel's
 * one page of zeros, which never leaves the processor's cache. */
static void *buffer_map(void **buffer)
{
	if (!*buffer)
		*buffer = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);
	if (*buffer == MAP_FAILED)
		mem_exhausted();
	return *buffer;
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

/* A range being zeroed by several threads, each of which takes the next chunk. */
struct sweep {
	const struct blockdev *dev;
	const void *zeros;
	uint64_t offset, n;
	blockdev_progress *progress;
	void *context;
	_Atomic uint64_t next, done;
	_Atomic uint64_t failed_at; /* offset of the failure that counts */
	_Atomic int result;         /* the first failure stops all */
};

/* Zeroes the next chunk. False if there is none left, or no reason to go on. */
static bool zero_chunk(struct sweep *z)
{
	uint64_t at = atomic_fetch_add(&z->next, CHUNK);
	uint64_t n = at < z->n && z->n - at < CHUNK ? z->n - at : CHUNK;
	uint64_t written = n;
	int r, none = 0;

	if (at >= z->n || atomic_load(&z->result) < 0)
		return false;
	r = write_at(z->dev, z->zeros, n, z->offset + at);
	if (r < 0)
		r = zero_pages(z->dev, z->zeros, z->offset + at, n, &written);
	atomic_fetch_add(&z->done, written);
	if (r < 0 && atomic_compare_exchange_strong(&z->result, &none, r))
		atomic_store(&z->failed_at, z->offset + at + written);
	return r == 0;
}

static void *zero_chunks(void *sweep)
{
	while (zero_chunk(sweep))
		;
	return NULL;
}

/* The same in the thread that asked for it, which tells how far all have come. */
static void zero_chunks_telling(struct sweep *z)
{
	int none = 0;

	while (zero_chunk(z)) {
		uint64_t done = atomic_load(&z->done);

		if (z->progress && !z->progress(z->context, done, z->n) &&
		    atomic_compare_exchange_strong(&z->result, &none, -ECANCELED))
			atomic_store(&z->failed_at, z->offset + done);
	}
}

static size_t threads_for(uint64_t n)
{
	cpu_set_t set;
	size_t threads = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		threads = (size_t)CPU_COUNT(&set);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	return threads < n / ZERO_SHARE ? threads : n / ZERO_SHARE;
}

int blockdev_zero(struct blockdev *dev, uint64_t offset, uint64_t n, blockdev_progress *progress,
		  void *context, uint64_t *failed_at)
{
	struct sweep z = {.dev = dev,
			  .zeros = buffer_map(&dev->zeros),
			  .offset = offset,
			  .n = n,
			  .progress = progress,
			  .context = context};
	size_t wanted = threads_for(n), others = 0;
	pthread_t threads[THREADS_MAX];

	while (others + 1 < wanted && !pthread_create(&threads[others], NULL, zero_chunks, &z))
		others++;
	zero_chunks_telling(&z);
	while (others)
		pthread_join(threads[--others], NULL);
	if (z.result < 0)
		*failed_at = z.failed_at;
	return z.result;
}

static int write_piece(struct blockdev *dev, uint64_t base, const struct media_piece *piece)
{
	uint64_t failed_at, done = 0;
	void *buffer;

	if (!piece->bytes)
		return blockdev_zero(dev, base + piece->offset, piece->n, NULL, NULL, &failed_at);
	buffer = buffer_map(&dev->buffer);
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
	int r = 0;

	for (size_t i = 0; i < media->n && r == 0; i++)
		r = write_piece(dev, base, &media->pieces[i]);
	return r;
}

int blockdev_flush(struct blockdev *dev)
{
	return fsync(dev->fd) < 0 ? -errno : 0;
}

int blockdev_read(struct blockdev *dev, uint64_t offset, void *bytes, size_t n)
{
	void *buffer = buffer_map(&dev->buffer);
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
	return r;
}
