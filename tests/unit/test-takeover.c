// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is seen of a device that nd_e820 was quicker to take: enough to decide whether it may be
 * taken over.
 */
#include "observe.h"

#include "unit.h"

#include "tree.h"

#define ND "sys/bus/nd/devices/"

/* The device bound to nd_e820, its bus and a region with the namespace that nd_e820 makes. */
static void machine_make(struct tree *t, bool region)
{
	tree_make(t);
	tree_link(t, "sys/bus/platform/devices/e820_pmem/driver", "../../drivers/e820_pmem");
	tree_directory(t, "sys/bus/platform/devices/e820_pmem/ndbus0");
	tree_file(t, ND "ndbus0/provider", "e820\n");
	tree_file(t, "proc/iomem", "100000000-10fffffff : Persistent Memory (legacy)\n");
	if (!region)
		return;
	tree_link(t, ND "ndbus0/region0", "../region0");
	tree_file(t, ND "region0/size", "268435456\n");
	tree_file(t, ND "region0/driver/bind", "");
	tree_link(t, ND "namespace0.0", "region0/namespace0.0");
	tree_file(t, ND "region0/namespace0.0/size", "268435456\n");
}

static void block_make(const struct tree *t, const char *owner)
{
	_cleanup_(freep) char *size = mem_printf(ND "%s/block/pmem0/size", owner);
	_cleanup_(freep) char *dev = mem_printf(ND "%s/block/pmem0/dev", owner);

	tree_file(t, size, "524288\n");
	tree_file(t, dev, "259:0\n");
}

/* dev/pmem0 of 1 MiB with @n bytes at @at. */
static void contents_make(const struct tree *t, off_t at, const void *bytes, size_t n)
{
	_cleanup_(freep) char *path = tree_path(t, "dev/pmem0");
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT, 0644);

	if (fd < 0 || ftruncate(fd, MIB) < 0 || pwrite(fd, bytes, n, at) != (ssize_t)n)
		tree_fail(path);
}

#define CHECK_DEVICE(t, who, what, known)                               \
	do {                                                            \
		struct machine *_m = observe(&(t)->fs);                 \
		CHECK_INT(_m->n_regions, 0);                            \
		if (CHECK_INT(_m->n_devices, 1)) {                      \
			CHECK_STR(_m->devices[0].driver, "e820_pmem");  \
			CHECK_STR(_m->devices[0].user, who);            \
			CHECK_STR(_m->devices[0].signature, what);      \
			CHECK(_m->devices[0].signature_known == known); \
		}                                                       \
		machine_free(_m);                                       \
	} while (0)

static void without_regions_nothing_is_known(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, false);
	CHECK_DEVICE(&t, NULL, NULL, false);
}

static void without_a_block_device_nothing_is_known(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, true);
	CHECK_DEVICE(&t, NULL, NULL, false);
	block_make(&t, "namespace0.0");
	CHECK_DEVICE(&t, NULL, NULL, false); /* it cannot be opened */
}

static void empty_is_known_to_be_empty(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, true);
	block_make(&t, "namespace0.0");
	contents_make(&t, 0, "", 1);
	CHECK_DEVICE(&t, NULL, NULL, true);
}

static void a_signature_is_named(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, true);
	block_make(&t, "namespace0.0");
	contents_make(&t, 0, "LUKS\xba\xbe\0\2\0\0\0\0\0\0@\0", 16);
	CHECK_DEVICE(&t, NULL, "crypto_LUKS", true);
}

static void a_user_is_named(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, true);
	block_make(&t, "namespace0.0");
	contents_make(&t, 0, "", 1);
	tree_file(&t, "proc/7/mountinfo", "1 0 259:0 / /srv rw - ext4 /dev/pmem0 rw\n");
	CHECK_DEVICE(&t, "mounted on /srv", NULL, true);
}

static void a_claimed_namespace_is_somebodys(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, true);
	tree_file(&t, ND "namespace0.0/holder", "pfn0.0\n");
	block_make(&t, "pfn0.0");
	CHECK_DEVICE(&t, NULL, "fsdax", true);
}

static void a_region_that_is_down_hides_what_it_has(void)
{
	_cleanup_(tree_remove) struct tree t;

	machine_make(&t, true);
	block_make(&t, "namespace0.0");
	contents_make(&t, 0, "", 1);
	tree_directory(&t, ND "ndbus0/region1");
	tree_file(&t, ND "region1/size", "268435456\n");
	CHECK_DEVICE(&t, NULL, NULL, false);
}

UNIT_TESTS(UNIT(without_regions_nothing_is_known), UNIT(without_a_block_device_nothing_is_known),
	   UNIT(empty_is_known_to_be_empty), UNIT(a_signature_is_named), UNIT(a_user_is_named),
	   UNIT(a_claimed_namespace_is_somebodys), UNIT(a_region_that_is_down_hides_what_it_has))
