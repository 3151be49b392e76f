// SPDX-License-Identifier: GPL-2.0-or-later
#include "watch.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "progress.h"

/* It formats a line. */
#define STACK_BYTES (128 * 1024)

static struct {
	pthread_mutex_t lock;
	pthread_cond_t begun;
	bool started; /* the thread */
	bool asleep;  /* it, until something begins */
	bool watching;
	pid_t parent;
	struct progress progress;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Threads are not inherited, but what they have locked is. */
static void forget(void)
{
	watch.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	watch.started = watch.asleep = watch.watching = false;
}

static void sleep_until_begun(void)
{
	watch.asleep = true;
	while (!watch.watching)
		pthread_cond_wait(&watch.begun, &watch.lock);
	watch.asleep = false;
}

/* Without the lock. */
static void sleep_a_while(void)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += PROGRESS_STILL_MS * 1000000L;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	pthread_cond_timedwait(&watch.begun, &watch.lock, &end);
}

_noreturn_ static void *tell(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&watch.lock);
	for (;;) {
		sleep_until_begun();
		sleep_a_while();
		if (watch.watching && getppid() == watch.parent)
			progress_still(&watch.progress);
	}
}

/* With all signals blocked, so that they find those who wait for them. */
static bool start_thread(pthread_attr_t *attr)
{
	sigset_t all, before;
	pthread_t thread;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_attr_setstacksize(attr, STACK_BYTES) == 0 &&
		  pthread_attr_setdetachstate(attr, PTHREAD_CREATE_DETACHED) == 0 &&
		  pthread_create(&thread, attr, tell, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* Where there can be no thread, nothing is told. */
static void start(void)
{
	static bool prepared;
	pthread_condattr_t clock;
	pthread_attr_t attr;

	if (!prepared)
		prepared = pthread_atfork(NULL, NULL, forget) == 0;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&watch.begun, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&attr);
	watch.parent = getppid();
	watch.started = prepared && start_thread(&attr);
	pthread_attr_destroy(&attr);
}

bool watch_begin(const char *doing, const char *name)
{
	bool mine;

	pthread_mutex_lock(&watch.lock);
	if (!watch.started)
		start();
	mine = watch.started && !watch.watching;
	if (mine) {
		watch.watching = true;
		watch.progress = progress_start(doing, name);
		if (watch.asleep)
			pthread_cond_signal(&watch.begun);
	}
	pthread_mutex_unlock(&watch.lock);
	return mine;
}

void watch_end(const bool *mine)
{
	if (!*mine)
		return;
	pthread_mutex_lock(&watch.lock);
	watch.watching = false;
	progress_end(&watch.progress);
	pthread_mutex_unlock(&watch.lock);
}
