// SPDX-License-Identifier: GPL-2.0-or-later
#include "crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

struct crew {
	void (*work)(void *context, size_t i);
	void *context;
	size_t n;
	_Atomic size_t next;
};

static void *work_on(void *arg)
{
	struct crew *crew = arg;
	size_t i;

	while ((i = atomic_fetch_add(&crew->next, 1)) < crew->n)
		crew->work(crew->context, i);
	return NULL;
}

size_t crew_size(size_t most)
{
	cpu_set_t set;
	long processors;

	/* Fails where the kernel has more processors than the set has room for. */
	processors = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set)
								  : sysconf(_SC_NPROCESSORS_ONLN);
	return processors > 0 && (size_t)processors < most ? (size_t)processors : most;
}

void crew_run(size_t threads, size_t n, void (*work)(void *context, size_t i), void *context)
{
	struct crew crew = {.work = work, .context = context, .n = n};
	pthread_t others[CREW_MAX];
	size_t started = 0;

	while (started + 1 < threads && started + 1 < n && started < CREW_MAX &&
	       !pthread_create(&others[started], NULL, work_on, &crew))
		started++;
	work_on(&crew);
	while (started)
		pthread_join(others[--started], NULL);
}
