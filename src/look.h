/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at the machine and plans, and looks no closer than the plan needs: what is on a namespace
 * and who uses it matters only where a file system is declared, or where something that exists is
 * about to be changed.
 */
#ifndef RAMDAX_LOOK_H
#define RAMDAX_LOOK_H

#include "known.h"
#include "machine.h"
#include "plan.h"
#include "sysfs.h"

/* @written: what this run has written, or NULL. The caller frees *@machine and *@plan, the plan
 * first. */
void look(const struct sysfs *fs, const struct layout *layout, const struct plan_options *options,
	  const struct known_written *written, struct machine **machine, struct plan **plan);

#endif
