// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Captured machines as they are seen: every directory of tests/machines against its transcript
 * in tests/unit/observe. "test-observe --show ROOT" prints one, --bless writes all.
 */
#include <inttypes.h>
#include <string.h>

#include "mem.h"
#include "observe.h"

#define MACHINES    "tests/machines"
#define TRANSCRIPTS "tests/unit/observe"

static void show_ranges(struct text *out, const char *what, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_addf(out, "%s %#" PRIx64 "-%#" PRIx64 "\n", what, ranges[i].start,
			  range_end(ranges[i]));
}

static const char *or_none(const char *s)
{
	return s ? s : "none";
}

static void show_filesystem(struct text *out, const struct seen_filesystem *fs)
{
	static const char *const states[] = {"not looked", "none", "complete", "incomplete",
					     "damaged"};

	text_addf(out, "    file system: %s", states[fs->state]);
	if (fs->type)
		text_addf(out, " %s uuid %s label %s", fs->type, or_none(fs->uuid),
			  or_none(fs->label));
	text_add(out, "\n");
}

static void show_namespace(struct text *out, const struct seen_namespace *ns)
{
	char uuid[UUID_STR_LEN];

	text_addf(out, "  %s \"%s\" %s at %#" PRIx64 " raw %" PRIu64 " capacity %" PRIu64 "\n",
		  ns->device, ns->name, mode_name(ns->mode), ns->start, ns->raw, ns->capacity);
	uuid_unparse_lower(ns->uuid, uuid);
	text_addf(out, "    uuid %s, %s, %s", ns->has_uuid ? uuid : "none",
		  ns->enabled ? "enabled" : "disabled", ns->claimed ? "claimed" : "not claimed");
	if (ns->holder) {
		uuid_unparse_lower(ns->holder_uuid, uuid);
		text_addf(out, " by %s %s", ns->holder, uuid);
	}
	text_addf(out, "\n    align %" PRIu64 " map \"%s\" sector %" PRIu32 " block %s char %s%s\n",
		  ns->align, map_name(ns->map), ns->sector_size, or_none(ns->block),
		  or_none(ns->chardev), ns->dax_ready ? " (ready)" : "");
	text_addf(out, "    user: %s; mounted: %s%s\n", or_none(ns->user), or_none(ns->mount_point),
		  ns->dax ? " with dax" : "");
	show_filesystem(out, &ns->fs);
}

static void show_region(struct text *out, const struct seen_region *region)
{
	text_addf(out, "%s of %s %#" PRIx64 "-%#" PRIx64 " usable %" PRIu64 " node %d\n",
		  region->name, region->device, region->range.start, range_end(region->range),
		  region->usable, region->node);
	text_addf(out, "  %s, align %" PRIu64 ", %s with %u slots free, seed %s%s %s\n",
		  region->enabled ? "enabled" : "disabled", region->align, or_none(region->dimm),
		  region->slots_free, or_none(region->seed), region->seed_stuck ? " (stuck)" : "",
		  region->seed_name ? region->seed_name : "");
	for (size_t i = 0; i < region->n_namespaces; i++)
		show_namespace(out, &region->namespaces[i]);
}

static void show_devices(struct text *out, const struct machine *m)
{
	for (size_t i = 0; i < m->n_devices; i++) {
		const struct seen_device *device = &m->devices[i];

		text_addf(out, "device %s driver %s override %s%s%s", device->name,
			  or_none(device->driver), or_none(device->override),
			  device->devicetree ? " devicetree" : "", device->absent ? " absent" : "");
		text_addf(out, " user %s signature %s%s\n", or_none(device->user),
			  or_none(device->signature), device->signature_known ? " (known)" : "");
	}
	for (size_t i = 0; i < m->n_carveouts; i++) {
		const struct seen_carveout *c = &m->carveouts[i];

		text_addf(out, "carveout %#" PRIx64 "-%#" PRIx64 " of %s node %d%s\n",
			  c->range.start, range_end(c->range), m->devices[c->device].name, c->node,
			  c->nomap ? " nomap" : "");
	}
}

static char *machine_show(const struct machine *m)
{
	static const char *const drivers[] = {"missing", "module", "ready"};
	struct text out = {0};

	text_addf(&out, "release %s\ncmdline %s\nboot %s driver %s guest %s\n", or_none(m->release),
		  m->cmdline, boot_kind_name(m->boot_kind), drivers[m->driver], or_none(m->guest));
	text_addf(&out, "maps:%s%s%s\n", m->has_firmware_map ? " firmware" : "",
		  m->has_e820 ? " e820" : "", m->has_iomem ? " iomem" : "");
	show_ranges(&out, "firmware", m->firmware_ram, m->n_firmware_ram);
	show_ranges(&out, "e820", m->e820_ram, m->n_e820_ram);
	show_ranges(&out, "system", m->system_ram, m->n_system_ram);
	if (m->initrd.size)
		show_ranges(&out, "initrd", &m->initrd, 1);
	for (size_t i = 0; i < m->n_node_ranges; i++) {
		text_addf(&out, "node %d%s ", m->node_ranges[i].node,
			  m->node_ranges[i].hotplug ? " hotplug" : "");
		show_ranges(&out, "memory", &m->node_ranges[i].range, 1);
	}
	show_devices(&out, m);
	for (size_t i = 0; i < m->n_regions; i++)
		show_region(&out, &m->regions[i]);
	return text_take(&out);
}

static char *root_show(const char *root)
{
	struct sysfs fs;
	struct machine *m;
	char *shown;

	if (sysfs_open(&fs, root) < 0)
		return NULL;
	m = observe(&fs);
	shown = machine_show(m);
	machine_free(m);
	sysfs_close(&fs);
	return shown;
}

static bool machine_bless(const char *name)
{
	_cleanup_(freep) char *root = mem_printf("%s/%s", MACHINES, name);
	_cleanup_(freep) char *path = mem_printf("%s/%s.txt", TRANSCRIPTS, name);
	_cleanup_(freep) char *seen = root_show(root);
	_cleanup_(fclosep) FILE *file = fopen(path, "w");

	return seen && file && fputs(seen, file) >= 0;
}

static bool machine_passes(const struct sysfs *here, const char *name)
{
	_cleanup_(freep) char *root = mem_printf("%s/%s", MACHINES, name);
	_cleanup_(text_release) struct text wanted = {0};
	_cleanup_(freep) char *seen = root_show(root);
	bool same;

	if (sysfs_read_all(here, &wanted, 1 << 20, "%s/%s.txt", TRANSCRIPTS, name) < 0) {
		printf("not ok - %s has no transcript\n", name);
		return false;
	}
	same = seen && !strcmp(seen, text_str(&wanted));
	printf("%s - %s is seen as it was\n", same ? "ok" : "not ok", name);
	if (!same)
		printf("--- seen:\n%s--- wanted:\n%s", or_none(seen), text_str(&wanted));
	return same;
}

int main(int argc, char **argv)
{
	bool bless = argc == 2 && !strcmp(argv[1], "--bless");
	struct sysfs here;
	char **names = NULL;
	size_t n = 0, tried = 0, failed = 0;

	if (argc == 3 && !strcmp(argv[1], "--show")) {
		_cleanup_(freep) char *shown = root_show(argv[2]);

		printf("%s", or_none(shown));
		return !shown;
	}
	if (sysfs_open(&here, ".") < 0 || sysfs_list(&here, &names, &n, MACHINES) < 0) {
		fprintf(stderr, "test-observe: no %s here\n", MACHINES);
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (!sysfs_exists(&here, "%s/%s/proc", MACHINES, names[i]))
			continue;
		tried++;
		failed += bless ? !machine_bless(names[i]) : !machine_passes(&here, names[i]);
	}
	sysfs_free_names(names, n);
	sysfs_close(&here);
	return !tried || failed;
}
