/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work whose result is not needed before the kernel has done its part: another thread does it,
 * since a processor that waits for the kernel costs as much as one that works.
 */
#ifndef RAMDAX_LATER_H
#define RAMDAX_LATER_H

#include <pthread.h>
#include <stdbool.h>

/* All zero until it is started. */
struct later {
	void (*work)(void *context);
	void *context;
	pthread_t thread;
	bool running;
};

/* Has @work done, at once if the kernel grants no thread. What it uses of @context is its own until
 * later_wait(). */
void later_start(struct later *later, void (*work)(void *context), void *context);

/* Returns when that is done; at once if nothing was started, or was waited for before. */
void later_wait(struct later *later);

#endif
