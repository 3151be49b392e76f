// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which namespace is meant, where there are several regions or declarations, and where names, UUIDs
 * and labels say different things.
 */
#include "plan-empty.h"
#include "plan.h"

#include "unit.h"

#include "scene.h"

#define SIZE (256 * MIB)

/* A second region "other" with nothing declared, on a carveout of its own behind the first. */
struct pair {
	struct scene s;
	struct layout_region regions[2];
	struct seen_carveout carveouts[2];
	struct seen_region seen[2];
};

static void pair_make(struct pair *p)
{
	scene_make(&p->s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&p->s, "a", MODE_RAW, 64 * MIB);
}

/* What the scene has seen so far is in the carveout of "other". */
static void pair_bind(struct pair *p)
{
	struct scene *s = &p->s;

	scene_bind(s);
	s->seen.labels = LABELS_VALID;
	p->regions[0] = s->region;
	p->regions[0].has_address = true;
	p->regions[0].address = SCENE_START;
	p->regions[1] = (struct layout_region){.name = (char *)"other",
					       .line = 20,
					       .node = -1,
					       .has_address = true,
					       .address = SCENE_START + GIB};
	p->carveouts[0] = p->carveouts[1] = s->carveout;
	p->carveouts[1].range.start += GIB;
	p->seen[1] = p->seen[0] = s->seen;
	p->seen[1].name = (char *)"region1";
	p->seen[1].range.start += GIB;
	p->seen[0].namespaces = NULL;
	p->seen[0].n_namespaces = 0;
	s->layout.regions = p->regions;
	s->machine.carveouts = p->carveouts;
	s->machine.regions = p->seen;
	s->layout.n_regions = s->machine.n_carveouts = s->machine.n_regions = 2;
}

static void what_another_region_declares_is_not_pruned(void)
{
	const struct plan_options prune = {.prune = true};
	struct plan *plan;
	struct pair p;

	pair_make(&p);
	scene_declare(&p.s, "b", MODE_RAW, 64 * MIB);
	scene_see(&p.s, "b", MODE_RAW, SCENE_START + GIB, 64 * MIB);
	scene_see(&p.s, "nobody's", MODE_RAW, SCENE_START + GIB + 64 * MIB, 64 * MIB);
	pair_bind(&p);
	/* "a" is in its own, so that labels do not say that they are the wrong way round. */
	p.seen[0].namespaces = &p.s.seen.namespaces[0];
	p.seen[0].n_namespaces = 1;
	p.s.seen.namespaces[0].name = (char *)"a";
	p.s.seen.namespaces[0].start = SCENE_START;
	uuid_copy(p.s.seen.namespaces[0].uuid, p.regions[0].namespaces[0].uuid);
	p.seen[1].namespaces = &p.s.seen.namespaces[1];
	p.seen[1].n_namespaces = 1;
	p.s.seen.namespaces[1].name = (char *)"b";
	plan = plan_make(&p.s.layout, &p.s.machine, &prune);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	CHECK_STR(plan->regions[0].namespaces[1].reason,
		  "it is in \"region1\", which is not its region");
	plan_free(plan);

	p.s.seen.namespaces[1].name = (char *)"nobody's";
	plan = plan_make(&p.s.layout, &p.s.machine, &prune);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	plan_free(plan);
	scene_release(&p.s);
}

/* Two regions that fit either carveout: what is in one that is not up, or has lost its index, is
 * not taken for the other region's. */
static void labels_that_are_not_up_tell_whose_they_are(void)
{
	const struct plan_options options = {0};
	struct seen_namespace trace = {.name = (char *)"a", .has_uuid = true};
	struct layout_namespace b;
	struct plan *plan;
	struct pair p;

	pair_make(&p);
	pair_bind(&p);
	b = p.regions[0].namespaces[0];
	b.name = (char *)"b";
	b.on_conflict = CONFLICT_RECREATE;
	p.regions[0].has_address = p.regions[1].has_address = false;
	p.regions[1].size = p.regions[0].size;
	p.regions[1].name = (char *)"zother";
	p.regions[1].namespaces = &b;
	p.regions[1].n_namespaces = 1;
	p.seen[1].traces = &trace;
	p.seen[1].n_traces = 1;
	for (int up = 0; up < 2; up++) {
		p.seen[1].enabled = up;
		p.seen[1].labels = up ? LABELS_LOST : LABELS_VALID;
		plan = plan_make(&p.s.layout, &p.s.machine, &options);
		CHECK(plan->regions[0].carveout == &p.carveouts[1]);
		CHECK_INT(steps_of(plan, STEP_RESET), 0);
		CHECK_INT(plan_status(plan), STATUS_CONFLICT);
		plan_free(plan);
	}
	/* Less than an address, if they may be old. */
	p.regions[0].has_address = true;
	plan = plan_make(&p.s.layout, &p.s.machine, &options);
	CHECK(plan->regions[0].carveout == &p.carveouts[0]);
	CHECK_INT(steps_of(plan, STEP_RESET), 0);
	plan_free(plan);
	scene_release(&p.s);
}

static void what_is_foreign_is_never_written(void)
{
	const char *names[] = {"a"};
	const struct emptying all = {0},
			      one = {.scrub = true, .names = (char **)names, .n_names = 1};
	const struct plan_options options = {.recreate = true, .prune = true};
	struct plan *plan;
	struct pair p;

	pair_make(&p);
	scene_see(&p.s, "a", MODE_RAW, SCENE_START + GIB, 32 * MIB);
	pair_bind(&p);
	p.regions[1].foreign = true;
	plan = plan_make(&p.s.layout, &p.s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK(plan->regions[0].carveout == &p.carveouts[0]);
	CHECK(plan->regions[1].carveout == &p.carveouts[1]);
	CHECK_STR(plan->regions[0].namespaces[0].reason,
		  "it is in \"region1\", which is not its region");
	plan_free(plan);

	plan = plan_empty(&p.s.layout, &p.s.machine, &all);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_OK);
	plan_free(plan);
	plan = plan_empty(&p.s.layout, &p.s.machine, &one);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_FAILED);
	plan_free(plan);

	/* By a name that the layout does not have, either. */
	names[0] = "theirs";
	p.s.seen.namespaces[0].name = (char *)"theirs";
	plan = plan_empty(&p.s.layout, &p.s.machine, &one);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	plan_free(plan);
	scene_release(&p.s);
}

/* A wipe that was interrupted has left a scaffold of that UUID, with the contents. */
static void what_an_interrupted_wipe_left_is_wiped(void)
{
	const char *names[] = {"a"};
	const struct emptying wipe = {.zero = true, .names = (char **)names, .n_names = 1},
			      scrub = {.scrub = true, .names = (char **)names, .n_names = 1};
	struct seen_namespace *scaffold;
	struct plan *plan;
	struct scene s;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "a", MODE_RAW, 32 * MIB);
	scene_declare(&s, "b", MODE_RAW, 32 * MIB);
	scene_bind(&s);
	s.seen.labels = LABELS_VALID;
	scaffold = scene_see(&s, ".ramdax-1", MODE_RAW, SCENE_START, 32 * MIB);
	uuid_copy(scaffold->uuid, s.region.namespaces[0].uuid);
	plan = plan_empty(&s.layout, &s.machine, &wipe);
	CHECK_INT(steps_of(plan, STEP_WIPE), 1);
	CHECK_INT(plan_status(plan), STATUS_OK);
	plan_free(plan);
	plan = plan_empty(&s.layout, &s.machine, &scrub);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_FAILED);
	plan_free(plan);

	/* Of "b", it is not there; of nobody's UUID, it may have been "a". */
	uuid_copy(scaffold->uuid, s.region.namespaces[1].uuid);
	plan = plan_empty(&s.layout, &s.machine, &wipe);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_OK);
	plan_free(plan);
	scaffold->uuid[0] ^= 1;
	plan = plan_empty(&s.layout, &s.machine, &wipe);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	plan_free(plan);
	scene_release(&s);
}

static void a_uuid_tells_more_than_a_name(void)
{
	const char *names[] = {"a"};
	const struct emptying one = {.names = (char **)names, .n_names = 1};
	const struct plan_options options = {.recreate = true, .recreate_name = "a"};
	struct seen_namespace *other;
	struct plan *plan;
	struct scene s;

	/* "b" by its uuid, with the name of "a": not destroyed for "a". */
	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "a", MODE_RAW, 32 * MIB);
	scene_declare(&s, "b", MODE_RAW, 64 * MIB)->uuid_declared = true;
	scene_bind(&s);
	s.seen.labels = LABELS_VALID;
	other = scene_see(&s, "a", MODE_RAW, SCENE_START, 64 * MIB);
	uuid_copy(other->uuid, s.region.namespaces[1].uuid);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ADOPTED);
	CHECK_STR(plan->regions[0].namespaces[0].reason,
		  "what bears its name is \"b\", by its uuid");
	plan_free(plan);
	plan = plan_empty(&s.layout, &s.machine, &one);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	plan_free(plan);

	/* And with one that is "a", there are two of the name, of which each is somebody. */
	scene_see(&s, "a", MODE_RAW, SCENE_START + 64 * MIB, 32 * MIB);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_OK);
	plan_free(plan);
	for (int i = 0; i < 2; i++) {
		const size_t other_way = s.seen.n_namespaces - 1;
		struct seen_namespace first = s.seen.namespaces[0];

		plan = plan_empty(&s.layout, &s.machine, &one);
		CHECK_INT(plan_status(plan), STATUS_OK);
		if (CHECK_INT(plan->n_steps, 1))
			CHECK_INT(plan->steps[0].seen->raw, 32 * MIB);
		plan_free(plan);
		s.seen.namespaces[0] = s.seen.namespaces[other_way];
		s.seen.namespaces[other_way] = first;
	}
	scene_release(&s);
}

static void a_name_is_a_namespace_before_it_is_a_region(void)
{
	const struct plan_options options = {.recreate = true, .recreate_name = "vmcache"};
	struct plan *plan;
	struct scene s;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "vmcache", MODE_RAW, 32 * MIB);
	scene_declare(&s, "b", MODE_RAW, 32 * MIB);
	scene_bind(&s);
	s.seen.labels = LABELS_VALID;
	scene_see(&s, "vmcache", MODE_RAW, SCENE_START, 64 * MIB);
	scene_see(&s, "b", MODE_RAW, SCENE_START + 64 * MIB, 64 * MIB);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_CONFLICT);
	plan_free(plan);

	s.region.namespaces[0].name = (char *)"a";
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ABSENT);
	plan_free(plan);
	scene_release(&s);
}

UNIT_TESTS(UNIT(what_another_region_declares_is_not_pruned),
	   UNIT(labels_that_are_not_up_tell_whose_they_are), UNIT(what_is_foreign_is_never_written),
	   UNIT(what_an_interrupted_wipe_left_is_wiped), UNIT(a_uuid_tells_more_than_a_name),
	   UNIT(a_name_is_a_namespace_before_it_is_a_region))
