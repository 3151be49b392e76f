// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfs.h"

#include "unit.h"

#include "tree.h"

static void values_are_read_whole(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) char *value = NULL, *bare = NULL, *empty = NULL, *two = NULL;
	char *untouched = NULL;
	char page[SYSFS_VALUE_MAX + 1];

	tree_make(&t);
	memset(page, 'x', sizeof(page));
	tree_file(&t, "sys/value", "some text\n");
	tree_file(&t, "sys/bare", "some text");
	tree_file(&t, "sys/empty", "");
	tree_file(&t, "sys/two", "a\n\n");
	tree_bytes(&t, "sys/full", page, SYSFS_VALUE_MAX);
	tree_bytes(&t, "sys/over", page, SYSFS_VALUE_MAX + 1);
	tree_bytes(&t, "sys/nul", "a\0b\n", 4);
	CHECK_INT(sysfs_read(&t.fs, &value, "sys/%s", "value"), 0);
	CHECK_STR(value, "some text");
	CHECK_INT(sysfs_read(&t.fs, &bare, "sys/bare"), 0);
	CHECK_STR(bare, "some text");
	CHECK_INT(sysfs_read(&t.fs, &empty, "sys/empty"), 0);
	CHECK_STR(empty, "");
	CHECK_INT(sysfs_read(&t.fs, &two, "sys/two"), 0);
	CHECK_STR(two, "a\n");
	CHECK_INT(sysfs_read(&t.fs, &untouched, "sys/over"), -EFBIG);
	CHECK_INT(sysfs_read(&t.fs, &untouched, "sys/nul"), -EINVAL);
	CHECK_INT(sysfs_read(&t.fs, &untouched, "sys/none"), -ENOENT);
	CHECK_INT(sysfs_read(&t.fs, &untouched, "sys"), -EISDIR);
	CHECK(!untouched);
	CHECK_INT(sysfs_read(&t.fs, &untouched, "sys/full"), 0);
	free(untouched);
}

static void numbers_are_numbers_or_nothing(void)
{
	_cleanup_(tree_remove) struct tree t;
	uint64_t n = 7;

	tree_make(&t);
	tree_file(&t, "decimal", "4096\n");
	tree_file(&t, "hexadecimal", "0x100000000\n");
	tree_file(&t, "words", "4096 bytes\n");
	tree_file(&t, "large", "18446744073709551616\n");
	CHECK_INT(sysfs_read_number(&t.fs, &n, "words"), -EINVAL);
	CHECK_INT(sysfs_read_number(&t.fs, &n, "large"), -EINVAL);
	CHECK_INT(n, 7);
	CHECK_INT(sysfs_read_number(&t.fs, &n, "decimal"), 0);
	CHECK_INT(n, 4096);
	CHECK_INT(sysfs_read_number(&t.fs, &n, "/hexadecimal"), 0);
	CHECK_INT(n, 0x100000000);
}

static void nothing_leaves_the_root(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) char *dots = NULL, *absolute = NULL, *upwards = NULL;

	tree_make(&t);
	tree_file(&t, "etc/hostname", "inside\n");
	tree_link(&t, "absolute", "/etc/hostname");
	tree_link(&t, "sys/upwards", "../../../../../../etc/hostname");
	CHECK_INT(sysfs_read(&t.fs, &dots, "../../../../etc/hostname"), 0);
	CHECK_STR(dots, "inside");
	CHECK_INT(sysfs_read(&t.fs, &absolute, "absolute"), 0);
	CHECK_STR(absolute, "inside");
	CHECK_INT(sysfs_read(&t.fs, &upwards, "sys/upwards"), 0);
	CHECK_STR(upwards, "inside");
	CHECK(!sysfs_exists(&t.fs, "%s", t.path));
	CHECK(sysfs_exists(&t.fs, "etc"));
}

static void writes_replace_and_never_create(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) char *value = NULL;

	tree_make(&t);
	tree_file(&t, "size", "1073741824\n");
	CHECK_INT(sysfs_write(&t.fs, "0", "size"), 0);
	CHECK_INT(sysfs_read(&t.fs, &value, "size"), 0);
	CHECK_STR(value, "0");
	CHECK_INT(sysfs_write(&t.fs, "0", "none"), -ENOENT);
	CHECK(!sysfs_exists(&t.fs, "none"));
}

static void lists_count_as_people_do(void)
{
	static const char *const wanted[] = {"namespace0.1", "namespace0.10", "region2",
					     "region10"};
	_cleanup_(tree_remove) struct tree t;
	char **names = NULL;
	size_t n = 0;

	tree_make(&t);
	tree_directory(&t, "d/region10");
	tree_directory(&t, "d/region2");
	tree_directory(&t, "d/namespace0.10");
	tree_directory(&t, "d/namespace0.1");
	tree_directory(&t, "d/.hidden");
	CHECK_INT(sysfs_list(&t.fs, &names, &n, "nothing"), -ENOENT);
	CHECK_INT(sysfs_list(&t.fs, &names, &n, "d"), 0);
	if (CHECK_INT(n, ARRAY_SIZE(wanted))) {
		for (size_t i = 0; i < n; i++)
			CHECK_STR(names[i], wanted[i]);
	}
	sysfs_free_names(names, n);
}

static void links_give_their_last_word(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) char *name = NULL;

	tree_make(&t);
	tree_link(&t, "driver", "../../bus/nd/drivers/nd_pmem");
	tree_file(&t, "file", "");
	CHECK_INT(sysfs_read_link(&t.fs, &name, "file"), -EINVAL);
	CHECK_INT(sysfs_read_link(&t.fs, &name, "none"), -ENOENT);
	CHECK_INT(sysfs_read_link(&t.fs, &name, "driver"), 0);
	CHECK_STR(name, "nd_pmem");
}

static void a_root_that_is_none_is_refused(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct sysfs fs;
	char path[80];

	tree_make(&t);
	tree_file(&t, "file", "");
	snprintf(path, sizeof(path), "%s/file", t.path);
	CHECK_INT(sysfs_open(&fs, path), -ENOTDIR);
	snprintf(path, sizeof(path), "%s/none", t.path);
	CHECK_INT(sysfs_open(&fs, path), -ENOENT);
	CHECK(!t.fs.live);
	CHECK_INT(sysfs_open(&fs, NULL), 0);
	CHECK(fs.live);
	sysfs_close(&fs);
}

/* However it is written, the machine's own root is the machine. */
static void the_own_root_by_any_name_is_live(void)
{
	static const char *const names[] = {"/", "//", "/.", "/proc/..", "/proc/self/root"};
	struct sysfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!CHECK_INT(sysfs_open(&fs, names[i]), 0))
			continue;
		CHECK(fs.live);
		sysfs_close(&fs);
	}
	if (CHECK_INT(sysfs_open(&fs, "/proc"), 0))
		CHECK(!fs.live);
	sysfs_close(&fs);
}

/* Below another root, the kernel's own files may be mounted: they are read, and not written. */
static void the_running_kernel_is_not_written_to_below_a_root(void)
{
	_cleanup_(freep) char *before = NULL, *after = NULL;
	struct sysfs fs;

	if (!CHECK_INT(sysfs_open(&fs, "/proc/self"), 0))
		return;
	CHECK_INT(sysfs_read(&fs, &before, "comm"), 0);
	CHECK_INT(sysfs_write(&fs, "changed", "comm"), -EROFS);
	CHECK_INT(sysfs_read(&fs, &after, "comm"), 0);
	CHECK_STR(after, before);
	sysfs_close(&fs);
}

/* What is absent is no failure; what fails is noted once, also by what was entered. */
static void what_cannot_be_read_is_noted(void)
{
	_cleanup_(tree_remove) struct tree t;
	_Atomic int failure = 0;
	struct sysfs below;
	char *value;

	tree_make(&t);
	t.fs.failure = &failure;
	tree_directory(&t, "d");
	CHECK_INT(sysfs_read(&t.fs, &value, "none"), -ENOENT);
	CHECK_INT(sysfs_read(&t.fs, &value, "d"), -EISDIR);
	CHECK_INT(failure, 0);
	CHECK_INT(sysfs_enter(&t.fs, &below, "d"), 0);
	CHECK_INT(sysfs_note(&below, 0), 0);
	CHECK_INT(sysfs_note(&below, -ENOENT), -ENOENT);
	CHECK_INT(failure, 0);
	CHECK_INT(sysfs_note(&below, -ENOMEM), -ENOMEM);
	CHECK_INT(failure, ENOMEM);
	CHECK_INT(sysfs_note(&t.fs, -EIO), -EIO);
	CHECK_INT(failure, ENOMEM);
	sysfs_close(&below);
	t.fs.failure = NULL;
	CHECK_INT(sysfs_note(&t.fs, -EIO), -EIO);
}

UNIT_TESTS(UNIT(values_are_read_whole), UNIT(numbers_are_numbers_or_nothing),
	   UNIT(nothing_leaves_the_root), UNIT(writes_replace_and_never_create),
	   UNIT(lists_count_as_people_do), UNIT(links_give_their_last_word),
	   UNIT(a_root_that_is_none_is_refused), UNIT(the_own_root_by_any_name_is_live),
	   UNIT(the_running_kernel_is_not_written_to_below_a_root),
	   UNIT(what_cannot_be_read_is_noted))
