/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far something is that takes longer than a second: on a terminal a bar that is written over,
 * else, as at boot, a notice every PROGRESS_SECONDS.
 */
#ifndef RAMDAX_PROGRESS_H
#define RAMDAX_PROGRESS_H

#include "text.h"

#define PROGRESS_SECONDS 10
/* Of what nobody knows how far it is, a word that it goes on is worth more. */
#define PROGRESS_STILL_SECONDS 5
/* How often progress_still() is worth a call. */
#define PROGRESS_STILL_MS 200

struct progress {
	const char *doing; /* "zeroing namespace" */
	const char *name;  /* or NULL */
	uint64_t started;  /* CLOCK_MONOTONIC, milliseconds */
	uint64_t told;     /* when it was last told */
	bool terminal;     /* somebody sits there */
	bool shown;        /* and there is a line on it */
};

struct progress progress_start(const char *doing, const char *name);

/* @done of @total bytes. May be called as often as one likes. */
void progress_tell(struct progress *p, uint64_t done, uint64_t total);

/* That it still goes on, where nobody knows how far it is. May be called as often as one likes, by
 * several threads, while nothing else is said. */
void progress_still(struct progress *p);

/* Takes the line off the terminal. */
void progress_end(struct progress *p);

/* Adds the line on a terminal of so many @columns, which fits into it: 'zeroing namespace "a"
 * [=====>          ] 37 %, 4.0 GiB/s, 0:15 left'. */
void progress_bar(const struct progress *p, uint64_t done, uint64_t total, uint64_t ms,
		  size_t columns, struct text *out);

/* Adds what is told elsewhere of @done of @total bytes after @ms: 'zeroing namespace "a": 12.0 GiB
 * of 64.0 GiB (18 %), 4.0 GiB/s'. */
void progress_text(const struct progress *p, uint64_t done, uint64_t total, uint64_t ms,
		   struct text *out);

/* Adds the same of what is of unknown length: 'making xfs in namespace "a" 0:15', which fits into
 * @columns, and 'making xfs in namespace "a": 0:15 so far'. */
void progress_still_line(const struct progress *p, uint64_t ms, size_t columns, struct text *out);
void progress_still_text(const struct progress *p, uint64_t ms, struct text *out);

#endif
