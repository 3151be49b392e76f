/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is taken from a program that is run, so that one that has been led astray by what it found
 * on a device can do no more than write there. Called between fork() and execve().
 */
#ifndef RAMDAX_CONFINE_H
#define RAMDAX_CONFINE_H

#include <stdbool.h>

/*
 * Of root's capabilities leaves CAP_SYS_ADMIN and, to one that loads modules, CAP_SYS_MODULE; and
 * no way to more (set-user-ID and the like). One that does not load modules gets EPERM from the
 * system calls that mount, load code into the kernel, enter other namespaces, trace, restart, or
 * hold keys (on x86-64 and arm64, where the kernel has seccomp), and from all calls of another
 * architecture.
 */
void confine(bool loads_modules);

#endif
