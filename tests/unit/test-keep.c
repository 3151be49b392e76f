// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is kept though it differs, or though another would be in its place.
 */
#include "btt.h"
#include "plan.h"

#include "unit.h"

#include "scene.h"

#define SIZE (256 * MIB)

static void a_uuid_that_another_bears_is_a_conflict(void)
{
	const struct plan_options options = {0}, prune = {.prune = true};
	struct seen_namespace *other;
	struct scene s;
	struct plan *plan;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "a", MODE_RAW, 16 * MIB);
	scene_bind(&s);
	other = scene_see(&s, "b", MODE_RAW, SCENE_START, 16 * MIB);
	uuid_copy(other->uuid, s.region.namespaces[0].uuid);
	s.seen.slots_free--;
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	CHECK_STR(plan->regions[0].namespaces[0].reason,
		  "it is not there, and \"b\" bears its uuid");
	plan_free(plan);

	/* What goes makes room for the uuid, too. */
	plan = plan_make(&s.layout, &s.machine, &prune);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	CHECK_INT(steps_of(plan, STEP_CREATE), 1);
	CHECK_INT(plan_status(plan), STATUS_OK);
	plan_free(plan);
	scene_release(&s);
}

/* "a" and "b" of 64 MiB and "c" are to be made larger; there is room for @larger bytes of "a". */
static struct plan *plan_larger(struct scene *s, uint64_t larger, enum survives survives)
{
	const struct plan_options options = {.recreate = true};

	scene_make(s, SIZE, LABEL_AREA_SIZE);
	scene_declare(s, "a", MODE_RAW, larger)->survives = survives;
	scene_declare(s, "b", MODE_RAW, 64 * MIB);
	scene_bind(s);
	scene_see(s, "a", MODE_RAW, SCENE_START, 64 * MIB);
	scene_see(s, "b", MODE_RAW, SCENE_START + 64 * MIB, 64 * MIB);
	scene_see(s, "others", MODE_RAW, SCENE_START + 128 * MIB, 64 * MIB);
	s->seen.slots_free -= 3;
	s->seen.labels = LABELS_VALID;
	return plan_make(&s->layout, &s->machine, &options);
}

static void what_cannot_be_made_again_is_not_destroyed(void)
{
	struct scene s;
	struct plan *plan = plan_larger(&s, 64 * MIB + 4 * KIB, SURVIVES_RESET);

	CHECK_INT(steps_of(plan, STEP_DESTROY), 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	CHECK_INT(plan->regions[0].namespaces[0].verdict, VERDICT_CONFLICT);
	CHECK_STR(plan->regions[0].namespaces[0].reason,
		  "its device offers 64MiB, not 65540KiB, and there is no room to make it again");
	CHECK(plan->regions[0].namespaces[0].seen);
	plan_free(plan);
	scene_release(&s);

	plan = plan_larger(&s, 48 * MIB, SURVIVES_RESET);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	CHECK_INT(steps_of(plan, STEP_CREATE), 1);
	CHECK_INT(plan_status(plan), STATUS_OK);
	plan_free(plan);
	scene_release(&s);
}

static void what_must_not_outlive_a_boot_is_destroyed_all_the_same(void)
{
	struct scene s;
	struct plan *plan = plan_larger(&s, 64 * MIB + 4 * KIB, SURVIVES_NONE);

	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	CHECK_INT(steps_of(plan, STEP_CREATE), 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	plan_free(plan);
	scene_release(&s);
}

static bool all_settled(void *context, const struct seen_namespace *seen)
{
	(void)context;
	(void)seen;
	return true;
}

static void what_is_of_this_boot_is_not_destroyed_without_room(void)
{
	const struct plan_options options = {.recreate = true, .settled = all_settled};
	struct scene s;
	struct plan *plan;

	plan_free(plan_larger(&s, 64 * MIB + 4 * KIB, SURVIVES_NONE));
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan->regions[0].namespaces[0].verdict, VERDICT_CONFLICT);
	plan_free(plan);
	scene_release(&s);
}

static void what_is_destroyed_has_its_label_slot_again(void)
{
	const struct plan_options options = {0};
	struct scene s;
	struct plan *plan;

	/* "new" comes first by its address, and there is no slot but the one of "old". */
	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "new", MODE_RAW, 32 * MIB);
	scene_declare(&s, "old", MODE_RAW, 64 * MIB)->on_conflict = CONFLICT_RECREATE;
	scene_bind(&s);
	scene_see(&s, "old", MODE_RAW, SCENE_START, 32 * MIB);
	s.seen.slots_free = 0;
	s.seen.labels = LABELS_VALID;
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	CHECK_INT(steps_of(plan, STEP_CREATE), 1);
	CHECK_INT(plan->regions[0].namespaces[0].verdict, VERDICT_NO_ROOM);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ABSENT);
	plan_free(plan);
	scene_release(&s);
}

static void what_cannot_be_looked_at_is_no_file_system(void)
{
	const struct plan_options options = {.recreate = true};
	struct scene s;
	struct plan *plan;

	for (int live = 0; live < 2; live++) {
		scene_make(&s, SIZE, LABEL_AREA_SIZE);
		scene_declare(&s, "a", MODE_RAW, 32 * MIB)->fs.type = FS_EXT4;
		scene_declare(&s, "b", MODE_RAW, 32 * MIB);
		scene_bind(&s);
		s.seen.labels = LABELS_VALID;
		s.machine.live = live;
		scene_see(&s, "a", MODE_RAW, SCENE_START, 32 * MIB);
		scene_see(&s, "b", MODE_RAW, SCENE_START + 32 * MIB, 32 * MIB);
		plan = plan_make(&s.layout, &s.machine, &options);
		CHECK_INT(plan->n_steps, 0);
		CHECK_INT(plan->regions[0].namespaces[0].verdict,
			  live ? VERDICT_CONFLICT : VERDICT_ADOPTED);
		CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ADOPTED);
		plan_free(plan);
		scene_release(&s);
	}
}

static void what_cannot_be_read_is_no_reason_to_destroy(void)
{
	const struct plan_options options = {.recreate = true, .prune = true};
	struct seen_namespace *a;
	struct scene s;
	struct plan *plan;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "a", MODE_RAW, 32 * MIB);
	scene_declare(&s, "b", MODE_RAW, 32 * MIB);
	scene_bind(&s);
	s.seen.labels = LABELS_LOST;
	a = scene_see(&s, "a", MODE_RAW, SCENE_START, 32 * MIB);
	a->capacity = 0;
	scene_see(&s, "others", MODE_RAW, SCENE_START + 32 * MIB, 32 * MIB);
	s.machine.unread = true;
	for (int labels = 0; labels < 2; labels++) {
		plan = plan_make(&s.layout, &s.machine, &options);
		CHECK_INT(plan->n_steps, 0);
		CHECK_INT(plan->regions[0].namespaces[0].verdict, VERDICT_CONFLICT);
		CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_BLOCKED);
		CHECK_INT(plan_status(plan), STATUS_FAILED);
		plan_free(plan);
		s.seen.labels = LABELS_VALID;
	}
	s.seen.enabled = false;
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	plan_free(plan);

	/* Nor to take it from another driver. */
	s.seen.enabled = true;
	s.machine.n_regions = 0;
	s.device.driver = (char *)"nd_e820";
	s.device.signature_known = true;
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_RELEASE), 0);
	plan_free(plan);
	scene_release(&s);
}

static void a_scaffold_is_not_what_it_is_to_be(void)
{
	const struct plan_options options = {0};
	struct seen_namespace *scaffold;
	struct scene s;
	struct plan *plan;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "a", MODE_RAW, 32 * MIB)->uuid_declared = true;
	scene_bind(&s);
	s.seen.labels = LABELS_VALID;
	scaffold = scene_see(&s, ".ramdax-a", MODE_RAW, SCENE_START, 32 * MIB);
	uuid_copy(scaffold->uuid, s.region.namespaces[0].uuid);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_CLEAR), 1);
	CHECK_INT(steps_of(plan, STEP_CREATE), 1);
	CHECK_INT(plan->n_steps, 2);
	plan_free(plan);

	/* Nor while somebody uses it. */
	scaffold->user = (char *)"open by process 12";
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan->regions[0].namespaces[0].verdict, VERDICT_CONFLICT);
	plan_free(plan);
	scene_release(&s);
}

static void a_btt_larger_than_its_space_is_a_conflict(void)
{
	const uint64_t held = btt_capacity(16 * MIB, 4096);
	const struct plan_options options = {0};

	for (uint64_t more = 0; more <= 4096; more += 4096) {
		struct seen_namespace *seen;
		struct scene s;
		struct plan *plan;

		scene_make(&s, SIZE, LABEL_AREA_SIZE);
		scene_declare(&s, "a", MODE_SECTOR, held)->sector_size = 4096;
		scene_bind(&s);
		seen = scene_see(&s, "a", MODE_SECTOR, SCENE_START, 16 * MIB);
		seen->sector_size = 4096;
		seen->capacity = held + more;
		plan = plan_make(&s.layout, &s.machine, &options);
		CHECK_INT(plan->n_steps, 0);
		CHECK_INT(plan_status(plan), more ? STATUS_CONFLICT : STATUS_OK);
		CHECK(!more || strstr(plan->regions[0].namespaces[0].reason, "of which it has"));
		plan_free(plan);
		scene_release(&s);
	}
}

/* "a", 64 MiB, and "rest", both at liberty to be made anew. */
static void declare_rest(struct scene *s)
{
	struct layout_namespace *rest;

	scene_make(s, SIZE, LABEL_AREA_SIZE);
	scene_declare(s, "a", MODE_RAW, 64 * MIB)->on_conflict = CONFLICT_RECREATE;
	rest = scene_declare(s, "rest", MODE_RAW, 0);
	rest->size.kind = SIZE_REST;
	rest->on_conflict = CONFLICT_RECREATE;
	scene_bind(s);
	s->seen.labels = LABELS_VALID;
}

static void the_rest_is_what_it_was_when_its_neighbour_goes(void)
{
	const struct plan_options options = {0};
	struct scene s;
	struct plan *plan;

	declare_rest(&s);
	s.region.namespaces[0].survives = SURVIVES_NONE;
	scene_see(&s, "a", MODE_RAW, SCENE_START, 64 * MIB);
	scene_see(&s, "rest", MODE_RAW, SCENE_START + 64 * MIB, SIZE - 64 * MIB);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	CHECK_INT(steps_of(plan, STEP_CREATE), 1);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ADOPTED);
	plan_free(plan);
	scene_release(&s);

	/* Gone already. */
	declare_rest(&s);
	scene_see(&s, "rest", MODE_RAW, SCENE_START + 64 * MIB, SIZE - 64 * MIB);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 0);
	CHECK_INT(steps_of(plan, STEP_CREATE), 1);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ADOPTED);
	plan_free(plan);
	scene_release(&s);

	/* One that has no room beside it does not take its place, either. */
	declare_rest(&s);
	scene_see(&s, "rest", MODE_RAW, SCENE_START, SIZE);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan->n_steps, 0);
	CHECK_INT(plan->regions[0].namespaces[0].verdict, VERDICT_NO_ROOM);
	CHECK_INT(plan->regions[0].namespaces[1].verdict, VERDICT_ADOPTED);
	plan_free(plan);
	scene_release(&s);

	/* But one that is too small is. */
	declare_rest(&s);
	scene_see(&s, "a", MODE_RAW, SCENE_START, 64 * MIB);
	scene_see(&s, "rest", MODE_RAW, SCENE_START + 64 * MIB, 64 * MIB);
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(steps_of(plan, STEP_DESTROY), 1);
	plan_free(plan);
	scene_release(&s);
}

UNIT_TESTS(UNIT(a_uuid_that_another_bears_is_a_conflict),
	   UNIT(what_cannot_be_made_again_is_not_destroyed),
	   UNIT(what_must_not_outlive_a_boot_is_destroyed_all_the_same),
	   UNIT(what_is_of_this_boot_is_not_destroyed_without_room),
	   UNIT(what_is_destroyed_has_its_label_slot_again),
	   UNIT(what_cannot_be_read_is_no_reason_to_destroy),
	   UNIT(a_scaffold_is_not_what_it_is_to_be),
	   UNIT(what_cannot_be_looked_at_is_no_file_system),
	   UNIT(a_btt_larger_than_its_space_is_a_conflict),
	   UNIT(the_rest_is_what_it_was_when_its_neighbour_goes))
