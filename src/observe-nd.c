// SPDX-License-Identifier: GPL-2.0-or-later
#include "observe-nd.h"

#include <string.h>

#include "crew.h"
#include "mem.h"
#include "observe-labels.h"

#define ND     "sys/bus/nd/devices"
#define SECTOR 512 /* the unit of a block device's size attribute, whatever its sectors are */

/* "region12" with @prefix "region": a digit follows, so that "region_seed" is none. */
static bool is_numbered(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(name, prefix, n) && name[n] >= '0' && name[n] <= '9';
}

/* An attribute that may be absent: NULL then, and when it is empty. @at is the directory of a
 * region, below which its namespaces and what claims them are; "." is the region itself. */
static char *read_text(const struct sysfs *at, const char *device, const char *attribute)
{
	char *value = NULL;

	if (sysfs_read(at, &value, "%s/%s", device, attribute) < 0)
		return NULL;
	if (!*value) {
		free(value);
		return NULL;
	}
	return value;
}

static uint64_t read_number(const struct sysfs *at, const char *device, const char *attribute)
{
	uint64_t n;

	return sysfs_read_number(at, &n, "%s/%s", device, attribute) < 0 ? 0 : n;
}

static bool read_uuid(const struct sysfs *at, const char *device, uuid_t uuid)
{
	_cleanup_(freep) char *text = read_text(at, device, "uuid");

	return text && uuid_parse(text, uuid) == 0;
}

/* An attribute that lists what may be chosen and marks what is: "512 [4096]". */
static uint32_t read_choice(const struct sysfs *at, const char *device, const char *attribute)
{
	_cleanup_(freep) char *text = read_text(at, device, attribute);
	char *start = text ? strchr(text, '[') : NULL;
	uint64_t n;

	if (!start)
		return 0;
	start++;
	start[strcspn(start, "]")] = '\0';
	return number_parse(start, &n) == 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* The first entry of a directory that starts with @prefix and a digit; NULL if there is none. */
static char *find_child(const struct sysfs *at, const char *device, const char *directory,
			const char *prefix)
{
	char **names = NULL;
	char *found = NULL;
	size_t n = 0;

	if (sysfs_list(at, &names, &n, "%s/%s", device, directory) < 0)
		return NULL;
	for (size_t i = 0; i < n && !found; i++) {
		if (is_numbered(names[i], prefix))
			found = mem_strdup(names[i]);
	}
	sysfs_free_names(names, n);
	return found;
}

/* The mode that the label's abstraction GUID promises, which only a valid info block fulfils. */
static enum ns_mode class_mode(const struct sysfs *at, const char *device)
{
	_cleanup_(freep) char *class = read_text(at, device, "holder_class");

	if (class && !strcmp(class, "pfn"))
		return MODE_FSDAX;
	if (class && !strcmp(class, "dax"))
		return MODE_DEVDAX;
	if (class && !strcmp(class, "btt"))
		return MODE_SECTOR;
	return MODE_RAW;
}

/* What the kernel calls the device of the namespace: drivers/nvdimm/namespace_devs.c,
 * nvdimm_namespace_disk_name(), and __dax_pmem_probe(). "pmem0.1s", "dax0.1". */
static char *device_name(const struct seen_namespace *ns, const char *prefix)
{
	const char *number = ns->device + strlen("namespace");
	size_t n = strlen(number);

	if (!strcmp(prefix, "pmem") && n > 2 && !strcmp(number + n - 2, ".0"))
		n -= 2;
	return mem_printf("%s%.*s%s", prefix, (int)n, number, ns->mode == MODE_SECTOR ? "s" : "");
}

/* The device below @directory of @device, and its size attribute: by the name it should have,
 * which saves reading the directory, or else by any. NULL if there is none. */
static char *device_find(const struct sysfs *at, const struct seen_namespace *ns,
			 const char *device, const char *directory, const char *prefix,
			 uint64_t *size)
{
	char *name = device_name(ns, prefix);

	if (sysfs_read_number(at, size, "%s/%s/%s/size", device, directory, name) == 0)
		return name;
	free(name);
	name = find_child(at, device, directory, prefix);
	if (name && sysfs_read_number(at, size, "%s/%s/%s/size", device, directory, name) < 0)
		*size = 0;
	return name;
}

static void block_observe(const struct sysfs *at, const char *device, struct seen_namespace *ns)
{
	uint64_t sectors = 0;

	ns->block = device_find(at, ns, device, "block", "pmem", &sectors);
	if (!checked_multiply(sectors, SECTOR, &ns->capacity))
		ns->capacity = 0;
	ns->enabled = ns->block;
}

static void dax_observe(const struct sysfs *at, struct seen_namespace *ns)
{
	_cleanup_(freep) char *driver = NULL;

	ns->chardev = device_find(at, ns, ns->holder, ".", "dax", &ns->capacity);
	if (!ns->chardev)
		return;
	ns->enabled = true;
	/* "kmem" here means that the system uses it as ordinary memory. */
	if (sysfs_read_link(at, &driver, "%s/%s/driver", ns->holder, ns->chardev) == 0)
		ns->dax_ready = !strcmp(driver, "device_dax");
}

/* pfn, dax or btt: what makes a device of the namespace. */
static void holder_observe(const struct sysfs *at, struct seen_namespace *ns)
{
	_cleanup_(freep) char *map = NULL;

	ns->claimed = true;
	if (is_numbered(ns->holder, "btt")) {
		ns->mode = MODE_SECTOR;
		(void)read_uuid(at, ns->holder, ns->holder_uuid);
		ns->sector_size = read_choice(at, ns->holder, "sector_size");
		block_observe(at, ns->holder, ns);
		return;
	}
	ns->align = read_number(at, ns->holder, "align");
	map = read_text(at, ns->holder, "mode");
	if (map && !strcmp(map, "pmem"))
		ns->map = MAP_DEV;
	else if (map && !strcmp(map, "ram"))
		ns->map = MAP_MEM;
	if (is_numbered(ns->holder, "dax")) {
		ns->mode = MODE_DEVDAX;
		dax_observe(at, ns);
	} else {
		ns->mode = MODE_FSDAX;
		block_observe(at, ns->holder, ns);
	}
}

static bool namespace_observe(const struct sysfs *at, const char *device, struct seen_namespace *ns)
{
	uint64_t size = read_number(at, device, "size");

	if (!size)
		return false;
	*ns = (struct seen_namespace){.device = mem_strdup(device), .raw = size};
	ns->name = read_text(at, device, "alt_name");
	if (!ns->name)
		ns->name = mem_strdup("");
	ns->has_uuid = read_uuid(at, device, ns->uuid);
	ns->start = read_number(at, device, "resource");
	ns->holder = read_text(at, device, "holder");
	if (ns->holder) {
		holder_observe(at, ns);
		return true;
	}
	block_observe(at, device, ns);
	ns->mode = ns->enabled ? MODE_RAW : class_mode(at, device);
	return true;
}

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

	region->seed = read_text(at, ".", "namespace_seed");
	if (!region->seed || read_number(at, region->seed, "size"))
		return;
	uuid = read_text(at, region->seed, "uuid");
	holder = read_text(at, region->seed, "holder");
	region->seed_stuck = uuid || holder;
	if (region->seed_stuck)
		region->seed_name = read_text(at, region->seed, "alt_name");
}

/* mapping0 is "nmem0,0,268435456,0": the DIMM, its offset, the bytes for namespaces, position. */
static void mapping_observe(const struct sysfs *fs, const struct sysfs *at,
			    struct seen_region *region)
{
	_cleanup_(freep) char *text = read_text(at, ".", "mapping0");
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
	const struct sysfs *at;
	const char **names;
	struct seen_namespace *seen;
	bool *exist;
};

static void sight(void *context, size_t i)
{
	struct sights *s = context;

	s->exist[i] = namespace_observe(s->at, s->names[i], &s->seen[i]);
}

/* Those of the @n names that are namespaces are looked at, by all processors if they are many. */
static void namespaces_see(const struct sysfs *at, char *const *names, size_t n,
			   struct seen_region *region)
{
	_cleanup_(freep) const char **namespaces = NULL;
	_cleanup_(freep) struct seen_namespace *seen = mem_calloc(n + 1, sizeof(*seen));
	_cleanup_(freep) bool *exist = mem_calloc(n + 1, sizeof(*exist));
	struct sights sights = {.at = at, .seen = seen, .exist = exist};
	size_t n_namespaces = 0;

	for (size_t i = 0; i < n; i++)
		if (is_numbered(names[i], "namespace"))
			*MEM_APPEND(namespaces, n_namespaces) = names[i];
	sights.names = namespaces;
	crew_run(crew_size(n_namespaces / OBSERVE_SHARE), n_namespaces, sight, &sights);
	for (size_t i = 0; i < n_namespaces; i++)
		if (exist[i])
			*MEM_APPEND(region->namespaces, region->n_namespaces) = seen[i];
}

static void namespaces_observe(const struct sysfs *at, struct seen_region *region)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(at, &names, &n, ".") < 0)
		return;
	namespaces_see(at, names, n, region);
	sysfs_free_names(names, n);
	if (region->n_namespaces)
		qsort(region->namespaces, region->n_namespaces, sizeof(*region->namespaces),
		      compare_namespaces);
}

static void region_observe(const struct sysfs *fs, const char *device, const char *name,
			   struct seen_region *region)
{
	_cleanup_(freep) char *node = NULL;
	struct sysfs at;

	*region = (struct seen_region){
		.name = mem_strdup(name), .device = mem_strdup(device), .node = -1};
	region->enabled = sysfs_exists(fs, ND "/%s/driver", name);
	if (sysfs_enter(fs, &at, ND "/%s", name) < 0)
		return;
	region->range.start = read_number(&at, ".", "resource");
	region->range.size = read_number(&at, ".", "size");
	region->align = read_number(&at, ".", "align");
	node = read_text(&at, ".", "numa_node");
	region->node = node ? atoi(node) : -1;
	mapping_observe(fs, &at, region);
	labels_observe(fs, region);
	seed_observe(&at, region);
	namespaces_observe(&at, region);
	sysfs_close(&at);
}

static void bus_observe(const struct sysfs *fs, const char *device, const char *bus,
			struct nd_regions *regions)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, ND "/%s", bus) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (is_numbered(names[i], "region"))
			region_observe(fs, device, names[i],
				       MEM_APPEND(regions->items, regions->n));
	}
	sysfs_free_names(names, n);
}

void nd_regions_observe(const struct sysfs *fs, const char *device, struct nd_regions *ours,
			struct nd_regions *others)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, "sys/bus/platform/devices/%s", device) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *provider = NULL;
		bool is_ours;

		if (!is_numbered(names[i], "ndbus"))
			continue;
		is_ours = sysfs_read(fs, &provider, ND "/%s/provider", names[i]) == 0 &&
			  !strcmp(provider, "ramdax");
		bus_observe(fs, device, names[i], is_ours ? ours : others);
	}
	sysfs_free_names(names, n);
}

void nd_regions_release(struct nd_regions *regions)
{
	for (size_t i = 0; i < regions->n; i++)
		seen_region_release(&regions->items[i]);
	free(regions->items);
}

void nd_namespaces_observe(const struct sysfs *fs, const char *name, struct seen_region *region)
{
	struct sysfs at;

	*region = (struct seen_region){.name = mem_strdup(name), .node = -1};
	if (sysfs_enter(fs, &at, ND "/%s", name) < 0)
		return;
	namespaces_observe(&at, region);
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
