/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What wipe and scrub share.
 */
#ifndef RAMDAX_CMD_EMPTYING_H
#define RAMDAX_CMD_EMPTYING_H

#include "command.h"
#include "plan-empty.h"

/*
 * Does @what to the namespaces that @in names, as root and under the lock, and reports. On a
 * terminal it shows them first and asks, unless --yes was given.
 */
enum status cmd_emptying(const struct invocation *in, struct emptying *what);

#endif
