// SPDX-License-Identifier: GPL-2.0-or-later
#include "deadline.h"

#include <limits.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

deadline deadline_in(uint64_t ms)
{
	return clock_ms() + ms;
}

uint64_t deadline_left(deadline d)
{
	uint64_t now = clock_ms();

	if (d == NO_DEADLINE)
		return UINT64_MAX;
	return d > now ? d - now : 0;
}

int deadline_poll(deadline d)
{
	uint64_t left = deadline_left(d);

	if (d == NO_DEADLINE)
		return -1;
	return left < INT_MAX ? (int)left : INT_MAX;
}

int deadline_supervise(deadline d, int (*run)(void *context), void *context, int *status)
{
	struct pollfd child = {.events = POLLIN};
	_cleanup_(closep) int fd = -1;
	int wait_status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		exit(run(context));
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return -errno;
	child.fd = fd;
	while (poll(&child, 1, deadline_poll(d)) <= 0)
		if (!deadline_left(d))
			return -ETIMEDOUT;
	if (waitpid(pid, &wait_status, 0) < 0)
		return -errno;
	*status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -EIO;
	return 0;
}
