// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Carveouts of the device tree, as arm64 guests show them.
 */
#include "devtree.h"

#include <endian.h>

#include "unit.h"

#include "observe.h"
#include "tree.h"

#define DT "sys/firmware/devicetree/base/"

/* A property of @n cells. */
static void cells(const struct tree *t, const char *path, size_t n, const uint32_t *values)
{
	uint32_t big[16];

	for (size_t i = 0; i < n; i++)
		big[i] = htobe32(values[i]);
	tree_bytes(t, path, big, n * sizeof(*big));
}

#define CELLS(t, path, ...) \
	cells(t, path, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})

/* The platform device @name made of the node @node. */
static void device_make(const struct tree *t, const char *name, const char *node)
{
	_cleanup_(freep) char *device = mem_printf("sys/devices/platform/%s/of_node", name);
	_cleanup_(freep) char *target = mem_printf("../../../firmware/devicetree/base/%s", node);
	_cleanup_(freep) char *bus = mem_printf("sys/bus/platform/devices/%s", name);
	_cleanup_(freep) char *back = mem_printf("../../../devices/platform/%s", name);

	tree_link(t, device, target);
	tree_link(t, bus, back);
}

static void compatible(const struct tree *t, const char *node, const char *list, size_t n)
{
	_cleanup_(freep) char *path = mem_printf(DT "%s/compatible", node);

	tree_bytes(t, path, list, n);
}

static void tree_of_two_cells(struct tree *t)
{
	tree_make(t);
	CELLS(t, DT "#address-cells", 2);
	CELLS(t, DT "#size-cells", 2);
}

static void only_the_exact_word_makes_a_carveout(void)
{
	_cleanup_(tree_remove) struct tree t;

	tree_of_two_cells(&t);
	compatible(&t, "a", "pmem-region", sizeof("pmem-region"));
	compatible(&t, "b", "x,y\0pmem-region", sizeof("x,y\0pmem-region"));
	compatible(&t, "c", "pmem-region-v2", sizeof("pmem-region-v2"));
	compatible(&t, "d", "x,pmem-region", sizeof("x,pmem-region"));
	device_make(&t, "1.a", "a");
	device_make(&t, "1.b", "b");
	device_make(&t, "1.c", "c");
	device_make(&t, "1.d", "d");
	CHECK(devtree_is_carveout(&t.fs, "1.a") && devtree_is_carveout(&t.fs, "1.b"));
	CHECK(!devtree_is_carveout(&t.fs, "1.c") && !devtree_is_carveout(&t.fs, "1.d"));
	CHECK(!devtree_is_carveout(&t.fs, "1.e"));
}

static void ranges_below_the_root_are_physical(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) struct range *ranges = NULL;
	size_t n = 0;

	tree_of_two_cells(&t);
	CELLS(&t, DT "pmem@170000000/reg", 1, 0x70000000, 0, 0x4000000, 1, 0x78000000, 0,
	      0x4000000);
	device_make(&t, "170000000.pmem", "pmem@170000000");
	if (CHECK(devtree_ranges(&t.fs, "170000000.pmem", &ranges, &n)) && CHECK_INT(n, 2)) {
		CHECK_INT(ranges[0].start, 0x170000000);
		CHECK_INT(ranges[0].size, 64 * MIB);
		CHECK_INT(ranges[1].start, 0x178000000);
	}
}

static void ranges_on_a_bus_are_translated(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) struct range *ranges = NULL;
	size_t n = 0;

	tree_of_two_cells(&t);
	CELLS(&t, DT "soc/#address-cells", 1);
	CELLS(&t, DT "soc/#size-cells", 1);
	CELLS(&t, DT "soc/pmem@0/reg", 0x1000, 0x100000);
	device_make(&t, "76001000.pmem", "soc/pmem@0");
	CHECK(!devtree_ranges(&t.fs, "76001000.pmem", &ranges, &n)); /* no way across */
	CELLS(&t, DT "soc/ranges", 0x10000000, 0, 0, 0x1000, 0, 1, 0x76000000, 0x1000000);
	if (CHECK(devtree_ranges(&t.fs, "76001000.pmem", &ranges, &n)))
		CHECK_INT(ranges[0].start, 0x176001000);
	CELLS(&t, DT "soc/ranges", 0, 1, 0x76000000, 0x2000); /* ends too early */
	CHECK(!devtree_ranges(&t.fs, "76001000.pmem", &ranges, &n));
	tree_file(&t, DT "soc/ranges", "");
	n = 0;
	free(TAKE_PTR(ranges));
	if (CHECK(devtree_ranges(&t.fs, "76001000.pmem", &ranges, &n)))
		CHECK_INT(ranges[0].start, 0x1000);
}

static void a_broken_reg_is_none(void)
{
	static const uint32_t reg[4] = {0};
	struct range *ranges = NULL;
	size_t n = 0;

	CHECK(!devtree_reg_parse(reg, 12, 2, 2, &ranges, &n));
	CHECK(!devtree_reg_parse(reg, 0, 2, 2, &ranges, &n));
	CHECK(!devtree_reg_parse(reg, 16, 0, 2, &ranges, &n));
	CHECK(!devtree_reg_parse(reg, 16, 3, 1, &ranges, &n));
	CHECK_INT(n, 0);
}

static void carveouts_come_from_the_tree(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct machine *m;

	tree_of_two_cells(&t);
	compatible(&t, "b", "pmem-region", sizeof("pmem-region"));
	compatible(&t, "a", "pmem-region", sizeof("pmem-region"));
	CELLS(&t, DT "a/reg", 0, 0x70000000, 0, 0x4000000);
	CELLS(&t, DT "b/reg", 0, 0x60000000, 0, 0x4000000);
	device_make(&t, "70000000.a", "a");
	device_make(&t, "60000000.b", "b");
	tree_file(&t, "sys/devices/platform/70000000.a/driver_override", "(null)\n");
	tree_link(&t, "sys/devices/platform/70000000.a/driver",
		  "../../../bus/platform/drivers/of_pmem");
	tree_file(&t, "proc/iomem",
		  "40000000-5fffffff : System RAM\n60000000-63ffffff : reserved\n");
	m = observe(&t.fs);
	if (CHECK_INT(m->n_devices, 2) && CHECK_INT(m->n_carveouts, 2)) {
		CHECK_INT(m->carveouts[0].range.start, 0x60000000);
		CHECK(m->carveouts[0].nomap && !m->carveouts[1].nomap);
		CHECK_STR(m->devices[m->carveouts[1].device].name, "70000000.a");
		CHECK_STR(m->devices[m->carveouts[1].device].driver, "of_pmem");
		CHECK_STR(m->devices[m->carveouts[1].device].override, NULL);
		CHECK(m->devices[0].devicetree);
	}
	machine_free(m);
}

UNIT_TESTS(UNIT(only_the_exact_word_makes_a_carveout), UNIT(ranges_below_the_root_are_physical),
	   UNIT(ranges_on_a_bus_are_translated), UNIT(a_broken_reg_is_none),
	   UNIT(carveouts_come_from_the_tree))
