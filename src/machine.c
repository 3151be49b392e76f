// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

static void namespace_release(struct seen_namespace *ns)
{
	free(ns->device);
	free(ns->fault);
	free(ns->name);
	free(ns->holder);
	free(ns->block);
	free(ns->chardev);
	free(ns->dax_taker);
	free(ns->user);
	free(ns->mount_point);
	free(ns->fs.type);
	free(ns->fs.uuid);
	free(ns->fs.label);
}

static void namespaces_release(struct seen_namespace **namespaces, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		namespace_release(&(*namespaces)[i]);
	free(TAKE_PTR(*namespaces));
	*n = 0;
}

void seen_region_release(struct seen_region *region)
{
	namespaces_release(&region->namespaces, &region->n_namespaces);
	namespaces_release(&region->traces, &region->n_traces);
	free(region->name);
	free(region->device);
	free(region->dimm);
	free(region->seed);
	free(region->seed_name);
}

void seen_region_empty(struct seen_region *region)
{
	namespaces_release(&region->namespaces, &region->n_namespaces);
	namespaces_release(&region->traces, &region->n_traces);
	free(TAKE_PTR(region->seed_name));
	region->seed_stuck = false;
	region->enabled = true;
	region->labels = LABELS_VALID;
	region->slots_free = REGION_NAMESPACES_MAX;
}

static void device_release(struct seen_device *device)
{
	free(device->name);
	free(device->driver);
	free(device->override);
	free(device->user);
	free(device->signature);
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_regions; i++)
		seen_region_release(&m->regions[i]);
	for (size_t i = 0; i < m->n_devices; i++)
		device_release(&m->devices[i]);
	free(m->regions);
	free(m->devices);
	free(m->carveouts);
	free(m->node_ranges);
	free(m->firmware_ram);
	free(m->e820_ram);
	free(m->system_ram);
	free(m->release);
	free(m->cmdline);
	free(m->guest);
	free(m);
}

const struct seen_region *machine_region_of(const struct machine *m, const struct seen_carveout *c)
{
	for (size_t i = 0; i < m->n_regions; i++) {
		const struct seen_region *region = &m->regions[i];

		if (region->range.start == c->range.start && region->range.size == c->range.size)
			return region;
	}
	return NULL;
}

int machine_node_of(const struct machine *m, struct range r)
{
	const struct range first = {.start = r.start, .size = 1};

	for (size_t i = 0; i < m->n_node_ranges; i++) {
		if (range_within(first, m->node_ranges[i].range))
			return m->node_ranges[i].node;
	}
	return -1;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

size_t ranges_join(struct range *ranges, size_t n)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort(ranges, n, sizeof(*ranges), compare_ranges);
	for (size_t i = 1; i < n; i++) {
		struct range *last = &ranges[kept];

		if (ranges[i].start > range_end(*last))
			ranges[++kept] = ranges[i];
		else if (range_end(ranges[i]) > range_end(*last))
			last->size = range_end(ranges[i]) - last->start;
	}
	return kept + 1;
}

bool ranges_hold(const struct range *ranges, size_t n, struct range r)
{
	for (size_t i = 0; i < n; i++) {
		if (range_within(r, ranges[i]))
			return true;
	}
	return false;
}

const char *boot_kind_name(enum boot_kind kind)
{
	switch (kind) {
	case BOOT_UNKNOWN:
		return "unknown";
	case BOOT_COLD:
		return "cold";
	case BOOT_FIRMWARE:
		return "firmware";
	case BOOT_KEXEC:
		return "kexec";
	}
	return "unknown";
}
