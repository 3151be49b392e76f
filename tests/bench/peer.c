// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * peer N: makes N fsdax namespaces of 16 MiB in the first region through libndctl, in one process
 * and with one context: what a program built on that library would do.
 */
#include <ndctl/libndctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <uuid/uuid.h>

#define SIZE (16ULL << 20)

static struct ndctl_region *first_region(struct ndctl_ctx *ctx)
{
	struct ndctl_bus *bus = ndctl_bus_get_first(ctx);

	return bus ? ndctl_region_get_first(bus) : NULL;
}

static int create(struct ndctl_region *region)
{
	struct ndctl_namespace *ns = ndctl_region_get_namespace_seed(region);
	struct ndctl_pfn *pfn;
	uuid_t uuid;

	uuid_generate(uuid);
	if (!ns || ndctl_namespace_set_uuid(ns, uuid) < 0 || ndctl_namespace_set_size(ns, SIZE) < 0)
		return -1;
	pfn = ndctl_region_get_pfn_seed(region);
	uuid_generate(uuid);
	if (!pfn || ndctl_pfn_set_uuid(pfn, uuid) < 0 ||
	    ndctl_pfn_set_location(pfn, NDCTL_PFN_LOC_PMEM) < 0 ||
	    ndctl_pfn_set_align(pfn, 2UL << 20) < 0 || ndctl_pfn_set_namespace(pfn, ns) < 0)
		return -1;
	return ndctl_pfn_enable(pfn);
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 0;
	struct ndctl_region *region;
	struct ndctl_ctx *ctx;

	if (ndctl_new(&ctx) < 0 || !(region = first_region(ctx)))
		return 1;
	for (long i = 0; i < n; i++) {
		if (create(region) < 0) {
			fprintf(stderr, "peer: the namespace number %ld is refused\n", i);
			return 1;
		}
	}
	ndctl_unref(ctx);
	return 0;
}
