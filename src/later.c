// SPDX-License-Identifier: GPL-2.0-or-later
#include "later.h"

#include <stddef.h>

static void *work_on(void *arg)
{
	const struct later *later = arg;

	later->work(later->context);
	return NULL;
}

void later_start(struct later *later, void (*work)(void *context), void *context)
{
	*later = (struct later){.work = work, .context = context};
	later->running = pthread_create(&later->thread, NULL, work_on, later) == 0;
	if (!later->running)
		work(context);
}

void later_wait(struct later *later)
{
	if (later->running)
		pthread_join(later->thread, NULL);
	later->running = false;
}
