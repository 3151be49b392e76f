// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include "unit.h"

#include "mem.h"

static void ranges_join_where_they_touch(void)
{
	struct range ranges[] = {{300, 100}, {0, 100}, {100, 50}, {120, 10}, {350, 100}, {500, 1}};
	size_t n = ranges_join(ranges, ARRAY_SIZE(ranges));

	if (!CHECK_INT(n, 3))
		return;
	CHECK_INT(ranges[0].start, 0);
	CHECK_INT(ranges[0].size, 150);
	CHECK_INT(ranges[1].start, 300);
	CHECK_INT(ranges[1].size, 150);
	CHECK_INT(ranges[2].start, 500);
	CHECK_INT(ranges_join(NULL, 0), 0);
}

static void a_range_is_held_by_one_entry(void)
{
	static const struct range ranges[] = {{0, 100}, {200, 100}};

	CHECK(ranges_hold(ranges, 2, (struct range){0, 100}));
	CHECK(ranges_hold(ranges, 2, (struct range){250, 50}));
	CHECK(!ranges_hold(ranges, 2, (struct range){250, 51}));
	CHECK(!ranges_hold(ranges, 2, (struct range){50, 200}));
	CHECK(!ranges_hold(ranges, 2, (struct range){100, 1}));
	CHECK(!ranges_hold(NULL, 0, (struct range){0, 1}));
}

static void regions_are_found_by_their_range(void)
{
	struct seen_region regions[] = {{.range = {100, 50}}, {.range = {200, 50}}};
	const struct machine m = {.regions = regions, .n_regions = 2};

	CHECK(machine_region_of(&m, &(struct seen_carveout){.range = {200, 50}}) == &regions[1]);
	CHECK(!machine_region_of(&m, &(struct seen_carveout){.range = {200, 49}}));
	CHECK(!machine_region_of(&m, &(struct seen_carveout){.range = {150, 50}}));
}

static void a_node_is_that_of_the_first_byte(void)
{
	struct seen_node_range nodes[] = {{.range = {0, 100}}, {.range = {100, 100}, .node = 3}};
	const struct machine m = {.node_ranges = nodes, .n_node_ranges = 2};

	CHECK_INT(machine_node_of(&m, (struct range){99, 50}), 0);
	CHECK_INT(machine_node_of(&m, (struct range){100, 50}), 3);
	CHECK_INT(machine_node_of(&m, (struct range){200, 1}), -1);
}

static void half_built_machines_are_freed(void)
{
	struct machine *m = MEM_NEW(struct machine);

	machine_free(NULL);
	MEM_APPEND(m->regions, m->n_regions)->name = mem_strdup("region0");
	MEM_APPEND(m->regions[0].namespaces, m->regions[0].n_namespaces)->name = mem_strdup("a");
	MEM_APPEND(m->devices, m->n_devices);
	CHECK_INT(m->n_devices, 1);
	machine_free(m); /* the sanitizer sees what is left */
}

static void boots_have_names(void)
{
	CHECK_STR(boot_kind_name(BOOT_UNKNOWN), "unknown");
	CHECK_STR(boot_kind_name(BOOT_COLD), "cold");
	CHECK_STR(boot_kind_name(BOOT_FIRMWARE), "firmware");
	CHECK_STR(boot_kind_name(BOOT_KEXEC), "kexec");
}

UNIT_TESTS(UNIT(ranges_join_where_they_touch), UNIT(a_range_is_held_by_one_entry),
	   UNIT(regions_are_found_by_their_range), UNIT(a_node_is_that_of_the_first_byte),
	   UNIT(half_built_machines_are_freed), UNIT(boots_have_names))
