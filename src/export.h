/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A layout that describes a machine as it is. Pure.
 */
#ifndef RAMDAX_EXPORT_H
#define RAMDAX_EXPORT_H

#include "layout.h"
#include "machine.h"

/*
 * A region for each carveout, by its address; what is in it with name, mode, size, UUID, alignment
 * and file system. A carveout that RAMDAX does not hold, or whose labels the kernel refuses, is
 * foreign. Names that a layout cannot have are made valid and unique; a comment says what they
 * were, and what else the layout cannot say. The caller frees it with layout_free().
 */
struct layout *export_layout(const struct machine *machine);

#endif
