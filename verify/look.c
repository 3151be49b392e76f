// SPDX-License-Identifier: GPL-2.0-or-later
/* libndctl's view of the machine, by the functions that ndctl list uses. */
#include "found.h"

#include <limits.h>
#include <ndctl/libndctl.h>
#include <daxctl/libdaxctl.h>
#include <string.h>

#include "mem.h"

#define NODES_WITH_MEMORY "/sys/devices/system/node/has_memory"
#define NODES_MAX         1024 /* MAX_NUMNODES is at most 1 << 10 */

/* libndctl's sizes and addresses where an attribute cannot be read. */
static uint64_t known(unsigned long long n)
{
	return n == ULLONG_MAX ? 0 : n;
}

static char *name_or_null(const char *s)
{
	return s && *s ? mem_strdup(s) : NULL;
}

static enum ns_map map_of(enum ndctl_pfn_loc location)
{
	switch (location) {
	case NDCTL_PFN_LOC_PMEM:
		return MAP_DEV;
	case NDCTL_PFN_LOC_RAM:
		return MAP_MEM;
	case NDCTL_PFN_LOC_NONE:
		break;
	}
	return MAP_NONE;
}

static void look_fsdax(struct ndctl_namespace *ndns, struct found_namespace *ns)
{
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(ndns);

	if (!pfn) {
		ns->capacity = ns->raw;
		ns->device = name_or_null(ndctl_namespace_get_block_device(ndns));
		return;
	}
	ns->capacity = known(ndctl_pfn_get_size(pfn));
	ns->align = ndctl_pfn_get_align(pfn);
	ns->map = map_of(ndctl_pfn_get_location(pfn));
	ns->device = name_or_null(ndctl_pfn_get_block_device(pfn));
}

static void look_devdax(struct ndctl_namespace *ndns, struct found_namespace *ns)
{
	struct ndctl_dax *dax = ndctl_namespace_get_dax(ndns);
	struct daxctl_region *region = dax ? ndctl_dax_get_daxctl_region(dax) : NULL;
	struct daxctl_dev *dev = region ? daxctl_dev_get_first(region) : NULL;

	if (!dax)
		return;
	ns->capacity = known(ndctl_dax_get_size(dax));
	ns->align = ndctl_dax_get_align(dax);
	ns->map = map_of(ndctl_dax_get_location(dax));
	if (!dev)
		return;
	ns->device = name_or_null(daxctl_dev_get_devname(dev));
	ns->system_ram = daxctl_dev_get_memory(dev);
}

static void look_sector(struct ndctl_namespace *ndns, struct found_namespace *ns)
{
	struct ndctl_btt *btt = ndctl_namespace_get_btt(ndns);

	if (!btt)
		return;
	ns->capacity = known(ndctl_btt_get_size(btt));
	ns->sector_size = ndctl_btt_get_sector_size(btt);
	ns->device = name_or_null(ndctl_btt_get_block_device(btt));
}

static void look_mode(struct ndctl_namespace *ndns, struct found_namespace *ns)
{
	ns->has_mode = true;
	switch (ndctl_namespace_get_mode(ndns)) {
	case NDCTL_NS_MODE_FSDAX:
		ns->mode = MODE_FSDAX;
		look_fsdax(ndns, ns);
		break;
	case NDCTL_NS_MODE_DEVDAX:
		ns->mode = MODE_DEVDAX;
		look_devdax(ndns, ns);
		break;
	case NDCTL_NS_MODE_SECTOR:
		ns->mode = MODE_SECTOR;
		look_sector(ndns, ns);
		break;
	case NDCTL_NS_MODE_RAW:
		ns->mode = MODE_RAW;
		ns->capacity = ns->raw;
		ns->device = name_or_null(ndctl_namespace_get_block_device(ndns));
		break;
	case NDCTL_NS_MODE_UNKNOWN:
		ns->has_mode = false;
		break;
	}
}

static void look_namespace(struct ndctl_namespace *ndns, struct found_namespace *ns)
{
	const char *name = ndctl_namespace_get_alt_name(ndns);

	*ns = (struct found_namespace){
		.kernel_name = mem_strdup(ndctl_namespace_get_devname(ndns)),
		.name = mem_strdup(name ? name : ""),
		.raw = known(ndctl_namespace_get_size(ndns)),
		.start = known(ndctl_namespace_get_resource(ndns)),
		.enabled = ndctl_namespace_is_active(ndns),
	};
	ndctl_namespace_get_uuid(ndns, ns->uuid);
	ns->has_uuid = !uuid_is_null(ns->uuid);
	look_mode(ndns, ns);
	if (!ns->enabled) {
		/* What stood there is of no device any more. */
		ns->capacity = 0;
		free(TAKE_PTR(ns->device));
	}
	if (ns->device && ns->has_mode && ns->mode != MODE_DEVDAX)
		look_filesystem(ns->device, &ns->fs);
}

static int compare_namespaces(const void *a, const void *b)
{
	const struct found_namespace *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* A namespace without a size is the seed, which is nothing yet. */
static void look_namespaces(struct ndctl_region *region, struct found_region *r)
{
	struct ndctl_namespace *ndns;

	ndctl_namespace_foreach(region, ndns)
	{
		if (known(ndctl_namespace_get_size(ndns)))
			look_namespace(ndns, MEM_APPEND(r->namespaces, r->n_namespaces));
	}
	if (r->n_namespaces)
		qsort(r->namespaces, r->n_namespaces, sizeof(*r->namespaces), compare_namespaces);
}

static void look_region(struct ndctl_region *region, struct found_region *r)
{
	struct ndctl_mapping *mapping;
	uint64_t used = 0;

	*r = (struct found_region){
		.kernel_name = mem_strdup(ndctl_region_get_devname(region)),
		.start = known(ndctl_region_get_resource(region)),
		.size = known(ndctl_region_get_size(region)),
		.node = ndctl_region_get_numa_node(region),
		.enabled = ndctl_region_is_enabled(region) == 1,
	};
	/* The label area is outside of the mapping. */
	ndctl_mapping_foreach(region, mapping) r->usable +=
		known(ndctl_mapping_get_length(mapping));
	look_namespaces(region, r);
	for (size_t i = 0; i < r->n_namespaces; i++)
		used += r->namespaces[i].raw;
	r->free = used < r->usable ? r->usable - used : 0;
}

static int compare_regions(const void *a, const void *b)
{
	const struct found_region *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

int look(struct found *found)
{
	struct ndctl_ctx *ctx;
	struct ndctl_bus *bus;
	struct ndctl_region *region;
	int r = ndctl_new(&ctx);

	if (r < 0)
		return r;
	*found = (struct found){0};
	ndctl_bus_foreach(ctx, bus)
	{
		const char *provider = ndctl_bus_get_provider(bus);

		if (!provider || strcmp(provider, "ramdax") != 0)
			continue;
		ndctl_region_foreach(bus, region)
			look_region(region, MEM_APPEND(found->regions, found->n_regions));
	}
	if (found->n_regions)
		qsort(found->regions, found->n_regions, sizeof(*found->regions), compare_regions);
	ndctl_unref(ctx);
	return 0;
}

static void namespace_release(struct found_namespace *ns)
{
	free(ns->kernel_name);
	free(ns->name);
	free(ns->device);
	free(ns->fs.type);
	free(ns->fs.uuid);
	free(ns->fs.label);
}

void found_release(struct found *found)
{
	for (size_t i = 0; i < found->n_regions; i++) {
		struct found_region *r = &found->regions[i];

		for (size_t n = 0; n < r->n_namespaces; n++)
			namespace_release(&r->namespaces[n]);
		free(r->namespaces);
		free(r->kernel_name);
	}
	free(found->regions);
	*found = (struct found){0};
}

/* "0-1,3", as drivers/base/node.c prints a list of nodes. */
size_t look_nodes(int **nodes)
{
	_cleanup_(fclosep) FILE *file = fopen(NODES_WITH_MEMORY, "re");
	unsigned first, last;
	size_t n = 0;
	int got;

	*nodes = mem_calloc(NODES_MAX, sizeof(**nodes));
	while (file && (got = fscanf(file, "%u-%u", &first, &last)) > 0) {
		for (unsigned node = first; node <= (got == 2 ? last : first) && n < NODES_MAX;
		     node++)
			(*nodes)[n++] = (int)node;
		if (getc(file) != ',')
			break;
	}
	return n ? n : 1;
}
