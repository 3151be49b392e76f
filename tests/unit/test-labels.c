// SPDX-License-Identifier: GPL-2.0-or-later
/* What label areas and info blocks say, and what is planned where labels are missing. */
#include "infoblock.h"
#include "label-image.h"
#include "scene.h"
#include "unit.h"

#define SIZE (256 * MIB)

/* The label area after @media was written to one of @fill bytes. The caller frees it. */
static unsigned char *area_of(struct media *media, int fill)
{
	unsigned char *area = mem_calloc(1, LABEL_AREA_SIZE);

	memset(area, fill, LABEL_AREA_SIZE);
	for (size_t i = 0; i < media->n; i++) {
		const struct media_piece *p = &media->pieces[i];

		if (p->bytes)
			memcpy(area + p->offset, p->bytes, p->n);
		else
			memset(area + p->offset, 0, p->n);
	}
	media_release(media);
	return area;
}

static unsigned char *area_with(const char *name)
{
	struct label label = {.name = name, .mode = MODE_FSDAX, .where = {0, 64 * MIB}};
	struct media media = {0};

	uuid_parse(DERIVE_DEFAULT_SEED, label.uuid);
	label_image(&label, 1, &media);
	return area_of(&media, 0xa5);
}

static void one_index_is_enough(void)
{
	unsigned char *area = area_with("a");

	CHECK_INT(label_area_state(area), LABELS_VALID);
	area[70] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_VALID);
	area[256 + 70] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_LOST);
	area[70] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_VALID);
	free(area);
}

static unsigned char *area_with_two(uint64_t second, uint64_t size)
{
	struct label labels[] = {
		{.name = "a", .mode = MODE_FSDAX, .where = {0, 64 * MIB}},
		{.name = "b", .mode = MODE_RAW, .where = {second, size}},
	};
	struct media media = {0};

	label_image(labels, 2, &media);
	return area_of(&media, 0xa5);
}

static bool is_refused(uint64_t second, uint64_t size)
{
	unsigned char *area = area_with_two(second, size);
	bool refused = label_area_refused(area);

	free(area);
	return refused;
}

static void what_the_kernel_refuses_is_known(void)
{
	unsigned char *area = area_with_two(0, 64 * MIB);

	CHECK(!is_refused(64 * MIB, 64 * MIB));
	CHECK(is_refused(63 * MIB, 64 * MIB));
	CHECK(is_refused(0, 64 * MIB));
	CHECK(is_refused(128 * MIB, UINT64_MAX - 4095 - 64 * MIB));
	CHECK(label_area_refused(area));
	area[512 + 256] ^= 1; /* passed over, for its checksum */
	CHECK(!label_area_refused(area));
	memset(area, 0, LABEL_AREA_SIZE);
	CHECK(!label_area_refused(area));
	free(area);
}

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

static void without_index_and_labels_it_is_empty(void)
{
	unsigned char *area = area_with("a");

	memset(area, 0, 512);
	CHECK_INT(label_area_state(area), LABELS_LOST);
	area[512 + 105] ^= 4; /* where it begins: its checksum no longer fits */
	CHECK_INT(label_area_state(area), LABELS_NONE);
	free(area);
	area = area_with(LOOK_SCAFFOLD);
	CHECK_INT(label_area_state(area), LABELS_VALID);
	memset(area, 0, 512);
	CHECK_INT(label_area_state(area), LABELS_NONE);
	free(area);
}

static void a_mark_is_a_loss(void)
{
	struct media media = {0};
	unsigned char *area;

	label_mark_lost(&media);
	area = area_of(&media, 0);
	CHECK_INT(label_area_state(area), LABELS_LOST);
	area[3] ^= 1;
	CHECK_INT(label_area_state(area), LABELS_NONE);
	free(area);
}

static void damaged_labels_are_named_and_dropped(void)
{
	struct label two[2] = {{.name = "a", .mode = MODE_FSDAX, .where = {0, 64 * MIB}},
			       {.name = "b\033", .mode = MODE_RAW, .where = {64 * MIB, MIB}}};
	struct media media = {0}, drop = {0};
	struct damaged_label *damaged;
	unsigned char *area;

	uuid_generate_random(two[0].uuid);
	uuid_generate_random(two[1].uuid);
	label_image(two, 2, &media);
	area = area_of(&media, 0);
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 0);
	area[512 + 256 + 248] ^= 1;
	if (!CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 1))
		return;
	CHECK_INT(damaged->slot, 1);
	CHECK_STR(damaged->name, "b?");
	CHECK_INT(damaged->where.start, 64 * MIB);
	CHECK_INT(damaged->where.size, MIB);
	free(damaged);
	label_area_drop_damaged(area, 1 * GIB, &drop);
	for (size_t i = 0; i < drop.n; i++)
		memcpy(area + drop.pieces[i].offset, drop.pieces[i].bytes, drop.pieces[i].n);
	media_release(&drop);
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 0);
	CHECK_INT(label_area_state(area), LABELS_VALID);
	/* the other is still used */
	CHECK_INT(area[72] & 3, 2);
	area[512 + 248] ^= 1;
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 1);
	free(damaged);
	free(area);
}

/* Makes the sum of an index block fit again. */
static void resum(unsigned char *index)
{
	memset(index + 64, 0, 8);
	media_put64(index + 64, media_fletcher64(index, 256));
}

/* The kernel looks for labels of 128 bytes first, and one index of them is enough for it. */
static void an_index_of_older_labels_is_not_ours(void)
{
	struct damaged_label *damaged;
	unsigned char *area = area_with("a");

	area[256 + 19] = 0; /* 128 bytes */
	CHECK_INT(label_area_state(area), LABELS_VALID);
	resum(area + 256);
	CHECK_INT(label_area_state(area), LABELS_OLD);
	CHECK_INT(label_area_damaged(area, 1 * GIB, &damaged), 0);
	free(area);
	area = area_with("a");
	area[62] = 1; /* version 1.1 */
	resum(area);
	CHECK_INT(label_area_state(area), LABELS_OLD);
	free(area);
	area = area_with("a");
	area[19] = area[256 + 19] = 2; /* 512 bytes, which no kernel knows */
	resum(area);
	resum(area + 256);
	CHECK_INT(label_area_state(area), LABELS_LOST);
	free(area);
}

static void a_label_outside_the_region_is_damaged(void)
{
	unsigned char *area = area_with("a");
	struct damaged_label *damaged;

	CHECK_INT(label_area_damaged(area, 64 * MIB, &damaged), 0);
	free(damaged);
	CHECK_INT(label_area_damaged(area, 1 * MIB, &damaged), 1);
	CHECK_STR(damaged->fault, "its label places it outside the region");
	free(damaged);
	free(area);
}

/* Whatever the bytes are, there is an answer; the sanitizers see what is read. */
static void any_bytes_are_answered(void)
{
	uint64_t random = 88172645463325252;
	unsigned answers[LABELS_OLD + 1] = {0};

	for (int round = 0; round < 2000; round++) {
		unsigned char *area = area_with("a");
		struct damaged_label *damaged;
		struct label *sound;
		struct media drop = {0};

		for (int i = 0; i < 1 + round % 3; i++) {
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
			area[random % 1024] = (unsigned char)(random >> 32);
		}
		answers[label_area_state(area)]++;
		label_area_damaged(area, 1 * GIB, &damaged);
		for (size_t n = label_area_sound(area, 1 * GIB, &sound); n-- > 0;)
			CHECK(strlen(sound[n].name) < 64);
		free(sound);
		label_area_refused(area);
		label_area_drop_damaged(area, 1 * GIB, &drop);
		for (size_t i = 0; i < drop.n; i++)
			CHECK(drop.pieces[i].offset + drop.pieces[i].n <= 512);
		media_release(&drop);
		free(damaged);
		free(area);
	}
	CHECK(answers[LABELS_VALID] > 100);
	CHECK_INT(answers[LABELS_UNKNOWN], 0);
}

/* All modes have a block that is found, with the namespace's UUID, and no bit of it may be wrong.
 */
static void info_blocks_are_found(void)
{
	static const struct shape shapes[] = {
		{MODE_FSDAX, 2 * MIB, MAP_DEV, 0},
		{MODE_DEVDAX, 2 * MIB, MAP_MEM, 0},
		{MODE_SECTOR, 0, MAP_NONE, 4096},
	};
	uuid_t parent, uuid, found;
	uint64_t raw = 0;

	uuid_generate_random(parent);
	uuid_generate_random(uuid);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		unsigned char bytes[INFOBLOCK_AREA] = {0};
		struct media media = {0};

		CHECK(!infoblock_find(bytes, found, &raw));
		CHECK(infoblock_format(&shapes[i], 4 * GIB, SIZE, parent, uuid, &media));
		for (size_t p = 0; p < media.n; p++)
			if (media.pieces[p].offset < sizeof(bytes) && media.pieces[p].bytes)
				memcpy(bytes + media.pieces[p].offset, media.pieces[p].bytes,
				       media.pieces[p].n);
		media_release(&media);
		CHECK(infoblock_find(bytes, found, &raw));
		CHECK(!uuid_compare(found, parent));
		CHECK_INT(raw, SIZE);
		bytes[shapes[i].mode == MODE_SECTOR ? 40 : 4096 + 40] ^= 0x10;
		CHECK(!infoblock_find(bytes, found, &raw));
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

static void labels_without_an_index_leave_traces(void)
{
	unsigned char *area = area_with("a");
	struct label *labels;

	CHECK_INT(label_area_traces(area, &labels), 1);
	CHECK_STR(labels[0].name, "a");
	free(labels);
	area[70] ^= 1;
	area[256 + 70] ^= 1;
	CHECK_INT(label_area_traces(area, &labels), 1);
	free(labels);
	area[2 * 256 + 20] ^= 1;
	CHECK_INT(label_area_traces(area, &labels), 0);
	free(labels);
	free(area);

	area = area_with(".ramdax-a");
	CHECK_INT(label_area_traces(area, &labels), 0);
	free(labels);
	free(area);
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

UNIT_TESTS(UNIT(one_index_is_enough), UNIT(without_index_and_labels_it_is_empty),
	   UNIT(what_the_kernel_refuses_is_known),
	   UNIT(a_region_that_is_only_not_enabled_is_started), UNIT(a_mark_is_a_loss),
	   UNIT(damaged_labels_are_named_and_dropped), UNIT(an_index_of_older_labels_is_not_ours),
	   UNIT(a_label_outside_the_region_is_damaged), UNIT(any_bytes_are_answered),
	   UNIT(info_blocks_are_found), UNIT(lost_labels_are_kept),
	   UNIT(what_is_of_this_boot_is_kept_without_labels),
	   UNIT(a_region_is_not_reset_with_what_is_not_its_own),
	   UNIT(labels_without_an_index_leave_traces),
	   UNIT(damaged_labels_are_dropped_with_their_own_region_only),
	   UNIT(a_region_is_not_reset_for_a_namespace_of_its_name))
