// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * File systems made by the real mkfs programs, whole, interrupted and damaged.
 */
#include "probe-fs.h"

#include "unit.h"

#include "medium.h"

static void nothing_there(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(release) struct seen_filesystem seen;

	tree_make(&t);
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_NOT_LOOKED);
	tree_directory(&t, "dev/pmem0");
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_NOT_LOOKED);
}

static void zeros_are_no_file_system(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(release) struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 16 * MIB, "true"));
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_NONE);
	CHECK_STR(seen.type, NULL);
}

/* One bit of a field that says nothing about what it is, for each kind that has a checksum. */
static void checksums_are_verified(void)
{
	static const struct {
		off_t size, at;
		const char *type, *command;
	} kinds[] = {
		{16 * MIB, 1024 + 0x30, "ext4", "mkfs.ext4 -q"},
		{300 * MIB, 130, "xfs", "mkfs.xfs -q -f"},
		{128 * MIB, 65536 + 0x78, "btrfs", "mkfs.btrfs -q -f"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_(tree_remove) struct tree t;
		_cleanup_(release) struct seen_filesystem whole, damaged;

		tree_make(&t);
		CHECK(make(&t, kinds[i].size, kinds[i].command));
		fs_probe(&t.fs, "pmem0", true, &whole);
		CHECK_INT(whole.state, SEEN_COMPLETE);
		CHECK_STR(whole.type, kinds[i].type);
		overwrite(&t, kinds[i].at, "\x5a", 1);
		fs_probe(&t.fs, "pmem0", true, &damaged);
		CHECK_INT(damaged.state, SEEN_DAMAGED);
	}
}

static void ext4_is_seen(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(release) struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 16 * MIB, "mkfs.ext4 -q -L images -U 2f62bc6e-b3ce-5422-ae6e-0bda41420139"));
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_COMPLETE);
	CHECK_STR(seen.type, "ext4");
	CHECK_STR(seen.uuid, "2f62bc6e-b3ce-5422-ae6e-0bda41420139");
	CHECK_STR(seen.label, "images");
}

static void two_signatures_are_damage(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(release) struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 16 * MIB, "mkfs.ext4 -q"));
	overwrite(&t, 0, "XFSB\0\0\x10\0", 8);
	overwrite(&t, 4086, "SWAPSPACE2", 10);
	overwrite(&t, 1024, "\1\0\0\0\xff\x0f\0\0", 8); /* a swap header */
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_DAMAGED);
}

static void an_unfinished_xfs_says_so(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 300 * MIB, "mkfs.xfs -q -m crc=0 -m reflink=0"));
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_COMPLETE);
	CHECK_STR(seen.type, "xfs");
	release(&seen);
	overwrite(&t, 126, "\1", 1); /* sb_inprogress; without crc, so that it is no damage */
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_INCOMPLETE);
	release(&seen);
}

static void an_unfinished_vfat_has_its_own_serial(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 16 * MIB, "mkfs.vfat -i 72616d64"));
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_INCOMPLETE);
	CHECK_STR(seen.uuid, VFAT_SERIAL_UNFINISHED_TEXT);
	release(&seen);
	CHECK(make(&t, 16 * MIB, "mkfs.vfat -i 2f62bc6e"));
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_COMPLETE);
	CHECK_STR(seen.uuid, "2F62-BC6E");
	CHECK_STR(seen.type, "vfat");
	release(&seen);
}

static void what_only_disks_have_is_looked_for_on_demand(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 16 * MIB, "true"));
	overwrite(&t, 9 * 512 + 32, "\xf0\x16\x78\x5a", 4); /* a member of a HighPoint RAID */
	fs_probe(&t.fs, "pmem0", false, &seen);
	CHECK_INT(seen.state, SEEN_NONE);
	release(&seen);
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_STR(seen.type, "hpt37x_raid_member");
	release(&seen);
}

/* Wherever its uberblocks are, in whatever byte order. */
static void zfs_is_looked_for_if_there_is_any(void)
{
	for (size_t i = 0; i < ZFS_LABELS; i++) {
		_cleanup_(tree_remove) struct tree t;
		_cleanup_(release) struct seen_filesystem seen;

		tree_make(&t);
		CHECK(make(&t, ZFS_SIZE_MIN + 12 * KIB, "true"));
		plant_zfs(&t, ZFS_SIZE_MIN + 12 * KIB, i, i % 2);
		fs_probe(&t.fs, "pmem0", false, &seen);
		CHECK_STR(seen.type, "zfs_member");
	}
}

static void a_partition_table_is_something(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(release) struct seen_filesystem seen;

	tree_make(&t);
	CHECK(make(&t, 16 * MIB, "true"));
	overwrite(&t, 446, "\0\0\2\0\x83\0\0\0\0\x08\0\0\0\x10\0\0", 16);
	overwrite(&t, 510, "\x55\xaa", 2);
	fs_probe(&t.fs, "pmem0", true, &seen);
	CHECK_INT(seen.state, SEEN_COMPLETE);
	CHECK_STR(seen.type, "dos");
}

UNIT_TESTS(UNIT(nothing_there), UNIT(zeros_are_no_file_system), UNIT(ext4_is_seen),
	   UNIT(checksums_are_verified), UNIT(two_signatures_are_damage),
	   UNIT(an_unfinished_xfs_says_so), UNIT(an_unfinished_vfat_has_its_own_serial),
	   UNIT(a_partition_table_is_something), UNIT(zfs_is_looked_for_if_there_is_any),
	   UNIT(what_only_disks_have_is_looked_for_on_demand))
