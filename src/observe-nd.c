// SPDX-License-Identifier: GPL-2.0-or-later
#include "observe-nd.h"

#include <string.h>

#include "attribute.h"
#include "crew.h"
#include "known.h"
#include "mem.h"
#include "observe-labels.h"
#include "observe-namespace.h"

#define ND "sys/bus/nd/devices"

static int compare_namespaces(const void *a, const void *b)
{
	const struct seen_namespace *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/*
 * A seed is the namespace that the next creation takes. With a uuid and no size, or with a holder
 * on top, somebody began one and went away. (Directly after enumeration a namespace that exists
 * may stand there: it has a size.)
 */
static void seed_observe(const struct sysfs *at, struct seen_region *region)
{
	_cleanup_(freep) char *uuid = NULL, *holder = NULL;

	region->seed = attribute_text(at, ".", "namespace_seed");
	if (!region->seed || attribute_number(at, region->seed, "size"))
		return;
	uuid = attribute_text(at, region->seed, "uuid");
	holder = attribute_text(at, region->seed, "holder");
	region->seed_stuck = uuid || holder;
	if (region->seed_stuck)
		region->seed_name = attribute_text(at, region->seed, "alt_name");
}

/* mapping0 is "nmem0,0,268435456,0": the DIMM, its offset, the bytes for namespaces, position. */
static void mapping_observe(const struct sysfs *fs, const struct sysfs *at,
			    struct seen_region *region)
{
	_cleanup_(freep) char *text = attribute_text(at, ".", "mapping0");
	char *rest = text;
	char *dimm = strsep(&rest, ",");
	char *offset = strsep(&rest, ",");
	char *size = strsep(&rest, ",");
	uint64_t n;

	if (!offset || !size || number_parse(size, &n) < 0)
		return;
	region->dimm = mem_strdup(dimm);
	region->usable = n;
	if (sysfs_read_number(fs, &n, ND "/%s/available_slots", dimm) == 0 && n <= UINT32_MAX)
		region->slots_free = (unsigned)n;
}

/* The namespaces of a region being looked at. */
struct sights {
	struct view view;
	char **names;
	struct seen_namespace *seen;
	bool *exist;
};

static void sight(void *context, size_t i)
{
	struct sights *s = context;

	s->exist[i] = namespace_observe(&s->view, s->names[i], &s->seen[i]);
}

/* Adds all that @view shows to @region, with all processors if they are many. */
static void namespaces_observe(const struct view *view, struct seen_region *region)
{
	struct sights sights = {.view = *view};
	_cleanup_(freep) struct seen_namespace *seen = NULL;
	_cleanup_(freep) bool *exist = NULL;
	size_t n = 0;

	if (sysfs_list_numbered(view->at, "namespace", &sights.names, &n, ".") < 0)
		return;
	sights.seen = seen = mem_calloc(n, sizeof(*seen));
	sights.exist = exist = mem_calloc(n, sizeof(*exist));
	crew_run(crew_size(n / OBSERVE_SHARE), n, sight, &sights);
	sysfs_free_names(sights.names, n);
	for (size_t i = 0; i < n; i++)
		if (exist[i])
			*MEM_APPEND(region->namespaces, region->n_namespaces) = seen[i];
	if (region->n_namespaces)
		qsort(region->namespaces, region->n_namespaces, sizeof(*region->namespaces),
		      compare_namespaces);
}

static void region_observe(const struct sysfs *fs, const struct known *known, const char *device,
			   const char *name, struct seen_region *region)
{
	_cleanup_(known_labels_release) struct known_labels labels = {0};
	_cleanup_(freep) char *node = NULL;
	struct sysfs at;

	*region = (struct seen_region){
		.name = mem_strdup(name), .device = mem_strdup(device), .node = -1};
	region->enabled = sysfs_exists(fs, ND "/%s/driver", name);
	if (sysfs_enter(fs, &at, ND "/%s", name) < 0)
		return;
	region->range.start = attribute_number(&at, ".", "resource");
	region->range.size = attribute_number(&at, ".", "size");
	region->align = attribute_number(&at, ".", "align");
	node = attribute_text(&at, ".", "numa_node");
	region->node = node ? atoi(node) : -1;
	mapping_observe(fs, &at, region);
	known_labels_take(&labels, labels_observe(fs, region), region);
	seed_observe(&at, region);
	namespaces_observe(
		&(struct view){.at = &at, .region = region, .known = known, .labels = &labels},
		region);
	sysfs_close(&at);
}

static void bus_observe(const struct sysfs *fs, const struct known *known, const char *device,
			const char *bus, struct nd_regions *regions)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list_numbered(fs, "region", &names, &n, ND "/%s", bus) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		region_observe(fs, known, device, names[i], MEM_APPEND(regions->items, regions->n));
	sysfs_free_names(names, n);
}

void nd_regions_observe(const struct sysfs *fs, const struct known *known, const char *device,
			struct nd_regions *ours, struct nd_regions *others)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list_numbered(fs, "ndbus", &names, &n, "sys/bus/platform/devices/%s", device) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *provider = NULL;
		bool is_ours;

		is_ours = sysfs_read(fs, &provider, ND "/%s/provider", names[i]) == 0 &&
			  !strcmp(provider, "ramdax");
		bus_observe(fs, known, device, names[i], is_ours ? ours : others);
	}
	sysfs_free_names(names, n);
}

void nd_regions_release(struct nd_regions *regions)
{
	for (size_t i = 0; i < regions->n; i++)
		seen_region_release(&regions->items[i]);
	free(regions->items);
}

void nd_namespaces_observe(const struct sysfs *fs, const struct seen_region *seen,
			   struct seen_region *now)
{
	_cleanup_(known_labels_release) struct known_labels labels = {0};
	_cleanup_(iomem_release) struct iomem iomem = {0};
	_cleanup_(known_release) struct known known = {0};
	struct sysfs at;

	*now = (struct seen_region){.name = mem_strdup(seen->name), .node = -1};
	if (sysfs_enter(fs, &at, ND "/%s", seen->name) < 0)
		return;
	iomem_observe(fs, &iomem);
	known_observe(&known, fs, &iomem);
	/* Without an index all of the area would be read, and nothing be known. */
	if (seen->labels == LABELS_VALID)
		known_labels_take(&labels, labels_area(fs, seen), seen);
	namespaces_observe(&(struct view){.at = &at,
					  .region = seen,
					  .known = &known,
					  .labels = &labels,
					  .unshaped = true},
			   now);
	sysfs_close(&at);
}

char *nd_device_dir(const struct seen_namespace *ns)
{
	const char *device = ns->holder ? ns->holder : ns->device;

	if (ns->block)
		return mem_printf(ND "/%s/block/%s", device, ns->block);
	if (ns->chardev)
		return mem_printf(ND "/%s/%s", device, ns->chardev);
	return NULL;
}
