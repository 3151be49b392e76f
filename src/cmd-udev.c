// SPDX-License-Identifier: GPL-2.0-or-later
/* What udev's rule asks: which namespace a device is, and whose it shall be. */
#include "command.h"

#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "mounts.h"

/*
 * A device of RAMDAX, from its path below /sys:
 *	.../ndbus0/region0/namespace0.1/block/pmem0.1	raw
 *	.../ndbus0/region0/pfn0.1/block/pmem0.1		fsdax; sector with btt
 *	.../ndbus0/region0/dax0.1/dax0.1		devdax
 */
struct nd_path {
	char *bus;    /* "ndbus0" */
	char *region; /* "region0" */
	char *holder; /* below the region */
};

static bool split(const char *devpath, struct nd_path *path)
{
	_cleanup_(freep) char *copy = mem_strdup(devpath);
	char *rest = copy, *part, *bus = NULL, *region = NULL;

	while ((part = strsep(&rest, "/"))) {
		if (!strncmp(part, "ndbus", strlen("ndbus")))
			bus = part;
		else if (bus && !strncmp(part, "region", strlen("region"))) {
			region = part;
			break;
		}
	}
	part = strsep(&rest, "/");
	if (!part || !*part || !rest)
		return false;
	*path = (struct nd_path){
		.bus = mem_strdup(bus), .region = mem_strdup(region), .holder = mem_strdup(part)};
	return true;
}

/* An attribute of a device on the bus, "" if there is none. */
static char *attribute(const struct sysfs *fs, const char *device, const char *name)
{
	char *value = NULL;

	if (sysfs_read(fs, &value, "sys/bus/nd/devices/%s/%s", device, name) < 0)
		return mem_strdup("");
	return value;
}

static bool is_ours(const struct sysfs *fs, const struct nd_path *path)
{
	_cleanup_(freep) char *provider = attribute(fs, path->bus, "provider");

	return !strcmp(provider, "ramdax");
}

/* The namespace as the layout declares it: its name, or the UUID that the layout gives it. */
static const struct layout_namespace *find_declared(const struct layout *layout, const char *name,
						    const char *uuid)
{
	char text[UUID_STR_LEN];

	for (size_t i = 0; layout && i < layout->n_regions; i++) {
		for (size_t k = 0; k < layout->regions[i].n_namespaces; k++) {
			const struct layout_namespace *ns = &layout->regions[i].namespaces[k];

			uuid_unparse_lower(ns->uuid, text);
			if (!strcmp(ns->name, name) || (ns->uuid_declared && !strcmp(text, uuid)))
				return ns;
		}
	}
	return NULL;
}

/* Whether it is somebody else's carveout, whatever the names in there. */
static bool is_foreign(const struct sysfs *fs, const struct layout *layout, const char *region)
{
	struct seen_region seen = {0};

	return sysfs_read_number(fs, &seen.range.start, "sys/bus/nd/devices/%s/resource", region) <
		       0 ||
	       region_is_foreign(layout, &seen);
}

/* Names are udev's to resolve. Whoever declares one of the three has declared the access. */
static void add_owner(const struct layout_namespace *ns, struct text *out)
{
	if (ns->owner)
		text_addf(out, "RAMDAX_OWNER=%s\n", ns->owner);
	if (ns->group)
		text_addf(out, "RAMDAX_GROUP=%s\n", ns->group);
	if (ns->owner || ns->group || ns->access_declared)
		text_addf(out, "RAMDAX_MODE=%04o\n", (unsigned)ns->access);
}

static void add_device(const struct invocation *in, const struct sysfs *fs,
		       const struct nd_path *path, struct text *out)
{
	_cleanup_(freep) char *below = attribute(fs, path->holder, "namespace");
	const char *device = *below ? below : path->holder;
	_cleanup_(freep) char *name = attribute(fs, device, "alt_name");
	_cleanup_(freep) char *uuid = attribute(fs, device, "uuid");
	const struct layout_namespace *ns;
	struct layout *layout = NULL;
	_cleanup_(freep) char *link = NULL;

	if (!*name || !strncmp(name, SCAFFOLD_PREFIX, strlen(SCAFFOLD_PREFIX)))
		return;
	/* Mistakes in the layout are told elsewhere; the name does not depend on it. */
	command_load_optional(in, fs, true, &layout);
	ns = find_declared(layout, name, uuid);
	/* What is mounted by that name would be another's. */
	if (ns && is_foreign(fs, layout, path->region)) {
		layout_free(layout);
		return;
	}
	link = mounts_link(ns ? ns->name : name);
	text_addf(out, "RAMDAX_NAME=%s\n", link);
	if (ns) {
		text_add(out, "RAMDAX_DECLARED=1\n");
		add_owner(ns, out);
	}
	layout_free(layout);
}

static enum status run(const struct invocation *in)
{
	_cleanup_(text_release) struct text out = {0};
	struct nd_path path = {0};
	struct sysfs fs;
	enum status status;

	if (in->n_arguments != 1) {
		diag_error("\"udev\" takes one DEVPATH, see \"ramdax udev --help\"");
		return STATUS_USAGE;
	}
	status = command_open_root(in, &fs);
	if (status != STATUS_OK)
		return status;
	if (split(in->arguments[0], &path) && is_ours(&fs, &path))
		add_device(in, &fs, &path, &out);
	if (out.len)
		status = command_print(&out);
	free(path.bus);
	free(path.region);
	free(path.holder);
	sysfs_close(&fs);
	return status;
}

const struct command command_udev = {
	.name = "udev",
	.arguments = "DEVPATH",
	.summary = "name the namespace behind a device, for udev's rule",
	.text_only = true,
	.run = run,
};
