// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe-fs.h"

#include <blkid/blkid.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "blockdev.h"
#include "mem.h"
#include "superblock.h"
#include "zfs.h"

/* struct xfs_dsb: sb_inprogress is one byte, cleared by mkfs.xfs with its last write. */
#define XFS_INPROGRESS 126

/* What blkid_do_safeprobe() returns (libblkid's documentation; the library has no names). */
#define PROBE_FOUND      0
#define PROBE_NOTHING    1
#define PROBE_AMBIVALENT -2

/* Not looked for on namespaces of ours: members of a disk controller's RAID, and logs of an xfs
 * elsewhere, for which alone libblkid reads 256 KiB. With hundreds of namespaces that would be
 * most of what a boot reads. Nor is what the first one says where may_be_zfs() knows better. */
static const char *const unlikely[] = {
	"zfs_member",
	"adaptec_raid_member",
	"ddf_raid_member",
	"hpt37x_raid_member",
	"hpt45x_raid_member",
	"isw_raid_member",
	"jmicron_raid_member",
	"lsi_mega_raid_member",
	"nvidia_raid_member",
	"promise_fasttrack_raid_member",
	"silicon_medley_raid_member",
	"via_raid_member",
	"xfs_external_log",
	NULL,
};

static void free_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

static char *probe_value(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) < 0 ? NULL : mem_strdup(value);
}

/* Whether mkfs has ended. What cannot be read is no proof that it has not. */
static void judge_end(const struct sysfs *fs, int fd, struct seen_filesystem *seen)
{
	bool unfinished = false;
	char inprogress = 0;

	if (!strcmp(seen->type, "xfs")) {
		ssize_t n = pread(fd, &inprogress, 1, XFS_INPROGRESS);

		if (n != 1) {
			sysfs_note(fs, n < 0 ? -errno : -EIO);
			seen->state = SEEN_DAMAGED;
			return;
		}
		unfinished = inprogress;
	} else if (!strcmp(seen->type, "vfat")) {
		unfinished = seen->uuid && !strcmp(seen->uuid, VFAT_SERIAL_UNFINISHED_TEXT);
	}
	seen->state = unfinished ? SEEN_INCOMPLETE : SEEN_COMPLETE;
}

/*
 * Whether the superblock fits its checksum; what is not there to be read does not. Of a mounted
 * file system the kernel has the superblock in memory, where fields change before the sum does:
 * that it is mounted proves more.
 */
static bool sums_fit(const struct sysfs *fs, const char *block, int fd, const char *type)
{
	_cleanup_(freep) unsigned char *bytes = mem_calloc(1, SUPERBLOCK_READ);
	ssize_t n = pread(fd, bytes, SUPERBLOCK_READ, 0);
	_cleanup_(closep) int exclusive = -1;

	if (n < 0)
		sysfs_note(fs, -errno);
	if (superblock_fits(type, bytes, n < 0 ? 0 : (size_t)n))
		return true;
	if (fs->live)
		exclusive = sysfs_open_file(fs, O_RDONLY | O_EXCL | O_NONBLOCK, "dev/%s", block);
	return exclusive == -EBUSY;
}

static bool may_look(const struct sysfs *fs, int fd, const char *block)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		sysfs_note(fs, fd < 0 ? fd : -errno);
		return false;
	}
	return fs->live ? S_ISBLK(st.st_mode) && device_check(fd, block) == 0 : S_ISREG(st.st_mode);
}

/* Whether any of @labels has an uberblock, without which libblkid does not know it for one. What
 * cannot be read may have one. */
static bool any_uberblock(int fd, const uint64_t labels[ZFS_LABELS])
{
	_cleanup_(freep) unsigned char *ring = mem_pages(ZFS_RING);

	for (size_t i = 0; i < ZFS_LABELS; i++)
		if (pread(fd, ring, ZFS_RING, (off_t)(labels[i] + ZFS_RING_OFFSET)) != ZFS_RING ||
		    zfs_ring_has_uberblock(ring))
			return true;
	return false;
}

/* Whether libblkid must look for zfs, for which it reads 1 MiB into the page cache: ten times as
 * much as for all else. Half of that, past the cache where the device allows it, tells. */
static bool may_be_zfs(const struct sysfs *fs, const char *block, int fd, blkid_loff_t size)
{
	_cleanup_(closep) int direct = -1;
	uint64_t labels[ZFS_LABELS];

	if (size < (blkid_loff_t)ZFS_SIZE_MIN)
		return false;
	direct = sysfs_open_file(fs, O_RDONLY | O_NONBLOCK | O_DIRECT, "dev/%s", block);
	zfs_labels((uint64_t)size, labels);
	return any_uberblock(direct < 0 ? fd : direct, labels);
}

static void leave_out_unlikely(blkid_probe probe, bool may_be_zfs)
{
	blkid_probe_filter_superblocks_type(probe, BLKID_FLTR_NOTIN,
					    (char **)(may_be_zfs ? unlikely + 1 : unlikely));
}

void fs_probe(const struct sysfs *fs, const char *block, bool anything,
	      struct seen_filesystem *seen)
{
	_cleanup_(free_probe) blkid_probe probe = NULL;
	_cleanup_(closep) int fd = sysfs_open_file(fs, O_RDONLY | O_NONBLOCK, "dev/%s", block);
	int r;

	*seen = (struct seen_filesystem){.state = SEEN_NOT_LOOKED};
	if (!may_look(fs, fd, block))
		return;
	probe = blkid_new_probe();
	if (!probe)
		mem_exhausted();
	/* Bad checksums are asked for, or a damaged file system would look like none. */
	blkid_probe_enable_superblocks(probe, true);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID |
							 BLKID_SUBLKS_LABEL | BLKID_SUBLKS_BADCSUM);
	blkid_probe_enable_partitions(probe, true);
	errno = 0;
	if (blkid_probe_set_device(probe, fd, 0, 0) < 0) {
		sysfs_note(fs, -errno);
		return;
	}
	if (!anything)
		leave_out_unlikely(probe, may_be_zfs(fs, block, fd, blkid_probe_get_size(probe)));
	r = blkid_do_safeprobe(probe);
	if (r < 0 && r != PROBE_AMBIVALENT) /* -1, or what reading failed with */
		sysfs_note(fs, -EIO);
	if (r == PROBE_NOTHING) {
		seen->state = SEEN_NONE;
		return;
	}
	seen->type = probe_value(probe, "TYPE");
	seen->uuid = probe_value(probe, "UUID");
	seen->label = probe_value(probe, "LABEL");
	if (!seen->type)
		seen->type = probe_value(probe, "PTTYPE");
	if (r != PROBE_FOUND || !seen->type || blkid_probe_has_value(probe, "SBBADCSUM") ||
	    !sums_fit(fs, block, fd, seen->type))
		seen->state = SEEN_DAMAGED;
	else
		judge_end(fs, fd, seen);
}
