/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A word to the service manager, if there is one: sd_notify(3).
 */
#ifndef RAMDAX_NOTIFY_H
#define RAMDAX_NOTIFY_H

#include "cleanup.h"

/* Asks for @ms more before the start of this service counts as failed. */
void notify_extend_start(uint64_t ms);

#endif
