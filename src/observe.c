// SPDX-License-Identifier: GPL-2.0-or-later
#include "observe.h"

#include <string.h>

#include "boot.h"
#include "cmdline.h"
#include "crew.h"
#include "devtree.h"
#include "diag.h"
#include "firmware.h"
#include "inuse.h"
#include "mem.h"
#include "nd.h"
#include "numa.h"
#include "observe-nd.h"
#include "probe-fs.h"

/* How often a machine is looked at of which not all can be read. */
#define ATTEMPTS 3

#define PLATFORM "sys/bus/platform/devices"
/* The one device of all e820 carveouts (arch/x86/kernel/pmem.c). */
#define E820_DEVICE "e820_pmem"

static struct seen_device *device_add(struct machine *m, const char *name)
{
	struct seen_device *device = MEM_APPEND(m->devices, m->n_devices);

	device->name = mem_strdup(name);
	return device;
}

static void devices_observe(const struct sysfs *fs, struct machine *m)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, PLATFORM) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		bool devicetree = devtree_is_carveout(fs, names[i]);
		struct seen_device *device;

		if (!devicetree && strcmp(names[i], E820_DEVICE) != 0)
			continue;
		device = device_add(m, names[i]);
		device->devicetree = devicetree;
		if (sysfs_read_link(fs, &device->driver, PLATFORM "/%s/driver", names[i]) < 0)
			device->driver = NULL;
		if (sysfs_read(fs, &device->override, PLATFORM "/%s/driver_override", names[i]) < 0)
			continue;
		/* The kernel prints a null pointer as "(null)". */
		if (!*device->override || !strcmp(device->override, "(null)")) {
			free(device->override);
			device->override = NULL;
		}
	}
	sysfs_free_names(names, n);
}

static size_t e820_device(struct machine *m)
{
	for (size_t i = 0; i < m->n_devices; i++) {
		if (!m->devices[i].devicetree)
			return i;
	}
	device_add(m, E820_DEVICE)->absent = true;
	return m->n_devices - 1;
}

static void carveout_add(struct machine *m, size_t device, struct range range)
{
	*MEM_APPEND(m->carveouts, m->n_carveouts) =
		(struct seen_carveout){.range = range, .device = device, .node = -1};
}

/* The kernel's memory map names them; to those who may not see it, the command line does. */
static void e820_carveouts(struct machine *m, const struct iomem *iomem)
{
	struct memmap_part *parts;
	size_t n;

	for (size_t i = 0; i < iomem->n_pmem; i++)
		carveout_add(m, e820_device(m), iomem->pmem[i]);
	if (iomem->known)
		return;
	n = cmdline_memmap(m->cmdline, &parts);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].kind == '!' && parts[i].range.size)
			carveout_add(m, e820_device(m), parts[i].range);
	}
	memmap_free(parts, n);
}

static void devicetree_carveouts(const struct sysfs *fs, struct machine *m, size_t device,
				 const struct iomem *iomem)
{
	struct range *ranges = NULL;
	size_t n = 0;

	if (!devtree_ranges(fs, m->devices[device].name, &ranges, &n)) {
		/* Nothing is known of it until the driver has made regions. */
		for (size_t i = 0; i < m->n_regions; i++) {
			if (!strcmp(m->regions[i].device, m->devices[device].name))
				carveout_add(m, device, m->regions[i].range);
		}
		return;
	}
	for (size_t i = 0; i < n; i++) {
		carveout_add(m, device, ranges[i]);
		for (size_t j = 0; j < iomem->n_reserved; j++)
			m->carveouts[m->n_carveouts - 1].nomap |=
				range_overlaps(ranges[i], iomem->reserved[j]);
	}
	free(ranges);
}

static int compare_carveouts(const void *a, const void *b)
{
	const struct seen_carveout *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

static int compare_regions(const void *a, const void *b)
{
	const struct seen_region *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/* Only root may read where a region starts; the kernel makes them in the order of the carveouts,
 * so that position and size tell it as well. */
static void regions_place(struct machine *m)
{
	size_t next = 0;

	for (size_t i = 0; i < m->n_regions; i++) {
		struct seen_region *region = &m->regions[i];

		if (region->range.start)
			continue;
		while (next < m->n_carveouts && m->carveouts[next].range.size != region->range.size)
			next++;
		if (next < m->n_carveouts)
			region->range.start = m->carveouts[next++].range.start;
	}
}

static void carveouts_observe(const struct sysfs *fs, const struct iomem *iomem, struct machine *m)
{
	e820_carveouts(m, iomem);
	for (size_t i = 0; i < m->n_devices; i++) {
		if (m->devices[i].devicetree)
			devicetree_carveouts(fs, m, i, iomem);
	}
	if (m->n_carveouts)
		qsort(m->carveouts, m->n_carveouts, sizeof(*m->carveouts), compare_carveouts);
	regions_place(m);
	for (size_t i = 0; i < m->n_carveouts; i++) {
		struct seen_carveout *c = &m->carveouts[i];
		const struct seen_region *region = machine_region_of(m, c);

		c->node = region && region->node >= 0 ? region->node : machine_node_of(m, c->range);
	}
}

/* The devices of namespaces, so that one pass over the processes answers for them all. */
struct users {
	const struct sysfs *fs;
	const struct observe_choice *choice;
	struct inuse *devices;
	struct seen_namespace **namespaces; /* whose devices they are */
	size_t n;
	struct seen_namespace **probed; /* what is on which is looked at */
	size_t n_probed;
	bool anything; /* signatures that are unlikely, too */
};

static void users_note(struct users *users, struct seen_namespace *ns)
{
	char *dir = nd_device_dir(ns);
	size_t n = users->n;

	if (!dir)
		return;
	MEM_APPEND(users->devices, n)->dir = dir;
	*MEM_APPEND(users->namespaces, users->n) = ns;
}

static void probe(void *context, size_t i)
{
	struct users *users = context;
	struct seen_namespace *ns = users->probed[i];

	fs_probe(users->fs, ns->block, users->anything, &ns->fs);
}

/* Looks at what is on the devices that are to be probed. */
static void users_probe(struct users *users)
{
	crew_run(crew_size(users->n_probed), users->n_probed, probe, users);
	free(TAKE_PTR(users->probed));
	users->n_probed = 0;
}

/* Looks at what is on devices, and notes them for the question who uses them. */
static void users_ask(struct users *users, const struct nd_regions *regions, bool anything)
{
	const struct observe_choice *choice = anything ? NULL : users->choice;

	for (size_t i = 0; i < regions->n; i++) {
		const struct seen_region *region = &regions->items[i];

		for (size_t j = 0; j < region->n_namespaces; j++) {
			struct seen_namespace *ns = &region->namespaces[j];
			bool passes = choice && choice->passes_over(choice->context, ns);

			ns->passed_over = passes && !choice->users;
			if (!ns->passed_over)
				users_note(users, ns);
			if (!passes && ns->block)
				*MEM_APPEND(users->probed, users->n_probed) = ns;
		}
	}
	users->anything = anything;
	users_probe(users);
}

/* Asks who uses the devices. */
static void users_tell(struct users *users)
{
	inuse_observe(users->fs, users->devices, users->n);
	for (size_t i = 0; i < users->n; i++) {
		struct seen_namespace *ns = users->namespaces[i];
		struct inuse *device = &users->devices[i];

		ns->user = TAKE_PTR(device->user);
		ns->mount_point = TAKE_PTR(device->mount_point);
		ns->dax = device->dax;
		free(device->dir);
	}
	free(users->devices);
	free(users->namespaces);
}

static void users_observe(const struct sysfs *fs, const struct observe_choice *choice,
			  const struct nd_regions *ours, const struct nd_regions *others)
{
	struct users users = {.fs = fs, .choice = choice};

	users_ask(&users, ours, false);
	users_ask(&users, others, true);
	users_tell(&users);
}

static void device_add_namespace(struct seen_device *device, struct seen_namespace *ns)
{
	if (!device->user && ns->user)
		device->user = TAKE_PTR(ns->user);
	if (!ns->holder && ns->fs.state == SEEN_NOT_LOOKED)
		device->signature_known = false;
	if (device->signature)
		return;
	if (ns->holder)
		device->signature = mem_strdup(mode_name(ns->mode));
	else if (ns->fs.state >= SEEN_COMPLETE)
		device->signature = mem_strdup(ns->fs.type ? ns->fs.type : "several signatures");
}

/* What stands on a device that another driver holds. Regions it has not brought up hide it. */
static void device_look(struct seen_device *device, const struct nd_regions *others)
{
	size_t looked = 0;

	device->signature_known = true;
	for (size_t i = 0; i < others->n; i++) {
		struct seen_region *region = &others->items[i];

		if (strcmp(region->device, device->name) != 0)
			continue;
		looked++;
		if (!region->enabled || !region->n_namespaces)
			device->signature_known = false;
		for (size_t j = 0; j < region->n_namespaces; j++)
			device_add_namespace(device, &region->namespaces[j]);
	}
	if (!looked)
		device->signature_known = false;
}

static void regions_observe(const struct sysfs *fs, const struct observe_choice *choice,
			    const struct iomem *iomem, struct machine *m)
{
	_cleanup_(known_release) struct known known = {0};
	struct nd_regions ours = {0}, others = {0};

	known_observe(&known, fs, iomem);
	if (choice)
		known.written = choice->written;
	for (size_t i = 0; i < m->n_devices; i++)
		nd_regions_observe(fs, &known, m->devices[i].name, &ours, &others);
	users_observe(fs, choice, &ours, &others);
	for (size_t i = 0; i < m->n_devices; i++) {
		if (m->devices[i].driver && strcmp(m->devices[i].driver, "ramdax") != 0)
			device_look(&m->devices[i], &others);
	}
	nd_regions_release(&others);
	m->regions = ours.items;
	m->n_regions = ours.n;
}

static struct machine *observe_once(const struct sysfs *fs, const struct observe_choice *choice)
{
	_cleanup_(iomem_release) struct iomem iomem = {0};
	struct machine *m = MEM_NEW(struct machine);

	m->live = fs->live;
	nd_settle(fs);
	boot_observe(fs, m);
	iomem_observe(fs, &iomem);
	firmware_observe(fs, &iomem, m);
	numa_observe(fs, m);
	devices_observe(fs, m);
	regions_observe(fs, choice, &iomem, m);
	carveouts_observe(fs, &iomem, m);
	if (m->n_regions)
		qsort(m->regions, m->n_regions, sizeof(*m->regions), compare_regions);
	return m;
}

/* What this program lacks for reading anything, whatever it is; another failure may be of one
 * thing that is bad for long, as a medium is. */
static bool is_lack(int failure)
{
	return failure == ENOMEM || failure == EMFILE || failure == ENFILE;
}

/* What cannot be read looks as if it were absent: after a failure, all is looked at again. */
struct machine *observe_chosen(const struct sysfs *fs, const struct observe_choice *choice)
{
	for (int left = ATTEMPTS;; left--) {
		_Atomic int failure = 0;
		struct sysfs watched = *fs;
		struct machine *m;

		watched.failure = &failure;
		m = observe_once(&watched, choice);
		if (failure && left == 1)
			diag_warning(
				"not all of the machine can be read (%s): what cannot is taken for "
				"absent; run \"ramdax status\" again later",
				strerror(failure));
		m->unread = is_lack(failure);
		if (!failure || left == 1)
			return m;
		machine_free(m);
	}
}

bool observe_rest(const struct sysfs *fs, struct machine *m, bool probe)
{
	_Atomic int failure = 0;
	struct sysfs watched = *fs;
	struct users users = {.fs = &watched};

	watched.failure = &failure;
	for (size_t i = 0; i < m->n_regions; i++) {
		struct seen_region *region = &m->regions[i];

		for (size_t j = 0; j < region->n_namespaces; j++) {
			struct seen_namespace *ns = &region->namespaces[j];

			if (!ns->passed_over)
				continue;
			ns->passed_over = false;
			users_note(&users, ns);
			if (probe && ns->block)
				*MEM_APPEND(users.probed, users.n_probed) = ns;
		}
	}
	users_probe(&users);
	users_tell(&users);
	return !failure;
}

struct machine *observe(const struct sysfs *fs)
{
	return observe_chosen(fs, NULL);
}
