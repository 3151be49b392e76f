// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a namespace or a region is not what it was, or cannot be seen any more, it stays. On the
 * running machine: tests/vm/meanwhile.bats.
 */
#include "takedown.h"

#include <sys/resource.h>

#include "unit.h"

#include "tree.h"

#define ND   "sys/bus/nd/devices/"
#define UUID "2f62bc6e-b3ce-5422-ae6e-0bda41420139"

/* A region with one fsdax namespace, mounted. */
static void machine_make(struct tree *t)
{
	tree_make(t);
	tree_file(t, ND "region0/resource", "0x100000000\n");
	tree_file(t, ND "region0/mapping0", "nmem0,0,268435456,0\n");
	tree_link(t, ND "region0/driver", "../../drivers/nd_region");
	tree_link(t, ND "namespace0.0", "region0/namespace0.0");
	tree_file(t, ND "region0/namespace0.0/size", "67108864\n");
	tree_file(t, ND "region0/namespace0.0/resource", "0x100000000\n");
	tree_file(t, ND "region0/namespace0.0/alt_name", "files\n");
	tree_file(t, ND "region0/namespace0.0/uuid", UUID "\n");
	tree_file(t, ND "region0/namespace0.0/holder", "pfn0.0\n");
	tree_link(t, ND "pfn0.0", "region0/pfn0.0");
	tree_link(t, ND "region0/pfn0.0/driver", "../../../drivers/nd_pmem");
	tree_file(t, ND "region0/pfn0.0/namespace", "namespace0.0\n");
	tree_file(t, ND "region0/pfn0.0/block/pmem0/dev", "259:0\n");
	tree_file(t, ND "region0/pfn0.0/block/pmem0/size", "131072\n");
	tree_file(t, "sys/bus/nd/drivers/nd_pmem/unbind", "");
	tree_file(t, "sys/bus/nd/drivers/nd_region/unbind", "");
	tree_file(t, "proc/self/mountinfo", "1 0 259:0 / /srv rw - ext4 /dev/pmem0 rw\n");
}

static struct seen_region region_seen(void)
{
	return (struct seen_region){.name = (char *)"region0",
				    .dimm = (char *)"nmem0",
				    .range = {4 * GIB, 256 * MIB + 128 * KIB}};
}

static struct seen_namespace namespace_seen(void)
{
	struct seen_namespace ns = {.device = (char *)"namespace0.0",
				    .name = (char *)"files",
				    .holder = (char *)"pfn0.0",
				    .block = (char *)"pmem0",
				    .enabled = true,
				    .has_uuid = true};

	CHECK_INT(uuid_parse(UUID, ns.uuid), 0);
	return ns;
}

/* That nothing was unbound from @driver. */
static bool is_untouched(const struct tree *t, const char *driver)
{
	_cleanup_(freep) char *unbound = NULL;

	return sysfs_read(&t->fs, &unbound, "sys/bus/nd/drivers/%s/unbind", driver) == 0 &&
	       !*unbound;
}

static int take_region(struct tree *t, const struct seen_region *region, struct text *why)
{
	int r = takedown_region(&t->fs, region, why);

	CHECK(is_untouched(t, "nd_region") == (r != 0));
	return r;
}

static void a_region_that_is_another_stays(void)
{
	_cleanup_(text_release) struct text why = {0};
	_cleanup_(tree_remove) struct tree t;
	struct seen_region region = region_seen();

	machine_make(&t);
	region.range.start += 2 * MIB;
	CHECK_INT(take_region(&t, &region, &why), TAKEDOWN_KEPT);
	region = region_seen();
	region.dimm = (char *)"nmem";
	CHECK_INT(take_region(&t, &region, &why), TAKEDOWN_KEPT);
	region.dimm = NULL;
	CHECK_INT(take_region(&t, &region, &why), TAKEDOWN_KEPT);
	CHECK(strstr(text_str(&why), "\"region0\" is another region meanwhile"));
	tree_file(&t, ND "region0/namespace0.0/size", "0\n");
	region = region_seen();
	CHECK_INT(take_region(&t, &region, &why), 0);
}

/* It was empty, and is to be filled. What is ours and unfinished is nobody's. */
static void a_region_into_which_something_has_come_stays(void)
{
	_cleanup_(text_release) struct text why = {0};
	_cleanup_(tree_remove) struct tree t;
	struct seen_region region = region_seen();

	machine_make(&t);
	tree_file(&t, "proc/self/mountinfo", "");
	CHECK_INT(take_region(&t, &region, &why), TAKEDOWN_KEPT);
	CHECK(strstr(text_str(&why), "namespace \"files\" has come into it meanwhile"));
	tree_file(&t, ND "region0/namespace0.0/alt_name", LOOK_SCAFFOLD "\n");
	CHECK_INT(take_region(&t, &region, &why), 0);
}

/* The limit is such that one file can be open and not two: the region, but nothing in it. */
static void a_region_of_which_not_all_can_be_seen_stays(void)
{
	_cleanup_(text_release) struct text why = {0};
	_cleanup_(tree_remove) struct tree t;
	struct seen_region region = region_seen();
	struct rlimit before, limit;
	int lowest, r;

	machine_make(&t);
	lowest = open("/dev/null", O_RDONLY);
	close(lowest);
	if (!CHECK_INT(getrlimit(RLIMIT_NOFILE, &before), 0))
		return;
	limit = before;
	limit.rlim_cur = (rlim_t)lowest + 1;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	r = take_region(&t, &region, &why);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &before), 0);
	CHECK_INT(r, TAKEDOWN_KEPT);
	CHECK(strstr(text_str(&why), "Too many open files"));
}

/* What claims it now bears another number, and its old number is another's. */
static void what_has_another_holder_stays(void)
{
	_cleanup_(text_release) struct text why = {0};
	_cleanup_(tree_remove) struct tree t;
	struct seen_namespace ns = namespace_seen();

	machine_make(&t);
	tree_file(&t, "proc/self/mountinfo", "");
	tree_file(&t, ND "region0/namespace0.0/holder", "pfn0.1\n");
	CHECK_INT(takedown_namespace(&t.fs, &ns, &why), TAKEDOWN_KEPT);
	CHECK_INT(takedown_is_free(&t.fs, &ns, &why), TAKEDOWN_KEPT);
	CHECK(is_untouched(&t, "nd_pmem"));
	CHECK(strstr(text_str(&why), "by somebody else meanwhile"));
	tree_file(&t, ND "region0/namespace0.0/holder", "pfn0.0\n");
	CHECK_INT(takedown_namespace(&t.fs, &ns, &why), 0);
	CHECK(!is_untouched(&t, "nd_pmem"));
}

/* What was down when it was seen has no device that could have been claimed. */
static void what_has_come_up_meanwhile_stays(void)
{
	_cleanup_(text_release) struct text why = {0};
	_cleanup_(tree_remove) struct tree t;
	struct seen_namespace ns = namespace_seen();

	machine_make(&t);
	ns.block = NULL;
	ns.enabled = false;
	CHECK_INT(takedown_namespace(&t.fs, &ns, &why), TAKEDOWN_KEPT);
	ns.holder = NULL;
	CHECK_INT(takedown_namespace(&t.fs, &ns, &why), TAKEDOWN_KEPT);
	tree_file(&t, ND "region0/namespace0.0/holder", "\n");
	tree_link(&t, ND "region0/namespace0.0/driver", "../../../drivers/nd_pmem");
	CHECK_INT(takedown_namespace(&t.fs, &ns, &why), TAKEDOWN_KEPT);
	CHECK(is_untouched(&t, "nd_pmem"));
}

UNIT_TESTS(UNIT(a_region_that_is_another_stays), UNIT(a_region_into_which_something_has_come_stays),
	   UNIT(a_region_of_which_not_all_can_be_seen_stays), UNIT(what_has_another_holder_stays),
	   UNIT(what_has_come_up_meanwhile_stays))
