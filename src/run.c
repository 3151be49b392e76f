// SPDX-License-Identifier: GPL-2.0-or-later
#include "run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "mem.h"

static const char *const folders[] = {
	"/usr/lib/ramdax", "/usr/sbin", "/sbin", "/usr/bin", "/bin",
};

static const char *const environment[] = {
	"PATH=/usr/lib/ramdax:/usr/sbin:/sbin:/usr/bin:/bin",
	"LC_ALL=C",
	NULL,
};

char *run_find(const char *program)
{
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char *path = mem_printf("%s/%s", folders[i], program);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

_noreturn_ static void child(const char *path, const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	execve(path, (char *const *)argv, (char *const *)environment);
	_exit(127);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Reads what comes from @fd until its end or until @end (0: no end). 0 or -ETIMEDOUT. */
static int collect(int fd, long long end, struct text *output)
{
	char buffer[4096];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		long long left = end ? end - now_ms() : -1;
		ssize_t n;

		if (end && left <= 0)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)left) == 0)
			continue;
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		if (output->len + (size_t)n <= RUN_OUTPUT_MAX)
			text_add_bytes(output, buffer, (size_t)n);
	}
}

int run_program(const char *const *argv, unsigned timeout_ms, struct text *output, int *status)
{
	_cleanup_(freep) char *path = run_find(argv[0]);
	int pipe_fds[2], r;
	pid_t pid;

	if (!path)
		return -ENOENT;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		r = -errno;
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		return r;
	}
	if (pid == 0)
		child(path, argv, pipe_fds[1]);
	close(pipe_fds[1]);
	r = collect(pipe_fds[0], timeout_ms ? now_ms() + timeout_ms : 0, output);
	close(pipe_fds[0]);
	if (r < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	if (r < 0)
		return r;
	return WIFEXITED(*status) && WEXITSTATUS(*status) == 0 ? 0 : -EIO;
}

const char *run_last_line(struct text *output)
{
	char *line;

	if (!output->len)
		return "";
	while (output->len && output->s[output->len - 1] == '\n')
		output->s[--output->len] = '\0';
	line = strrchr(output->s, '\n');
	return line ? line + 1 : output->s;
}
