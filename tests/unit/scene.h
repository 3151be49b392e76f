/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts and machines made by hand, for tests of what is planned and shown. Everything a scene
 * refers to is literal, so nothing of it is freed but the arrays.
 */
#ifndef RAMDAX_SCENE_H
#define RAMDAX_SCENE_H

#include "apply.h"
#include "derive.h"
#include "mem.h"
#include "report.h"

#define SCENE_START (4 * GIB)
#define SCENE_BOOT  "0f3e5b1a-0000-4000-8000-000000000001"

/* One region "vmcache" and one carveout of its size plus @extra, on one device. */
struct scene {
	struct layout layout;
	struct layout_file file;
	struct machine machine;
	struct layout_region region;
	struct seen_carveout carveout;
	struct seen_device device;
	struct seen_region seen;
	struct range ram;
};

static inline void scene_make(struct scene *s, uint64_t capacity, uint64_t extra)
{
	*s = (struct scene){
		.region = {.name = (char *)"vmcache",
			   .line = 3,
			   .size = {.kind = SIZE_BYTES, .bytes = capacity},
			   .node = -1},
		.carveout = {.range = {SCENE_START, capacity + extra}},
		.device = {.name = (char *)"e820_pmem"},
		.seen = {.name = (char *)"region0",
			 .device = (char *)"e820_pmem",
			 .range = {SCENE_START, capacity + extra},
			 .usable = capacity + extra - LABEL_AREA_SIZE,
			 .enabled = true,
			 .dimm = (char *)"nmem0",
			 .slots_free = REGION_NAMESPACES_MAX},
		.ram = {SCENE_START, UINT64_C(1) << 45},
	};
	s->file = (struct layout_file){.path = (char *)"layout.toml"};
	s->layout = (struct layout){.files = {&s->file, 1},
				    .sha256 = "5e",
				    .boot_timeout = BOOT_TIMEOUT_DEFAULT,
				    .regions = &s->region,
				    .n_regions = 1};
	uuid_parse(DERIVE_DEFAULT_SEED, s->layout.seed);
	s->machine = (struct machine){.release = (char *)"6.19.0",
				      .cmdline = (char *)"",
				      .boot_id = SCENE_BOOT,
				      .boot_kind = BOOT_COLD,
				      .driver = DRIVER_READY,
				      .firmware_ram = &s->ram,
				      .n_firmware_ram = 1,
				      .has_firmware_map = true,
				      .has_iomem = true,
				      .devices = &s->device,
				      .n_devices = 1,
				      .carveouts = &s->carveout,
				      .n_carveouts = 1};
}

/* Binds the device: the region is there, without namespaces yet. */
static inline void scene_bind(struct scene *s)
{
	s->device.driver = s->device.override = (char *)"ramdax";
	s->machine.regions = &s->seen;
	s->machine.n_regions = 1;
}

static inline struct layout_namespace *scene_declare(struct scene *s, const char *name,
						     enum ns_mode mode, uint64_t size)
{
	struct layout_region *r = &s->region;
	struct layout_namespace *ns = MEM_APPEND(r->namespaces, r->n_namespaces);

	*ns = (struct layout_namespace){
		.name = (char *)name,
		.line = (unsigned)(5 + 4 * r->n_namespaces),
		.mode = mode,
		.size = {.kind = SIZE_BYTES, .bytes = size},
		.access = 0600,
		.scrub = true,
	};
	if (mode == MODE_FSDAX || mode == MODE_DEVDAX) {
		ns->align = mode == MODE_DEVDAX && size % GIB == 0 ? GIB : 2 * MIB;
		ns->map = mode == MODE_DEVDAX ? MAP_MEM : MAP_DEV;
	}
	ns->sector_size = mode == MODE_SECTOR ? 4096 : 0;
	derive_namespace_uuid(s->layout.seed, name, ns->uuid);
	return ns;
}

/* A namespace that is there as the layout would have it, at @start. */
static inline struct seen_namespace *scene_see(struct scene *s, const char *name, enum ns_mode mode,
					       uint64_t start, uint64_t raw)
{
	struct seen_region *r = &s->seen;
	struct seen_namespace *ns = MEM_APPEND(r->namespaces, r->n_namespaces);
	struct parts parts = {0};
	struct shape shape;

	*ns = (struct seen_namespace){
		.device = (char *)"namespace0.1",
		.name = (char *)name,
		.has_uuid = true,
		.start = start,
		.raw = raw,
		.mode = mode,
		.enabled = true,
		.dax_ready = mode == MODE_DEVDAX,
		.align = mode == MODE_FSDAX || mode == MODE_DEVDAX ? 2 * MIB : 0,
		.map = mode == MODE_FSDAX    ? MAP_DEV
		       : mode == MODE_DEVDAX ? MAP_MEM
					     : MAP_NONE,
		.sector_size = mode == MODE_SECTOR ? 4096 : 0,
		.block = (char *)(mode == MODE_DEVDAX ? NULL : "pmem0.1"),
		.chardev = (char *)(mode == MODE_DEVDAX ? "dax0.1" : NULL),
	};
	derive_namespace_uuid(s->layout.seed, name, ns->uuid);
	shape = (struct shape){ns->mode, ns->align, ns->map, ns->sector_size};
	capacity_parts(&shape, start, raw, &parts);
	ns->capacity = parts.capacity;
	return ns;
}

static inline void scene_release(struct scene *s)
{
	free(s->region.namespaces);
	free(s->seen.namespaces);
}

/* An outcome in which the @n steps at @done were done, of whose strings it owns none. */
static inline struct outcome scene_outcome(const struct done_step *done, size_t n)
{
	struct outcome outcome = {0};

	for (size_t i = 0; i < n; i++)
		outcome_add(&outcome, &done[i]);
	return outcome;
}

static inline void scene_outcome_release(struct outcome *outcome)
{
	free(outcome->done);
	index_release(&outcome->objects);
}

/* How many steps of @kind there are in @plan. */
static inline size_t steps_of(const struct plan *plan, enum step_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_steps; i++)
		n += plan->steps[i].kind == kind;
	return n;
}

#endif
