/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody can do about a step that was not done. Pure.
 */
#ifndef RAMDAX_REMEDY_H
#define RAMDAX_REMEDY_H

#include "plan.h"
#include "text.h"

struct failure {
	const struct step *step;
	int result;      /* -errno, TAKEDOWN_KEPT or FORMAT_*; 0: it was done, without effect */
	const char *why; /* a sentence part */
	bool initramfs;  /* it happened in an image of the initramfs */
};

/* Adds what is to be done about @failure: there is something for every kind of step. */
void remedy_add(const struct failure *failure, struct text *out);

#endif
