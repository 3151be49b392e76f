/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault list FILE COMMAND...: runs COMMAND and writes a line "WHO CALL N" to FILE for each kind of
 * system call: how often it was made by the tool, which is the process of COMMAND with its threads,
 * or by its helpers, which are all others.
 *
 * fault kill|alone|EIO|ENOSPC|EBUSY|ENOMEM WHO CALL N COMMAND...: runs COMMAND; at the Nth such
 * call, before it is made, the tool is killed, or alone who makes the call, or the call returns
 * that error. Standard output is COMMAND's own; "came" is added to /tmp/came if it came to that.
 * Exits as COMMAND does, with 137 if it was killed.
 *
 * Writes to standard output and error are told apart, as "say", and ioctls that only read, as
 * "ask": they change nothing. A filter (seccomp(2)) has only the calls in question stop, so that a
 * run costs little more than without. x86-64 only.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 512
#define SAY   (CALLS - 1) /* no system call has these numbers */
#define ASK   (CALLS - 2)
#define TIDS  256

static const struct {
	const char *name;
	long number;
} names[] = {
#include "calls.h" /* {"read", __NR_read}, ...: made by vm_fault */
	{"say", SAY},
	{"ask", ASK},
};

enum {
	TOOL,
	HELPER
};
static const char *const whose[] = {"tool", "helper"};

static const struct {
	const char *name;
	int value;
} errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EBUSY", EBUSY}, {"ENOMEM", ENOMEM}};

static unsigned counted[2][CALLS];
static pid_t tool;

static long number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].number;
	errx(2, "there is no call '%s'", name);
}

/* Has @number, or with -1 any call, stop. */
static void filter(long number)
{
	struct sock_filter any[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)};
	struct sock_filter one[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {1, any};

	if (number >= 0)
		program = (struct sock_fprog){4, one};
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		err(2, "seccomp");
}

static void start(long number, char **command)
{
	int status;

	tool = fork();
	if (tool == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		filter(number);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (tool < 0 || waitpid(tool, &status, 0) != tool || !WIFSTOPPED(status))
		err(2, "%s", command[0]);
	if (ptrace(PTRACE_SETOPTIONS, tool, 0,
		   PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			   PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) ||
	    ptrace(PTRACE_CONT, tool, 0, 0))
		err(2, "ptrace");
}

static int who(pid_t tid)
{
	static pid_t known[TIDS];
	static int is[TIDS];
	static size_t n;
	char path[64], line[128];
	int r = HELPER;
	FILE *f;

	if (tid == tool)
		return TOOL;
	for (size_t i = 0; i < n; i++)
		if (known[i] == tid)
			return is[i];
	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Tgid:", 5) && atoi(line + 5) == tool)
			r = TOOL;
	if (f)
		fclose(f);
	if (n < TIDS) {
		known[n] = tid;
		is[n++] = r;
	}
	return r;
}

static bool asks(unsigned request)
{
	static const unsigned old[] = {BLKGETSIZE,    BLKSSZGET,  BLKROGET,    BLKIOMIN,
				       BLKIOOPT,      BLKPBSZGET, BLKALIGNOFF, BLKDISCARDZEROES,
				       BLKROTATIONAL, TCGETS,     FIONREAD,    LOOP_GET_STATUS64};

	for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++)
		if (request == old[i])
			return true;
	return _IOC_DIR(request) == _IOC_READ;
}

struct fault {
	bool wanted, kill, alone;
	int error, who;
	long call;
	unsigned n;
};

/* Whether the call at which @tid has stopped is the one; then it happens. */
static bool strike(const struct fault *f, pid_t tid)
{
	struct user_regs_struct regs;
	int by = who(tid);
	long call;

	if (ptrace(PTRACE_GETREGS, tid, 0, &regs))
		return false;
	call = (long)regs.orig_rax;
	if (call < 0 || call >= ASK)
		return false;
	if (call == SYS_write && (regs.rdi == 1 || regs.rdi == 2))
		call = SAY;
	if (call == SYS_ioctl && asks((unsigned)regs.rsi))
		call = ASK;
	if (++counted[by][call] != f->n || by != f->who || call != f->call || !f->wanted)
		return false;
	if (f->kill) {
		kill(f->alone ? tid : tool, SIGKILL);
		return true;
	}
	regs.orig_rax = (unsigned long long)-1;
	regs.rax = (unsigned long long)-f->error;
	return ptrace(PTRACE_SETREGS, tid, 0, &regs) == 0;
}

/* Runs to the end of all; what became of the tool. */
static int follow(const struct fault *f, bool *came)
{
	int status, end = 0;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		int signal;

		if (!WIFSTOPPED(status)) {
			if (tid == tool)
				end = WIFEXITED(status) ? WEXITSTATUS(status)
							: 128 + WTERMSIG(status);
			continue;
		}
		signal = WSTOPSIG(status);
		if (status >> 16 || signal == SIGSTOP)
			signal = 0; /* an event, or the start of a new thread or process */
		if (status >> 16 == PTRACE_EVENT_SECCOMP && strike(f, tid))
			*came = true;
		ptrace(PTRACE_CONT, tid, 0, signal);
	}
	return end;
}

static int list(const char *path, char **command)
{
	struct fault none = {0};
	bool came = false;
	FILE *f = fopen(path, "w");
	int end;

	start(-1, command);
	end = follow(&none, &came);
	if (!f)
		err(2, "%s", path);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (int by = TOOL; by <= HELPER; by++)
			if (counted[by][names[i].number])
				fprintf(f, "%s %s %u\n", whose[by], names[i].name,
					counted[by][names[i].number]);
	fclose(f);
	return end;
}

int main(int argc, char **argv)
{
	struct fault f = {.wanted = true};
	bool came = false;
	int end;

	if (argc > 3 && !strcmp(argv[1], "list"))
		return list(argv[2], argv + 3);
	if (argc < 6)
		errx(2, "usage: fault list FILE COMMAND... | fault FAULT WHO CALL N COMMAND...");
	f.alone = !strcmp(argv[1], "alone");
	f.kill = f.alone || !strcmp(argv[1], "kill");
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (!strcmp(errors[i].name, argv[1]))
			f.error = errors[i].value;
	if (!f.kill && !f.error)
		errx(2, "there is no fault '%s'", argv[1]);
	f.who = !strcmp(argv[2], whose[HELPER]);
	f.call = number_of(argv[3]);
	f.n = (unsigned)atoi(argv[4]);
	start(f.call == SAY ? SYS_write : f.call == ASK ? SYS_ioctl : f.call, argv + 5);
	end = follow(&f, &came);
	if (came) {
		FILE *out = fopen("/tmp/came", "a");

		if (!out || fprintf(out, "came\n") < 0 || fclose(out))
			err(2, "/tmp/came");
	}
	return end;
}
