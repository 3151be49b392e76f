// SPDX-License-Identifier: GPL-2.0-or-later
/* What is planned where labels are missing, damaged, or not of what was declared. */
#include "scene.h"
#include "unit.h"

#define SIZE (256 * MIB)

static void a_region_that_is_only_not_enabled_is_started(void)
{
	for (int startable = 0; startable < 2; startable++) {
		const struct plan_options options = {0}, all = {.recreate = true};
		struct scene s;
		struct plan *plan;

		scene_make(&s, SIZE, LABEL_AREA_SIZE);
		scene_declare(&s, "a", MODE_FSDAX, 64 * MIB);
		scene_bind(&s);
		s.seen.enabled = false;
		s.seen.startable = startable;
		plan = plan_make(&s.layout, &s.machine, &options);
		CHECK_INT(plan->n_steps, startable);
		CHECK_INT(plan_status(plan), startable ? STATUS_OK : STATUS_CONFLICT);
		CHECK(!startable || plan->steps[0].kind == STEP_START);
		plan_free(plan);
		plan = plan_make(&s.layout, &s.machine, &all);
		CHECK_INT(plan->n_steps, 1);
		CHECK_INT(plan->steps[0].kind, startable ? STEP_START : STEP_RESET);
		plan_free(plan);
		scene_release(&s);
	}
}

/* What is planned for a region whose labels are as given: its first step; -1 if there is none. */
static int first_step(enum label_state labels, enum boot_kind boot,
		      const struct plan_options *options, enum survives survives)
{
	struct scene s;
	struct plan *plan;
	int kind;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	scene_declare(&s, "a", MODE_FSDAX, 64 * MIB)->survives = survives;
	scene_bind(&s);
	s.seen.labels = labels;
	s.machine.boot_kind = boot;
	plan = plan_make(&s.layout, &s.machine, options);
	kind = plan->n_steps ? (int)plan->steps[0].kind : -1;
	/* Nothing may be made before it is known that nothing is lost by it. */
	CHECK_INT(plan_n_executable(plan), kind >= 0);
	CHECK_INT(plan_status(plan), kind < 0 ? STATUS_CONFLICT : STATUS_OK);
	plan_free(plan);
	scene_release(&s);
	return kind;
}

static void lost_labels_are_kept(void)
{
	const struct plan_options none = {0}, repair = {.repair_labels = true};
	const struct plan_options all = {.recreate = true};
	const struct plan_options other = {.recreate = true, .recreate_name = "a"};

	CHECK_INT(first_step(LABELS_VALID, BOOT_FIRMWARE, &none, SURVIVES_RESET), STEP_CREATE);
	CHECK_INT(first_step(LABELS_UNKNOWN, BOOT_FIRMWARE, &none, SURVIVES_RESET), STEP_CREATE);
	CHECK_INT(first_step(LABELS_NONE, BOOT_FIRMWARE, &none, SURVIVES_RESET), STEP_LOOK);
	CHECK_INT(first_step(LABELS_NONE, BOOT_FIRMWARE, &repair, SURVIVES_RESET), STEP_LOOK);
	CHECK_INT(first_step(LABELS_NONE, BOOT_FIRMWARE, &all, SURVIVES_RESET), STEP_CREATE);
	CHECK_INT(first_step(LABELS_NONE, BOOT_FIRMWARE, &other, SURVIVES_RESET), STEP_LOOK);
	CHECK_INT(first_step(LABELS_NONE, BOOT_FIRMWARE, &none, SURVIVES_KEXEC), STEP_CREATE);
	CHECK_INT(first_step(LABELS_NONE, BOOT_KEXEC, &none, SURVIVES_KEXEC), -1);
	CHECK_INT(first_step(LABELS_NONE, BOOT_KEXEC, &none, SURVIVES_NONE), STEP_CREATE);
	CHECK_INT(first_step(LABELS_NONE, BOOT_KEXEC, &repair, SURVIVES_RESET), STEP_REPAIR);
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE, &none, SURVIVES_RESET), -1);
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE, &other, SURVIVES_RESET), -1);
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE, &repair, SURVIVES_RESET), STEP_REPAIR);
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE, &all, SURVIVES_RESET), STEP_RESET);
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE, &none, SURVIVES_NONE), STEP_RESET);
	CHECK_INT(first_step(LABELS_OLD, BOOT_FIRMWARE, &none, SURVIVES_RESET), -1);
	CHECK_INT(first_step(LABELS_OLD, BOOT_FIRMWARE, &none, SURVIVES_NONE), -1);
	CHECK_INT(first_step(LABELS_OLD, BOOT_FIRMWARE, &repair, SURVIVES_RESET), -1);
	CHECK_INT(first_step(LABELS_OLD, BOOT_FIRMWARE, &all, SURVIVES_RESET), STEP_RESET);
}

static bool all_settled(void *context, const struct seen_namespace *seen)
{
	*(bool *)context |= !*seen->name && seen->start == SCENE_START && seen->raw > SIZE;
	return true;
}

static bool named_settled(void *context, const struct seen_namespace *seen)
{
	*(bool *)context |= seen->has_uuid && !strcmp(seen->name, "a");
	return seen->has_uuid;
}

static void what_is_of_this_boot_is_kept_without_labels(void)
{
	bool asked = false;
	const struct plan_options options = {.settled = all_settled, .settled_context = &asked};

	CHECK_INT(first_step(LABELS_NONE, BOOT_FIRMWARE, &options, SURVIVES_NONE), STEP_LOOK);
	CHECK(asked);
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE, &options, SURVIVES_NONE), -1);
	CHECK_INT(first_step(LABELS_NONE, BOOT_KEXEC, &options, SURVIVES_NONE), -1);

	asked = false;
	CHECK_INT(first_step(LABELS_LOST, BOOT_FIRMWARE,
			     &(struct plan_options){.settled = named_settled,
						    .settled_context = &asked},
			     SURVIVES_NONE),
		  -1);
	CHECK(asked);
}

/* The first step where labels that are lost name @name, for namespaces "a" of that kind; or -1. */
static int first_step_with(const char *name, enum on_conflict on_conflict, enum survives survives,
			   bool up)
{
	const struct plan_options options = {0};
	struct seen_namespace trace = {.name = (char *)name, .has_uuid = true};
	struct layout_namespace *ns;
	struct plan *plan;
	struct scene s;
	int kind;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	ns = scene_declare(&s, "a", MODE_FSDAX, 64 * MIB);
	ns->on_conflict = on_conflict;
	ns->survives = survives;
	scene_bind(&s);
	s.seen.enabled = up;
	s.seen.labels = up ? LABELS_LOST : LABELS_VALID;
	s.seen.traces = &trace;
	s.seen.n_traces = 1;
	plan = plan_make(&s.layout, &s.machine, &options);
	kind = plan->n_steps ? (int)plan->steps[0].kind : -1;
	plan_free(plan);
	scene_release(&s);
	return kind;
}

static void a_region_is_not_reset_with_what_is_not_its_own(void)
{
	for (int up = 0; up < 2; up++) {
		CHECK_INT(first_step_with("a", CONFLICT_RECREATE, SURVIVES_RESET, up), STEP_RESET);
		CHECK_INT(first_step_with("b", CONFLICT_RECREATE, SURVIVES_RESET, up), -1);
		CHECK_INT(first_step_with("b", CONFLICT_KEEP, SURVIVES_NONE, up), -1);
	}
	CHECK_INT(first_step_with("a", CONFLICT_KEEP, SURVIVES_NONE, true), STEP_RESET);
}

static void damaged_labels_are_dropped_with_their_own_region_only(void)
{
	static const char *const names[] = {"a", ".ramdax-1", "b"};
	const struct plan_options options = {0};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct seen_namespace *seen;
		struct plan *plan;
		struct scene s;

		scene_make(&s, SIZE, LABEL_AREA_SIZE);
		scene_declare(&s, "a", MODE_FSDAX, 64 * MIB)->on_conflict = CONFLICT_RECREATE;
		scene_bind(&s);
		s.seen.labels = LABELS_VALID;
		seen = scene_see(&s, names[i], MODE_RAW, SCENE_START, SIZE);
		seen->fault = (char *)"its label has a bad checksum";
		plan = plan_make(&s.layout, &s.machine, &options);
		CHECK_INT(plan->n_steps, i < 2);
		CHECK(i == 2 || plan->steps[0].kind == STEP_DROP);
		CHECK_INT(plan_status(plan), i < 2 ? STATUS_OK : STATUS_CONFLICT);
		plan_free(plan);
		scene_release(&s);
	}
}

/* --recreate=NAME means the namespace of that name, and what else its region holds is kept. */
static void a_region_is_not_reset_for_a_namespace_of_its_name(void)
{
	const struct plan_options options = {.recreate = true, .recreate_name = "pool"};
	struct scene s;
	struct plan *plan;

	scene_make(&s, SIZE, LABEL_AREA_SIZE);
	s.region.name = (char *)"pool";
	scene_declare(&s, "pool", MODE_FSDAX, 64 * MIB);
	scene_declare(&s, "a", MODE_FSDAX, 64 * MIB);
	scene_bind(&s);
	s.seen.labels = LABELS_LOST;
	plan = plan_make(&s.layout, &s.machine, &options);
	CHECK_INT(plan_n_executable(plan), 0);
	CHECK_INT(plan_status(plan), STATUS_CONFLICT);
	plan_free(plan);
	scene_release(&s);
}

UNIT_TESTS(UNIT(a_region_that_is_only_not_enabled_is_started), UNIT(lost_labels_are_kept),
	   UNIT(what_is_of_this_boot_is_kept_without_labels),
	   UNIT(a_region_is_not_reset_with_what_is_not_its_own),
	   UNIT(damaged_labels_are_dropped_with_their_own_region_only),
	   UNIT(a_region_is_not_reset_for_a_namespace_of_its_name))
