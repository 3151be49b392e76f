/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a layout needs of the system it is applied in: for image builders, and for apply itself.
 */
#ifndef RAMDAX_NEEDS_H
#define RAMDAX_NEEDS_H

#include "layout.h"

/* Names, each once, in a fixed order; the strings are constants. */
struct needs {
	const char **modules; /* to make what is declared */
	size_t n_modules;
	const char **mount_modules; /* to mount it */
	size_t n_mount_modules;
	const char **programs;
	size_t n_programs;
};

struct needs needs_of(const struct layout *layout);
void needs_release(struct needs *needs);

#endif
