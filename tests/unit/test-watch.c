// SPDX-License-Identifier: GPL-2.0-or-later
/* That what waits in the kernel is told of. */
#include <poll.h>
#include <pty.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#include "crew.h"
#include "deadline.h"
#include "diag.h"
#include "progress.h"
#include "run.h"
#include "unit.h"
#include "watch.h"

static void sleep_ms(unsigned ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L};

	while (nanosleep(&t, &t) < 0)
		;
}

static size_t n_said(void)
{
	const struct diag_message *messages;

	return diag_messages(&messages);
}

/* The threads of this process. */
static size_t n_threads(void)
{
	char line[128];
	unsigned n = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Threads: %u", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* Runs @slow with a pipe that is written to after @ms, by another process. */
static void with_slow_pipe(unsigned ms, void (*slow)(int fd))
{
	int fds[2];
	pid_t pid;

	if (!CHECK(pipe(fds) == 0))
		return;
	pid = fork();
	if (pid == 0) {
		sleep_ms(ms);
		_exit(write(fds[1], "x", 1) != 1);
	}
	slow(fds[0]);
	waitpid(pid, NULL, 0);
	close(fds[0]);
	close(fds[1]);
}

/* A call that returns once somebody writes into the pipe. */
static void bind_device(int fd)
{
	WATCH("binding device", "e820_pmem");
	char byte;

	CHECK_INT(read(fd, &byte, 1), 1);
}

/* A notice after PROGRESS_STILL_SECONDS, and none after its end. */
static void a_long_wait_is_told_with_what_and_how_long(void)
{
	const struct diag_message *messages;
	size_t before = n_said();

	with_slow_pipe(PROGRESS_STILL_SECONDS * 1000 + 700, bind_device);
	sleep_ms(3 * PROGRESS_STILL_MS);
	if (CHECK_INT(diag_messages(&messages) - before, 1)) {
		CHECK_STR(messages[before].text, "binding device \"e820_pmem\": 0:05 so far");
		CHECK_INT(messages[before].level, DIAG_NOTICE);
	}
}

static const char *shown_on(int terminal)
{
	static char shown[4096];
	struct pollfd p = {.fd = terminal, .events = POLLIN};
	size_t n = 0;

	while (n < sizeof(shown) - 1 && poll(&p, 1, 0) == 1) {
		ssize_t more = read(terminal, shown + n, sizeof(shown) - 1 - n);

		if (more <= 0)
			break;
		n += (size_t)more;
	}
	shown[n] = '\0';
	return shown;
}

/* Standard error, as a terminal. */
struct screen {
	int terminal, end, errors;
};

static bool screen_open(struct screen *s)
{
	struct winsize size = {.ws_row = 25, .ws_col = 60};

	if (!CHECK(openpty(&s->terminal, &s->end, NULL, NULL, &size) == 0))
		return false;
	s->errors = dup(STDERR_FILENO);
	dup2(s->end, STDERR_FILENO);
	return true;
}

/* What was shown. */
static const char *screen_close(struct screen *s)
{
	const char *shown = shown_on(s->terminal);

	dup2(s->errors, STDERR_FILENO);
	close(s->errors);
	close(s->end);
	close(s->terminal);
	return shown;
}

/* Within a wait, and beside it. */
static void part_of_it(void *context, size_t i)
{
	atomic_uint *mine = context;
	WATCH("unbinding", "namespace0.1");

	(void)i;
	*mine += watch_is_mine;
	sleep_ms(400);
}

static void what_is_within_a_wait_is_part_of_it_in_any_thread(void)
{
	struct screen screen;
	atomic_uint mine = 0;

	if (!screen_open(&screen))
		return;
	{
		WATCH("taking down namespaces", NULL);

		CHECK(watch_is_mine);
		crew_run(4, 16, part_of_it, &mine);
	}
	CHECK_STR(screen_close(&screen), "\r\033[Ktaking down namespaces 0:01\r\033[K");
	CHECK_INT(mine, 0);
}

/* As 509 namespaces do: nothing is said, and there is one thread for all. */
static void what_is_soon_over_costs_next_to_nothing(void)
{
	size_t before = n_said();
	uint64_t began = clock_ms();

	for (size_t i = 0; i < 100000; i++) {
		WATCH("binding", "namespace0.1");
	}
	CHECK(clock_ms() - began < 5000);
	CHECK_INT(n_said(), before);
	/* the sanitizer may have one, too */
	CHECK(n_threads() <= 3);
}

static int waits_in_a_child(void *context)
{
	(void)context;
	with_slow_pipe(1600, bind_device);
	_exit(42);
}

/* Threads are not inherited: what is watched in the parent neither locks the child out nor has it
 * say nothing. */
static void a_child_watches_anew_whatever_its_parent_watched(void)
{
	struct screen screen;
	int status = 0;

	{
		WATCH("binding device", "of the parent");

		/* before the parent has anything to tell */
		if (!screen_open(&screen))
			return;
		CHECK_INT(deadline_supervise(deadline_in(20000), waits_in_a_child, NULL, &status),
			  0);
		CHECK_STR(screen_close(&screen),
			  "\r\033[Kbinding device \"e820_pmem\" 0:01\r\033[K");
	}
	CHECK_INT(status, 42);
}

/* What is in the kernel for good may outlive who waited for it, and is no longer told of. */
static void one_that_nobody_waits_for_says_nothing(void)
{
	struct screen screen;
	int status, fds[2];
	char byte;
	pid_t pid;

	if (!screen_open(&screen))
		return;
	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		if (fork() > 0) {
			sleep_ms(300);
			_exit(0);
		}
		close(fds[0]);
		{
			WATCH("binding device", "e820_pmem");

			sleep_ms(1600);
		}
		_exit(0);
	}
	close(fds[1]);
	waitpid(pid, &status, 0);
	CHECK_INT(read(fds[0], &byte, 1), 0); /* until both have ended */
	close(fds[0]);
	CHECK_STR(screen_close(&screen), "");
}

/* They are started while the thread is there. */
static void helpers_run_beside_it(void)
{
	const char *const argv[] = {"sh", "-c", "echo done", NULL};

	for (size_t i = 0; i < 20; i++) {
		WATCH("waiting for the kernel", NULL);
		_cleanup_(text_release) struct text output = {0};
		int status = 0;

		CHECK_INT(run_program(argv, deadline_in(10000), NULL, &output, &status), 0);
		CHECK_STR(text_str(&output), "done\n");
	}
}

UNIT_TESTS(UNIT(what_is_soon_over_costs_next_to_nothing), UNIT(helpers_run_beside_it),
	   UNIT(what_is_within_a_wait_is_part_of_it_in_any_thread),
	   UNIT(a_long_wait_is_told_with_what_and_how_long),
	   UNIT(a_child_watches_anew_whatever_its_parent_watched),
	   UNIT(one_that_nobody_waits_for_says_nothing))
