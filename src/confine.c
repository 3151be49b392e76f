// SPDX-License-Identifier: GPL-2.0-or-later
#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "cleanup.h"

/* Beyond what the owner of devices and files may do, mkfs.xfs needs to set the block size of a
 * device (BLKBSZSET), and modprobe to load modules. The bounding set limits what execve() gives to
 * root (capabilities(7)). */
static void drop_capabilities(bool loads_modules)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (cap != CAP_SYS_ADMIN && !(loads_modules && cap == CAP_SYS_MODULE))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define FOREIGN      0x40000000 /* the bit of x32, whose numbers are others */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define FOREIGN      0x40000000 /* no call has such a number */
#endif

#ifdef ARCHITECTURE
#define LOAD(field)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define DENIED       ANSWER(SECCOMP_RET_ERRNO | EPERM)
#define DENY(call)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), DENIED

static struct sock_filter filter[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
	DENIED,
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN, 0, 1),
	DENIED,
	DENY(mount),
	DENY(umount2),
	DENY(pivot_root),
	DENY(chroot),
	DENY(move_mount),
	DENY(open_tree),
	DENY(fsopen),
	DENY(fspick),
	DENY(swapon),
	DENY(swapoff),
	DENY(init_module),
	DENY(finit_module),
	DENY(delete_module),
	DENY(kexec_load),
	DENY(kexec_file_load),
	DENY(reboot),
	DENY(bpf),
	DENY(perf_event_open),
	DENY(ptrace),
	DENY(process_vm_writev),
	DENY(setns),
	DENY(unshare),
	DENY(open_by_handle_at),
	DENY(add_key),
	DENY(request_key),
	DENY(keyctl),
	DENY(quotactl),
	DENY(acct),
	DENY(sethostname),
	DENY(settimeofday),
	DENY(clock_settime),
#ifdef __NR_iopl
	DENY(iopl),
	DENY(ioperm),
#endif
	ANSWER(SECCOMP_RET_ALLOW),
};

/* EINVAL, from a kernel without: what capabilities do not forbid is then allowed. */
static void deny_calls(void)
{
	struct sock_fprog program = {ARRAY_SIZE(filter), filter};

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
#else
static void deny_calls(void)
{
}
#endif

void confine(bool loads_modules)
{
	drop_capabilities(loads_modules);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!loads_modules)
		deny_calls();
}
