/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long something may take: a moment on CLOCK_MONOTONIC, in milliseconds; NO_DEADLINE is never.
 */
#ifndef RAMDAX_DEADLINE_H
#define RAMDAX_DEADLINE_H

#include "cleanup.h"

typedef uint64_t deadline;

#define NO_DEADLINE 0

uint64_t clock_ms(void);

/* The moment @ms from now. */
deadline deadline_in(uint64_t ms);

/* Milliseconds left, 0 once it has passed, UINT64_MAX without one. */
uint64_t deadline_left(deadline d);

/* The same as poll(2) takes it: -1 without one. */
int deadline_poll(deadline d);

/*
 * Runs @run in a child process and waits for its end, but no longer than until @d. 0 and
 * *@status, what @run returned (-EIO: it died); -ETIMEDOUT: it is still there, stuck in the
 * kernel perhaps, and what it holds open stays open; -errno.
 */
int deadline_supervise(deadline d, int (*run)(void *context), void *context, int *status);

#endif
