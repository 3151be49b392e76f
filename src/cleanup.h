/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scope-exit cleanup, and the few macros everything uses.
 *
 * A variable marked _cleanup_(f) is released by f when it goes out of scope; TAKE_PTR and
 * TAKE_FD hand its value over to somebody else and leave nothing to release.
 */
#ifndef RAMDAX_CLEANUP_H
#define RAMDAX_CLEANUP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f)   __attribute__((cleanup(f)))
#define _printf_(f, a) __attribute__((format(printf, f, a)))
#define _noreturn_     __attribute__((noreturn))
#define _unused_       __attribute__((unused))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define TAKE_PTR(p)                          \
	({                                   \
		__typeof__(p) *_pp = &(p);   \
		__typeof__(p) _taken = *_pp; \
		*_pp = NULL;                 \
		_taken;                      \
	})

#define TAKE_FD(fd)                 \
	({                          \
		int *_fdp = &(fd);  \
		int _taken = *_fdp; \
		*_fdp = -1;         \
		_taken;             \
	})

/* For _cleanup_(freep): frees what the pointer at @p points to. */
static inline void freep(void *p)
{
	free(*(void **)p);
}

/* For _cleanup_(closep): closes the descriptor unless it is negative; errno is kept. */
static inline void closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

/* For _cleanup_(fclosep): closes the stream unless it is NULL. */
static inline void fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

#endif
