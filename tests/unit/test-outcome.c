// SPDX-License-Identifier: GPL-2.0-or-later
/* What a run knows of what it has done. */
#include "known.h"
#include "scene.h"
#include "unit.h"

/* A region with "images", which this run has made, or tried to with the result @r. */
static struct outcome make(struct scene *s, int r)
{
	struct done_step done = {.kind = STEP_CREATE, .object = (char *)"images", .result = r};

	scene_make(s, 8 * GIB, LABEL_AREA_SIZE);
	done.ns = scene_declare(s, "images", MODE_FSDAX, 2 * GIB);
	scene_bind(s);
	scene_see(s, "images", MODE_FSDAX, SCENE_START, 2 * GIB + 34 * MIB);
	return scene_outcome(&done, 1);
}

static bool is_known(const struct outcome *outcome, const struct seen_namespace *seen,
		     struct shape *shape)
{
	struct known known = {.written = {outcome_wrote, outcome}};

	return known_shape(&known, seen, shape);
}

static void what_was_written_need_not_be_asked_for(void)
{
	struct scene s;
	struct outcome outcome = make(&s, 0);
	struct known nothing = {0};
	struct shape shape = {0};

	if (CHECK(is_known(&outcome, &s.seen.namespaces[0], &shape))) {
		CHECK_INT(shape.align, 2 * MIB);
		CHECK_INT(shape.map, MAP_DEV);
	}
	CHECK(!known_shape(&nothing, &s.seen.namespaces[0], &shape));
	scene_outcome_release(&outcome);
	scene_release(&s);
}

/* Of another size its info block is another; of another UUID it is somebody else's. */
static void what_is_otherwise_than_written_is_not_known(void)
{
	struct scene s;
	struct outcome outcome = make(&s, 0);
	struct seen_namespace seen = s.seen.namespaces[0];
	struct shape shape;

	CHECK(is_known(&outcome, &seen, &shape));
	seen.capacity -= 2 * MIB;
	CHECK(!is_known(&outcome, &seen, &shape));
	seen = s.seen.namespaces[0];
	seen.mode = MODE_DEVDAX;
	CHECK(!is_known(&outcome, &seen, &shape));
	seen = s.seen.namespaces[0];
	seen.uuid[15] ^= 1;
	CHECK(!is_known(&outcome, &seen, &shape));
	seen = s.seen.namespaces[0];
	seen.has_uuid = false;
	CHECK(!is_known(&outcome, &seen, &shape));
	seen = s.seen.namespaces[0];
	seen.name = (char *)"other";
	CHECK(!is_known(&outcome, &seen, &shape));
	scene_outcome_release(&outcome);
	scene_release(&s);
}

static void what_was_not_made_is_not_known(void)
{
	struct scene s;
	struct outcome outcome = make(&s, -EIO);
	struct shape shape;

	CHECK(!is_known(&outcome, &s.seen.namespaces[0], &shape));
	scene_outcome_release(&outcome);
	scene_release(&s);
}

UNIT_TESTS(UNIT(what_was_written_need_not_be_asked_for),
	   UNIT(what_is_otherwise_than_written_is_not_known), UNIT(what_was_not_made_is_not_known))
