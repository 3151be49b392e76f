/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of ramdax-verify share: a machine as it was found, and what it is judged by. */
#ifndef RAMDAX_JUDGE_SCENE_H
#define RAMDAX_JUDGE_SCENE_H

#include "../../verify/judge.h"

#include "layout-tools.h"

/* Of what was found all strings are somebody's to free; of these nobody's. */
#define LITERAL(s) ((char *)(s))

/* A machine of up to two regions with up to four namespaces each, in storage of its own. */
struct scene {
	struct found found;
	struct found_region regions[2];
	struct found_namespace namespaces[2][4];
	struct judgement j;
	struct layout *layout;
};

static inline struct found_namespace *scene_add(struct scene *s, size_t region, char *name)
{
	struct found_region *r = &s->regions[region];
	struct found_namespace *ns = &s->namespaces[region][r->n_namespaces++];

	*ns = (struct found_namespace){
		.kernel_name = LITERAL("namespace0.0"),
		.name = name,
		.has_uuid = true,
		.has_mode = true,
		.mode = MODE_FSDAX,
		.start = r->start,
		.raw = 34 * MIB,
		.capacity = 32 * MIB,
		.align = 2 * MIB,
		.map = MAP_DEV,
		.enabled = true,
		.device = LITERAL("pmem0"),
	};
	return ns;
}

/* Two regions of 256 MiB at 4 and 5 GiB, the first holding what ONE declares. */
static inline void scene_make(struct scene *s)
{
	struct found_namespace *ns;

	*s = (struct scene){.found = {.regions = s->regions, .n_regions = 2}};
	for (size_t i = 0; i < 2; i++)
		s->regions[i] = (struct found_region){
			.kernel_name = LITERAL(i ? "region1" : "region0"),
			.start = (4 + i) * GIB,
			.size = 256 * MIB + 128 * KIB,
			.usable = 256 * MIB,
			.node = (int)i,
			.enabled = true,
			.namespaces = s->namespaces[i],
		};
	ns = scene_add(s, 0, LITERAL("files"));
	uuid_parse("11111111-2222-4333-8444-555555555555", ns->uuid);
	ns->fs = (struct found_filesystem){
		.state = FOUND_ONE,
		.type = LITERAL("ext4"),
		.uuid = LITERAL("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
	};
}

static inline void scene_judge(struct scene *s, const char *layout)
{
	s->layout = layout_of(layout);
	judge(&s->j, s->layout, &s->found);
}

static inline void scene_release(struct scene *s)
{
	judgement_release(&s->j);
	layout_free(s->layout);
}

#endif
