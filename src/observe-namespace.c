// SPDX-License-Identifier: GPL-2.0-or-later
#include "observe-namespace.h"

#include <string.h>

#include "attribute.h"
#include "mem.h"

#define SECTOR 512 /* the unit of a block device's size attribute, whatever its sectors are */

/* The first entry of a directory that starts with @prefix and a digit; NULL if there is none. */
static char *find_child(const struct sysfs *at, const char *device, const char *directory,
			const char *prefix)
{
	char **names = NULL;
	char *found = NULL;
	size_t n = 0;

	if (sysfs_list_numbered(at, prefix, &names, &n, "%s/%s", device, directory) < 0)
		return NULL;
	if (n)
		found = mem_strdup(names[0]);
	sysfs_free_names(names, n);
	return found;
}

/* The mode that the label's abstraction GUID promises, which only a valid info block fulfils. */
static enum ns_mode class_mode(const struct sysfs *at, const char *device)
{
	_cleanup_(freep) char *class = attribute_text(at, device, "holder_class");

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

/* A namespace has one disk, of whatever claims it or else its own. That of a BTT may end within a
 * kilobyte. */
static bool disk_is_known(const struct view *view, struct seen_namespace *ns)
{
	_cleanup_(freep) char *name = device_name(ns, "pmem");

	if (ns->mode == MODE_SECTOR || !known_disk(view->known, name, &ns->capacity))
		return false;
	ns->block = TAKE_PTR(name);
	return true;
}

static void block_observe(const struct view *view, const char *device, struct seen_namespace *ns)
{
	uint64_t sectors = 0;

	if (!disk_is_known(view, ns)) {
		ns->block = device_find(view->at, ns, device, "block", "pmem", &sectors);
		if (!checked_multiply(sectors, SECTOR, &ns->capacity))
			ns->capacity = 0;
	}
	ns->enabled = ns->block;
}

static void dax_observe(const struct sysfs *at, struct seen_namespace *ns)
{
	_cleanup_(freep) char *driver = NULL;

	ns->chardev = device_find(at, ns, ns->holder, ".", "dax", &ns->capacity);
	if (!ns->chardev)
		return;
	ns->enabled = true;
	if (sysfs_read_link(at, &driver, "%s/%s/driver", ns->holder, ns->chardev) < 0)
		return;
	ns->dax_ready = !strcmp(driver, "device_dax");
	/* "kmem" means that the system uses it as ordinary memory. */
	if (!ns->dax_ready)
		ns->dax_taker = TAKE_PTR(driver);
}

/* Align and map, of what has a page map. */
static void shape_observe(const struct view *view, struct seen_namespace *ns)
{
	struct shape known;
	_cleanup_(freep) char *map = NULL;

	if (view->unshaped)
		return;
	if (known_shape(view->known, ns, &known)) {
		ns->align = known.align;
		ns->map = known.map;
		return;
	}
	ns->align = attribute_number(view->at, ns->holder, "align");
	map = attribute_text(view->at, ns->holder, "mode");
	if (map && !strcmp(map, "pmem"))
		ns->map = MAP_DEV;
	else if (map && !strcmp(map, "ram"))
		ns->map = MAP_MEM;
}

/* pfn, dax or btt: what makes a device of the namespace. */
static void holder_observe(const struct view *view, struct seen_namespace *ns)
{
	const struct sysfs *at = view->at;

	ns->claimed = true;
	if (!strncmp(ns->holder, "btt", 3)) {
		ns->mode = MODE_SECTOR;
		(void)attribute_uuid(at, ns->holder, ns->holder_uuid);
		ns->sector_size = attribute_choice(at, ns->holder, "sector_size");
		block_observe(view, ns->holder, ns);
		return;
	}
	if (!strncmp(ns->holder, "dax", 3)) {
		ns->mode = MODE_DEVDAX;
		dax_observe(at, ns);
	} else {
		ns->mode = MODE_FSDAX;
		block_observe(view, ns->holder, ns);
	}
	shape_observe(view, ns);
}

/* What its label says of it, read from the kernel where none is known. */
static void label_observe(const struct view *view, struct seen_namespace *ns)
{
	const struct sysfs *at = view->at;

	if (!known_start(view->known, ns->device, &ns->start))
		ns->start = attribute_number(at, ns->device, "resource");
	if (known_namespace(view->labels, view->region, ns))
		return;
	ns->raw = attribute_number(at, ns->device, "size");
	if (!ns->raw)
		return;
	ns->name = attribute_text(at, ns->device, "alt_name");
	if (!ns->name)
		ns->name = mem_strdup("");
	ns->has_uuid = attribute_uuid(at, ns->device, ns->uuid);
}

bool namespace_observe(const struct view *view, const char *device, struct seen_namespace *ns)
{
	*ns = (struct seen_namespace){.device = mem_strdup(device)};
	label_observe(view, ns);
	if (!ns->raw) {
		free(ns->device);
		return false;
	}
	ns->holder = attribute_text(view->at, device, "holder");
	if (ns->holder) {
		holder_observe(view, ns);
		return true;
	}
	block_observe(view, device, ns);
	ns->mode = ns->enabled ? MODE_RAW : class_mode(view->at, device);
	return true;
}
