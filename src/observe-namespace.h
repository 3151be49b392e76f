/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One namespace as libnvdimm shows it, and what claims it (drivers/nvdimm: namespace_devs.c,
 * pfn_devs.c, btt_devs.c, dax_devs.c).
 */
#ifndef RAMDAX_OBSERVE_NAMESPACE_H
#define RAMDAX_OBSERVE_NAMESPACE_H

#include "known.h"

/* What a region's namespaces are looked at with; by several threads at a time. */
struct view {
	const struct sysfs *at; /* the region's directory */
	const struct seen_region *region;
	const struct known *known;
	const struct known_labels *labels;
	bool unshaped; /* align and map do not matter, and are not asked for */
};

/* Looks at the namespace @device ("namespace0.1"). False if it has no size, which is none. */
bool namespace_observe(const struct view *view, const char *device, struct seen_namespace *ns);

#endif
