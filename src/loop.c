// SPDX-License-Identifier: GPL-2.0-or-later
#include "loop.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/ioctl.h>

/* How often somebody may take the free device first. */
#define TRIES 64

#define CONTROL "/dev/loop-control"

bool loop_exists(void)
{
	_cleanup_(closep) int control = open(CONTROL, O_RDWR | O_CLOEXEC);

	return control >= 0;
}

static int attach_number(struct loop *loop, int number, int backing, struct range part,
			 uint32_t sector_size)
{
	struct loop_config config = {
		.fd = (unsigned)backing,
		.block_size = sector_size,
		.info.lo_offset = part.start,
		.info.lo_sizelimit = part.size,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR,
	};
	_cleanup_(closep) int fd = -1;

	snprintf(loop->path, sizeof(loop->path), "/dev/loop%d", number);
	fd = open(loop->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* udev leaves a locked block device alone: https://systemd.io/BLOCK_DEVICE_LOCKING */
	if (flock(fd, LOCK_EX) < 0 || ioctl(fd, LOOP_CONFIGURE, &config) < 0)
		return -errno;
	loop->fd = TAKE_FD(fd);
	return 0;
}

static int attach(struct loop *loop, int backing, struct range part, uint32_t sector_size)
{
	_cleanup_(closep) int control = open(CONTROL, O_RDWR | O_CLOEXEC);
	int r = -EBUSY;

	if (control < 0)
		return -errno;
	for (int i = 0; i < TRIES && r == -EBUSY; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		if (number < 0)
			return -errno;
		r = attach_number(loop, number, backing, part, sector_size);
	}
	return r;
}

/* One at a time: who is given a device that another thread is just about to attach would wait for
 * its lock, which that thread holds until its file system is made. */
int loop_attach(struct loop *loop, int backing, struct range part, uint32_t sector_size)
{
	static pthread_mutex_t attaching = PTHREAD_MUTEX_INITIALIZER;
	int r;

	pthread_mutex_lock(&attaching);
	r = attach(loop, backing, part, sector_size);
	pthread_mutex_unlock(&attaching);
	return r;
}

int loop_detach(struct loop *loop)
{
	int r = fsync(loop->fd) < 0 ? -errno : 0;

	ioctl(loop->fd, LOOP_CLR_FD);
	close(loop->fd);
	loop->fd = -1;
	return r;
}
