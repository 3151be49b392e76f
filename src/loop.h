/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loop device over a part of another block device: how a file system is made in a namespace that
 * nobody can mount yet.
 */
#ifndef RAMDAX_LOOP_H
#define RAMDAX_LOOP_H

#include "units.h"

struct loop {
	int fd; /* open, and locked against udev (flock), while it exists */
	char path[32];
};

/* Whether there are loop devices: without their module there are none. */
bool loop_exists(void);

/* Attaches a free loop device with sectors of @sector_size bytes, or with 0 the usual ones, to
 * @part of the block device open as @backing. It goes away with the last open descriptor, also if
 * this program dies. 0 or -errno. */
int loop_attach(struct loop *loop, int backing, struct range part, uint32_t sector_size);

/* Writes everything back and detaches. 0 or -errno of the writing. */
int loop_detach(struct loop *loop);

#endif
