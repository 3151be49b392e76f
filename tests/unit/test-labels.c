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

	uuid_generate_random(parent);
	uuid_generate_random(uuid);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		unsigned char bytes[INFOBLOCK_AREA] = {0};
		struct media media = {0};

		CHECK(!infoblock_find(bytes, found));
		CHECK(infoblock_format(&shapes[i], 4 * GIB, SIZE, parent, uuid, &media));
		for (size_t p = 0; p < media.n; p++)
			if (media.pieces[p].offset < sizeof(bytes) && media.pieces[p].bytes)
				memcpy(bytes + media.pieces[p].offset, media.pieces[p].bytes,
				       media.pieces[p].n);
		media_release(&media);
		CHECK(infoblock_find(bytes, found));
		CHECK(!uuid_compare(found, parent));
		bytes[shapes[i].mode == MODE_SECTOR ? 40 : 4096 + 40] ^= 0x10;
		CHECK(!infoblock_find(bytes, found));
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
}

UNIT_TESTS(UNIT(one_index_is_enough), UNIT(without_index_and_labels_it_is_empty),
	   UNIT(a_mark_is_a_loss), UNIT(info_blocks_are_found), UNIT(lost_labels_are_kept))
