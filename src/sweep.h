/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeroing, or reading, parts of devices by several threads, each of which takes the next piece, of
 * whichever part: so all processors are at work, whether there is one large part or hundreds of
 * small ones. Pieces of several devices are taken in turn: regions have memory of their own each.
 */
#ifndef RAMDAX_SWEEP_H
#define RAMDAX_SWEEP_H

#include "units.h"

/* A part, and what came of it. */
struct sweep_part {
	const void *device; /* what it is of: for the work */
	uint64_t offset, n; /* multiples of 4 KiB */
	/* 0; -ECANCELED if it was stopped; or -errno: nothing more of it was zeroed, the others
	 * were. Then @failed_at is the offset of the first page found that cannot be. */
	int result;
	uint64_t failed_at;
};

/* The most that is done at a time. */
#define SWEEP_PIECE (4 * MIB)

/* Zeroes @n bytes from @offset of @device, or looks whether they are. 0, or -errno with *@done
 * bytes done. */
typedef int sweep_piece(const void *device, uint64_t offset, uint64_t n, uint64_t *done);

/*
 * Told from time to time, by one thread, how many of @total bytes have been zeroed. Returning false
 * stops the zeroing.
 */
typedef bool sweep_progress(void *context, uint64_t done, uint64_t total);

/* Does all @n parts with @work, on as many threads as help; those of one device follow each other.
 * @progress may be NULL. */
void sweep(struct sweep_part *parts, size_t n, sweep_piece *work, sweep_progress *progress,
	   void *context);

#endif
