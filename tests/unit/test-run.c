// SPDX-License-Identifier: GPL-2.0-or-later
/* What other programs are run with, and that they end. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "diag.h"
#include "mem.h"
#include "run.h"
#include "unit.h"

/* Runs a shell command; its output, which the caller releases. */
static struct text shell(const char *command, int seconds, int *result)
{
	const char *const argv[] = {"sh", "-c", command, NULL};
	struct text output = {0};
	int status = 0;

	*result = run_program(argv, deadline_in(seconds * 1000), NULL, &output, &status);
	return output;
}

static void what_it_prints_is_collected(void)
{
	int r;
	_cleanup_(text_release) struct text output = shell("echo one; echo two >&2", 10, &r);

	CHECK_INT(r, 0);
	CHECK_STR(text_str(&output), "one\ntwo\n");
	CHECK_STR(run_last_line(&output), "two");
}

static void a_failure_is_told(void)
{
	const char *const nothing[] = {"no-such-program", NULL};
	_cleanup_(text_release) struct text none = {0};
	int r, status = 0;
	_cleanup_(text_release) struct text output = shell("exit 3", 10, &r);

	CHECK_INT(r, -EIO);
	CHECK_INT(run_program(nothing, deadline_in(1000), NULL, &none, &status), -ENOENT);
}

static void the_environment_is_clean(void)
{
	int r;

	setenv("LD_PRELOAD", "", 1);
	setenv("MKE2FS_CONFIG", "/tmp/evil", 1);
	_cleanup_(text_release) struct text output =
		shell("env | grep -vE '^(PATH|LC_ALL|PWD|OLDPWD|SHLVL|_)='; echo end", 10, &r);

	unsetenv("LD_PRELOAD");
	unsetenv("MKE2FS_CONFIG");
	CHECK_STR(text_str(&output), "end\n");
}

static void no_descriptor_is_inherited(void)
{
	int r, fd = open("/dev/null", O_RDWR); /* not close-on-exec */
	int high = fcntl(fd, F_DUPFD, 100);
	/* 3 is the directory that ls reads */
	_cleanup_(text_release) struct text output = shell("ls /proc/self/fd | xargs", 10, &r);

	CHECK(high >= 100);
	CHECK_STR(text_str(&output), "0 1 2 3\n");
	close(high);
	close(fd);
}

static void root_has_few_capabilities(void)
{
	int r;
	_cleanup_(text_release) struct text output = shell(
		"sed -n 's/^\\(CapEff\\|NoNewPrivs\\):[[:space:]]*//p' /proc/self/status", 10, &r);

	/* CAP_SYS_ADMIN; who is not root has none */
	CHECK_STR(text_str(&output), geteuid() ? "0000000000000000\n1\n" : "0000000000200000\n1\n");
}

/* None of these does anything with arguments of zero; unless denied, unshare and ptrace succeed. */
static void some_calls_are_denied(void)
{
	static const long calls[] = {SYS_mount,  SYS_umount2, SYS_swapon, SYS_finit_module,
				     SYS_reboot, SYS_bpf,     SYS_setns,  SYS_unshare,
				     SYS_ptrace, SYS_add_key};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		_cleanup_(freep) char *command = mem_printf(
			"perl -e '$! = 0; syscall(%ld, 0, 0, 0, 0, 0); print $! + 0'", calls[i]);
		_cleanup_(text_release) struct text output = shell(command, 10, &r);

		CHECK_INT(r, 0);
		CHECK_STR(text_str(&output), "1"); /* EPERM */
	}
}

/* The status of a child that is confined and makes a call that is denied to most. */
static int confined(bool loads_modules)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		confine(loads_modules);
		_exit(unshare(0) == 0 ? 0 : errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void one_that_loads_modules_makes_any_call(void)
{
	CHECK_INT(confined(true), 0);
	CHECK_INT(confined(false), EPERM);
}

static void it_goes_with_who_runs_it(void)
{
	char folder[] = "/tmp/ramdax-run.XXXXXX", path[64], command[128], byte;
	struct pollfd end = {.events = POLLIN};
	int status;
	pid_t pid;

	CHECK(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pipe", folder);
	snprintf(command, sizeof(command), "exec >%s; echo; exec sleep 100", path);
	CHECK_INT(mkfifo(path, 0600), 0);
	pid = fork();
	if (pid == 0) {
		shell(command, 60, &status);
		_exit(0);
	}
	end.fd = open(path, O_RDONLY);
	CHECK_INT(read(end.fd, &byte, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	/* the only one that could write has ended */
	CHECK_INT(poll(&end, 1, 20000), 1);
	CHECK_INT(read(end.fd, &byte, 1), 0);
	close(end.fd);
	unlink(path);
	rmdir(folder);
}

static void one_that_never_ends_is_stopped(void)
{
	int r;
	_cleanup_(text_release) struct text output = shell("echo begun; exec sleep 1000", 1, &r);

	CHECK_INT(r, -ETIMEDOUT);
	CHECK_STR(text_str(&output), "begun\n");
}

/* One line within a second, though it is asked five times a second. */
static void one_that_takes_long_is_told_of(void)
{
	const char *const argv[] = {"sh", "-c", "sleep 0.7; echo done", NULL};
	struct progress progress = progress_start("making xfs in namespace", "a");
	_cleanup_(text_release) struct text output = {0};
	const struct diag_message *messages;
	size_t before = diag_messages(&messages), said;
	int status = 0;

	progress.terminal = false;
	progress.started -= 75000;
	progress.told -= PROGRESS_STILL_SECONDS * 1000 - 300;
	CHECK_INT(run_program(argv, deadline_in(10000), &progress, &output, &status), 0);
	CHECK_STR(text_str(&output), "done\n");
	said = diag_messages(&messages);
	if (CHECK_INT(said - before, 1))
		CHECK_STR(messages[before].text, "making xfs in namespace \"a\": 1:15 so far");
}

UNIT_TESTS(UNIT(what_it_prints_is_collected), UNIT(a_failure_is_told),
	   UNIT(the_environment_is_clean), UNIT(no_descriptor_is_inherited),
	   UNIT(root_has_few_capabilities), UNIT(some_calls_are_denied),
	   UNIT(one_that_loads_modules_makes_any_call), UNIT(it_goes_with_who_runs_it),
	   UNIT(one_that_never_ends_is_stopped), UNIT(one_that_takes_long_is_told_of))
