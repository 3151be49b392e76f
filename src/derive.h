/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Derived UUIDs: version 5 in the layout's seed. Frozen: names and seed decide the UUID on every
 * machine, in every version of this program.
 */
#ifndef RAMDAX_DERIVE_H
#define RAMDAX_DERIVE_H

#include "layout.h"

/* The seed of a layout that declares none. */
#define DERIVE_DEFAULT_SEED "6b1f0e3a-7c52-4d0e-9f47-2d5a0c8e41b7"

/* Of the label: ramdax:namespace:NAME */
void derive_namespace_uuid(const uuid_t seed, const char *name, uuid_t uuid);

/*
 * Of the info block: ramdax:info:NAME:MODE:ALIGN:MAP:RAW:FSTYPE, bytes decimal, unused fields
 * empty; in sector mode the sector size stands for ALIGN. @raw is the namespace's raw size. A
 * different shape thus gives a different UUID, and no stale block is believed.
 */
void derive_info_uuid(const uuid_t seed, const struct layout_namespace *ns, uint64_t raw,
		      uuid_t uuid);

/* Of the file system: ramdax:filesystem:NAME */
void derive_filesystem_uuid(const uuid_t seed, const char *name, uuid_t uuid);

#endif
