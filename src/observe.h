/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at the machine: /sys, /proc and, on the running machine, the devices. Writes nothing and
 * loads nothing.
 */
#ifndef RAMDAX_OBSERVE_H
#define RAMDAX_OBSERVE_H

#include "known.h"
#include "machine.h"
#include "sysfs.h"

/*
 * What is there now. Never fails as a whole: what cannot be read is absent in the result.
 * On the running machine it first waits until the kernel's asynchronous probing of every ndbus is
 * over (wait_probe). The caller frees the result with machine_free().
 */
struct machine *observe(const struct sysfs *fs);

/* Which namespaces of ours need no look at what is on them, nor, unless @users, at who uses them:
 * that takes most of the time. Without the latter they are marked as passed over, and nothing may
 * be concluded from what is absent. */
struct observe_choice {
	bool (*passes_over)(const void *context, const struct seen_namespace *ns);
	const void *context;
	bool users;
	struct known_written written; /* by this run, or none */
};

/* The same without these. NULL passes over none. */
struct machine *observe_chosen(const struct sysfs *fs, const struct observe_choice *choice);

/* Looks at who uses those of @m that were passed over, and if @probe at what is on them; they are
 * passed over no more. False if not all of that could be read: then @m is to be made anew. */
bool observe_rest(const struct sysfs *fs, struct machine *m, bool probe);

#endif
