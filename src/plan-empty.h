/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done so that namespaces are gone (wipe), or empty and still there (scrub). Pure; a
 * plan like others, but of these steps only: it has no regions.
 */
#ifndef RAMDAX_PLAN_EMPTY_H
#define RAMDAX_PLAN_EMPTY_H

#include "plan.h"

struct emptying {
	bool scrub; /* else wipe */
	bool zero;  /* wipe: the contents, too */
	/* Namespaces, and regions for all that the layout declares in them. Scrub also takes what
	 * the layout does not name. None: all that the layout declares. */
	char *const *names;
	size_t n_names;
};

/*
 * What cannot be done is a problem: USAGE for a name that is nobody's (and then nothing is to be
 * done at all), CONFLICT for what is in use, foreign or not the only one of its name, MACHINE for
 * what is out of sight or not safe to be written, FAILED for what cannot be scrubbed as it is.
 */
struct plan *plan_empty(const struct layout *layout, const struct machine *machine,
			const struct emptying *what);

#endif
