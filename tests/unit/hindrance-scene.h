/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenes in which something stands in the way, each a function that adds it to a region "vmcache"
 * of 1 GiB with a namespace "a" of 64 MiB, fsdax.
 */
#ifndef RAMDAX_HINDRANCE_SCENE_H
#define RAMDAX_HINDRANCE_SCENE_H

#include "scene.h"

#define RAW (66 * MIB)

static inline struct layout_namespace *a(struct scene *s)
{
	return &s->region.namespaces[0];
}

static inline struct seen_namespace *see(struct scene *s, const char *name)
{
	return scene_see(s, name, MODE_FSDAX, SCENE_START + s->seen.n_namespaces * RAW, RAW);
}

static inline void nothing(struct scene *s)
{
	s->machine.n_carveouts = s->machine.n_devices = 0;
}

static inline void nothing_to_be_seen(struct scene *s)
{
	nothing(s);
	s->machine.has_iomem = false;
}

static inline void nothing_after_kexec(struct scene *s)
{
	nothing(s);
	s->machine.boot_kind = BOOT_KEXEC;
}

static inline void nothing_in_a_guest(struct scene *s)
{
	nothing(s);
	s->machine.guest = (char *)"TDX";
}

static inline void guest(struct scene *s)
{
	s->machine.guest = (char *)"TDX";
}

static inline void no_map(struct scene *s)
{
	s->machine.has_firmware_map = false;
}

static inline void unsafe(struct scene *s)
{
	s->machine.system_ram = &s->ram;
	s->machine.n_system_ram = 1;
}

static inline void devicetree(struct scene *s)
{
	s->device.devicetree = s->carveout.nomap = true;
}

static inline void nobodys(struct scene *s)
{
	static struct seen_carveout two[2];

	two[0] = two[1] = s->carveout;
	two[1].range.start += 64 * GIB;
	s->machine.carveouts = two;
	s->machine.n_carveouts = 2;
	s->region.has_address = true;
	s->region.address = SCENE_START;
}

static inline void no_device(struct scene *s)
{
	s->device.absent = true;
}

static inline void no_driver(struct scene *s)
{
	s->machine.driver = DRIVER_MISSING;
}

static inline void no_driver_in_initramfs(struct scene *s)
{
	no_driver(s);
	s->machine.initramfs = true;
}

static inline void taken(struct scene *s)
{
	s->device.driver = (char *)"e820_pmem";
}

static inline void taken_and_used(struct scene *s)
{
	taken(s);
	s->device.user = (char *)"swap";
}

static inline void taken_and_written(struct scene *s)
{
	taken(s);
	s->device.signature = (char *)"ext4";
}

static inline void no_region(struct scene *s)
{
	scene_bind(s);
	s->machine.n_regions = 0;
}

static inline void bound_unsafe(struct scene *s)
{
	scene_bind(s);
	unsafe(s);
}

static inline void refused(struct scene *s)
{
	scene_bind(s);
	s->seen.enabled = false;
}

static inline void old_labels(struct scene *s)
{
	scene_bind(s);
	s->seen.labels = LABELS_OLD;
}

static inline void lost(struct scene *s)
{
	scene_bind(s);
	s->seen.labels = LABELS_LOST;
}

static inline void unreadable(struct scene *s)
{
	scene_bind(s);
	s->machine.live = true;
	s->seen.labels = LABELS_UNKNOWN;
}

static inline void looked_at_and_used(struct scene *s)
{
	scene_bind(s);
	see(s, LOOK_SCAFFOLD)->user = (char *)"dm-0";
}

static inline void scaffold_used(struct scene *s)
{
	scene_bind(s);
	see(s, SCAFFOLD_PREFIX "0")->user = (char *)"dm-0";
}

static inline void damaged(struct scene *s)
{
	scene_bind(s);
	see(s, "a")->fault = (char *)"its label has a bad checksum";
}

static inline void damaged_beside_used(struct scene *s)
{
	damaged(s);
	see(s, "other")->user = (char *)"dm-0";
}

static inline void damaged_unsafe(struct scene *s)
{
	damaged(s);
	unsafe(s);
}

static inline void twice(struct scene *s)
{
	scene_bind(s);
	see(s, "a");
	see(s, "a");
}

static inline void elsewhere(struct scene *s)
{
	static struct seen_region two[2];

	scene_bind(s);
	see(s, "a");
	two[0] = two[1] = s->seen;
	two[0].n_namespaces = 0;
	two[1].range.start += 64 * GIB;
	two[1].name = (char *)"region1";
	s->machine.regions = two;
	s->machine.n_regions = 2;
}

static inline void uuid_taken(struct scene *s)
{
	scene_bind(s);
	uuid_copy(see(s, "other")->uuid, a(s)->uuid);
}

/* By its declared uuid "b" is what bears the name of "a". */
static inline void anothers(struct scene *s)
{
	struct layout_namespace *b = scene_declare(s, "b", MODE_FSDAX, 64 * MIB);

	scene_bind(s);
	b->uuid_declared = true;
	uuid_copy(see(s, "a")->uuid, b->uuid);
}

static inline void differs(struct scene *s)
{
	scene_bind(s);
	see(s, "a")->mode = MODE_RAW;
}

static inline void differs_and_used(struct scene *s)
{
	differs(s);
	s->seen.namespaces[0].user = (char *)"mounted on /srv";
}

static inline void differs_unsafe(struct scene *s)
{
	differs(s);
	unsafe(s);
}

static inline void differs_without_room(struct scene *s)
{
	differs(s);
	a(s)->size.bytes = 8 * GIB;
}

static inline void disposable_and_used(struct scene *s)
{
	scene_bind(s);
	see(s, "a")->user = (char *)"mounted on /srv";
	a(s)->survives = SURVIVES_NONE;
}

static inline void under_the_initrd(struct scene *s)
{
	scene_bind(s);
	see(s, "a");
	s->machine.initrd = (struct range){SCENE_START, MIB};
}

static inline void other_contents(struct scene *s)
{
	scene_bind(s);
	a(s)->fs.type = FS_EXT4;
	see(s, "a")->fs.state = SEEN_NONE;
}

static inline void unfinished(struct scene *s)
{
	static char uuid[UUID_STR_LEN];
	struct seen_namespace *seen;

	scene_bind(s);
	a(s)->fs.type = FS_XFS;
	uuid_unparse_lower(a(s)->fs.uuid, uuid);
	seen = see(s, "a");
	seen->fs.state = SEEN_INCOMPLETE;
	seen->fs.type = (char *)"xfs";
	seen->fs.uuid = uuid;
}

static inline void unfinished_and_used(struct scene *s)
{
	unfinished(s);
	s->seen.namespaces[0].user = (char *)"dm-0";
}

static inline void unfinished_unsafe(struct scene *s)
{
	unfinished(s);
	unsafe(s);
}

static inline void too_large(struct scene *s)
{
	scene_bind(s);
	a(s)->size.bytes = 8 * GIB;
}

static inline void full(struct scene *s)
{
	scene_bind(s);
	scene_see(s, "other", MODE_FSDAX, SCENE_START, GIB);
}

static inline void without_slots(struct scene *s)
{
	scene_bind(s);
	s->seen.slots_free = 0;
}

static inline void undeclared_and_used(struct scene *s)
{
	scene_bind(s);
	see(s, "other")->user = (char *)"dm-0";
}

static inline void unnamed(struct scene *s)
{
	scene_bind(s);
}

static inline void hidden(struct scene *s)
{
	lost(s);
}

static inline void foreign(struct scene *s)
{
	scene_bind(s);
	see(s, "other");
	s->region.foreign = true;
	s->region.address = SCENE_START;
}

static inline void used(struct scene *s)
{
	scene_bind(s);
	see(s, "a")->user = (char *)"dm-0";
}

static inline void seen_unsafe(struct scene *s)
{
	bound_unsafe(s);
	see(s, "a");
}

static inline void without_a_carveout(struct scene *s)
{
	static struct seen_carveout other;

	scene_bind(s);
	see(s, "a");
	other = s->carveout;
	other.range.start += 64 * GIB;
	s->machine.carveouts = &other;
	s->machine.n_regions = 1;
}

static inline void not_enabled(struct scene *s)
{
	scene_bind(s);
	see(s, "a")->enabled = false;
}

static inline void never_finished(struct scene *s)
{
	scene_bind(s);
	see(s, SCAFFOLD_PREFIX "0");
}

static inline void hindrance_scene(struct scene *s, void (*make)(struct scene *s))
{
	scene_make(s, GIB, LABEL_AREA_SIZE);
	scene_declare(s, "a", MODE_FSDAX, 64 * MIB);
	make(s);
}

#endif
