/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions and namespaces as libnvdimm shows them (drivers/nvdimm: region_devs.c,
 * namespace_devs.c, pfn_devs.c, btt_devs.c, dax_devs.c). Numbers in names change with every
 * enumeration, so nothing is remembered by name.
 */
#ifndef RAMDAX_OBSERVE_ND_H
#define RAMDAX_OBSERVE_ND_H

#include "known.h"
#include "machine.h"
#include "sysfs.h"

/* Namespaces that are worth another thread to look at them. */
#define OBSERVE_SHARE 16

/* A list of regions, grown by nd_regions_observe(). */
struct nd_regions {
	struct seen_region *items;
	size_t n;
};

void nd_regions_release(struct nd_regions *regions);

/*
 * Appends the regions below the platform device @device: to @ours those of the RAMDAX driver,
 * to @others those of any other (nd_e820, of_pmem). Namespaces without a size are left out.
 * Devices are not opened: fs and user stay empty.
 */
void nd_regions_observe(const struct sysfs *fs, const struct known *known, const char *device,
			struct nd_regions *ours, struct nd_regions *others);

/* The namespaces that the kernel has in the region @seen now, in the same way, but for align and
 * map, in @now; the rest of that stays empty. */
void nd_namespaces_observe(const struct sysfs *fs, const struct seen_region *seen,
			   struct seen_region *now);

/* The directory of a namespace's device ("sys/bus/nd/devices/pfn0.0/block/pmem0"), NULL if it
 * has none. The caller frees it. */
char *nd_device_dir(const struct seen_namespace *ns);

#endif
