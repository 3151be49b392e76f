/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many pieces of the same work, done by several threads.
 */
#ifndef RAMDAX_CREW_H
#define RAMDAX_CREW_H

#include <stddef.h>

#define CREW_MAX 64

/* As many threads as there are processors to run on, at most @most. */
size_t crew_size(size_t most);

/*
 * Calls @work for every number below @n, each once and in no order, in up to @threads threads of
 * which the caller's is one; fewer, if the kernel grants no more. Returns when all is done.
 */
void crew_run(size_t threads, size_t n, void (*work)(void *context, size_t i), void *context);

#endif
