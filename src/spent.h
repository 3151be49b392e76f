/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the time of a run goes. It is counted for one phase at a time, by the main thread only:
 * entering one ends the one before, which goes on when it is left.
 *
 *	SPENT(SPENT_MKFS);	until the end of the block
 */
#ifndef RAMDAX_SPENT_H
#define RAMDAX_SPENT_H

#include "cleanup.h"

enum spent_phase {
	SPENT_OTHER, /* planning, and what no other phase counts */
	SPENT_LOOKING,
	SPENT_MODULES,
	SPENT_BIND,
	SPENT_UNBIND,      /* the kernel takes down scaffolds, and what is to go */
	SPENT_LABELS,      /* writing them */
	SPENT_ENUMERATION, /* the kernel brings up what the labels say */
	SPENT_WIPE,
	SPENT_SCRUB,
	SPENT_MKFS,
	SPENT_PHASES,
};

/* Microseconds. */
struct spent {
	uint64_t us[SPENT_PHASES];
};

#define SPENT(phase) \
	_cleanup_(spent_leave) _unused_ enum spent_phase spent_before = spent_enter(phase)

/* Counts for @phase from now on. The phase before. */
enum spent_phase spent_enter(enum spent_phase phase);
void spent_leave(const enum spent_phase *before);

/* What has been spent since the first phase was entered. */
struct spent spent_so_far(void);
uint64_t spent_total(const struct spent *spent);

/* "enumeration": the word of reports. */
const char *spent_name(enum spent_phase phase);

/* "1.20 s: enumeration 0.90, mkfs 0.20, other 0.10", the greatest first, without what is less than
 * a hundredth of a second. */
struct text;
void spent_describe(const struct spent *spent, struct text *out);

#endif
