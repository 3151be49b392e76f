// SPDX-License-Identifier: GPL-2.0-or-later
#include "run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "confine.h"
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

_noreturn_ static void child(const char *path, const char *const *argv, int out, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	confine(!strcmp(argv[0], "modprobe"));
	/* It goes with who waits for it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(127);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	execve(path, (char *const *)argv, (char *const *)environment);
	_exit(127);
}

/* How long to wait for output before there is something else to do. */
static int patience(deadline d, const struct progress *progress)
{
	int ms = deadline_poll(d);

	return progress && (ms < 0 || ms > PROGRESS_STILL_MS) ? PROGRESS_STILL_MS : ms;
}

/* Reads what comes from @fd until its end or until @d. 0 or -ETIMEDOUT. */
static int collect(int fd, deadline d, struct progress *progress, struct text *output)
{
	char buffer[4096];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (!deadline_left(d))
			return -ETIMEDOUT;
		if (progress)
			progress_still(progress);
		if (poll(&p, 1, patience(d, progress)) == 0)
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

int run_program(const char *const *argv, deadline d, struct progress *progress, struct text *output,
		int *status)
{
	_cleanup_(freep) char *path = run_find(argv[0]);
	int pipe_fds[2], r;
	pid_t pid, self = getpid();

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
		child(path, argv, pipe_fds[1], self);
	close(pipe_fds[1]);
	r = collect(pipe_fds[0], d, progress, output);
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
