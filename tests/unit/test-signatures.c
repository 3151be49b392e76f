// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is wiped where not all is zeroed: libblkid recognises nothing after that.
 */
#include "signatures.h"

#include "unit.h"

#include "btt.h"
#include "medium.h"
#include "wipe.h"

#define SIZE (320 * MIB)

static const struct shape raw = {.mode = MODE_RAW};

/* Wipes dev/pmem0 as the namespace of @shape that it is. */
static void wipe(const struct tree *t, const struct shape *shape)
{
	_cleanup_(freep) char *path = tree_path(t, "dev/pmem0");
	struct blockdev dev = {.fd = open(path, O_RDWR)};
	struct media media = {0};

	wipe_areas(&dev, 0, shape, (struct range){4 * GIB, SIZE}, &media);
	CHECK_INT(blockdev_write(&dev, 0, &media), 0);
	media_release(&media);
	blockdev_close(&dev);
}

/* That it is found before, as @type, and nothing is after that. */
static void is_wiped(const struct tree *t, const char *type)
{
	struct seen_filesystem seen;

	fs_probe(&t->fs, "pmem0", true, &seen);
	CHECK_STR(seen.type, type);
	release(&seen);
	wipe(t, &raw);
	fs_probe(&t->fs, "pmem0", true, &seen);
	CHECK_STR(seen.type, NULL);
	CHECK_INT(seen.state, SEEN_NONE);
	release(&seen);
}

static void file_systems_and_swap(void)
{
	static const char *const kinds[][2] = {
		{"ext4", "mkfs.ext4 -q"},      {"xfs", "mkfs.xfs -q -f"}, {"vfat", "mkfs.vfat"},
		{"btrfs", "mkfs.btrfs -q -f"}, {"swap", "mkswap"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_(tree_remove) struct tree t;

		tree_make(&t);
		CHECK(make(&t, SIZE, kinds[i][1]));
		is_wiped(&t, kinds[i][0]);
	}
}

/* The second header of LUKS, wherever libblkid looks for it. */
static void second_headers_of_luks(void)
{
	for (off_t at = 0x4000; at <= 0x400000; at *= 2) {
		_cleanup_(tree_remove) struct tree t;
		unsigned char header[512] = {'S', 'K', 'U', 'L', 0xba, 0xbe, 0, 2};

		for (int i = 0; i < 8; i++)
			header[256 + i] = (unsigned char)(at >> (56 - 8 * i)); /* hdr_offset */
		tree_make(&t);
		CHECK(make(&t, SIZE, "true"));
		overwrite(&t, at, header, sizeof(header));
		is_wiped(&t, "crypto_LUKS");
	}
}

/* What libblkid looks for at @back from the end of a device. */
static void raid_before_the_end(void)
{
	static const char promise[] = "Promise Technology, Inc.", ddf[] = "\xde\x11\xde\x11";
	static const struct {
		const char *type;
		off_t back;
		const char *magic;
		size_t n;
	} kinds[] = {
		{"linux_raid_member", 64 * KIB, "\xfc\x4e\x2b\xa9\0\0\0\0\x5a", 9}, /* 0.90 */
		{"ddf_raid_member", 512, ddf, 4},
		{"ddf_raid_member", 257 * 512, ddf, 4},
		{"promise_fasttrack_raid_member", 16 * 512, promise, sizeof(promise)},
		{"promise_fasttrack_raid_member", 63 * 512, promise, sizeof(promise)},
		{"promise_fasttrack_raid_member", 255 * 512, promise, sizeof(promise)},
		{"promise_fasttrack_raid_member", 256 * 512, promise, sizeof(promise)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_(tree_remove) struct tree t;

		tree_make(&t);
		CHECK(make(&t, SIZE, "true"));
		overwrite(&t, SIZE - kinds[i].back, kinds[i].magic, kinds[i].n);
		is_wiped(&t, kinds[i].type);
	}
}

/* A label with its checksum, one with a first uberblock; the rest of the ring lies far from both.
 */
static void zfs(void)
{
	static const off_t traces[] = {ZFS_RING_OFFSET - 40, ZFS_RING_OFFSET};

	for (size_t label = 0; label < ZFS_LABELS; label++)
		for (size_t i = 0; i < ARRAY_SIZE(traces); i++) {
			_cleanup_(tree_remove) struct tree t;
			uint64_t at[ZFS_LABELS];

			tree_make(&t);
			CHECK(make(&t, SIZE, "true"));
			zfs_labels(SIZE, at);
			plant_zfs(&t, SIZE, label, false);
			overwrite(&t, (off_t)at[label] + traces[i], "\x0c\xb1\xba", 4);
			is_wiped(&t, "zfs_member");
		}
}

/* Small ones are wiped whole. */
static void nothing_is_left_of_a_small_one(void)
{
	struct media media = {0};

	signatures_wipe((struct range){0, 64 * KIB}, (struct range){0, 64 * KIB}, &media);
	CHECK_INT((long)media.n, 2);
	CHECK_INT((long)media.pieces[0].n, 8 * KIB);
	CHECK_INT((long)media.pieces[1].n, 64 * KIB);
	media_release(&media);
}

/* Where the device begins is what the page map leaves; and nothing beyond its end is touched. */
static void places_are_the_device_s(void)
{
	const struct shape fsdax = {.mode = MODE_FSDAX, .align = 2 * MIB, .map = MAP_DEV};
	struct range device = signatures_device(&fsdax, (struct range){4 * GIB, 16 * MIB});
	struct media media = {0};

	CHECK_INT((long)device.start, 2 * MIB);
	CHECK_INT((long)device.size, 14 * MIB);
	signatures_wipe((struct range){4 * GIB, 16 * MIB}, device, &media);
	CHECK_INT((long)media.pieces[1].offset, 2 * MIB);
	for (size_t i = 0; i < media.n; i++)
		CHECK(media.pieces[i].offset + media.pieces[i].n <= 16 * MIB);
	media_release(&media);
}

/* The sectors of a BTT end before its map; those of several arenas, in the last. */
static void a_btt_s_end_is_before_its_map(void)
{
	const struct shape sector = {.mode = MODE_SECTOR, .sector_size = 4096};
	const uint64_t sizes[] = {64 * MIB, 4 * GIB, 700 * GIB, 512 * GIB + 8 * MIB};
	const uint64_t arenas[] = {0, 0, 512 * GIB, 0};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct range device = signatures_device(&sector, (struct range){4 * GIB, sizes[i]});
		uint64_t arena = i == 3 ? 512 * GIB : sizes[i] - arenas[i];

		CHECK_INT((long)device.start, 4096);
		CHECK_INT((long)range_end(device),
			  (long)(arenas[i] + 4096 + btt_capacity(arena, 4096)));
		/* map entries of 4 bytes for each sector */
		CHECK(range_end(device) + arena / 4096 * 4 <= sizes[i] + 1 * MIB);
		CHECK(range_end(device) < sizes[i] - arena / 4096 * 3);
	}
}

UNIT_TESTS(UNIT(file_systems_and_swap), UNIT(second_headers_of_luks), UNIT(raid_before_the_end),
	   UNIT(zfs), UNIT(nothing_is_left_of_a_small_one), UNIT(places_are_the_device_s),
	   UNIT(a_btt_s_end_is_before_its_map))
