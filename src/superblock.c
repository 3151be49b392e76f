// SPDX-License-Identifier: GPL-2.0-or-later
#include "superblock.h"

#include <string.h>

#include "media.h"

/* fs/ext4/ext4.h, struct ext4_super_block */
#define EXT_AT           1024
#define EXT_SIZE         1024
#define EXT_RO_COMPAT    0x64
#define EXT_METADATACSUM 0x400
#define EXT_SUM          0x3fc
/* fs/xfs/libxfs/xfs_format.h, struct xfs_dsb; big-endian but for the sum */
#define XFS_VERSION      100
#define XFS_VERSION_MASK 0xf
#define XFS_SECTOR_SIZE  102
#define XFS_SECTOR_MAX   32768
#define XFS_SUM          224
/* include/uapi/linux/btrfs_tree.h, struct btrfs_super_block */
#define BTRFS_AT       65536
#define BTRFS_SIZE     4096
#define BTRFS_SUM_AREA 32
#define BTRFS_SUM_TYPE 0xc4

#define SUM_BYTES 4

/* crc32c (Castagnoli, reflected) of @n bytes, going on from @crc. */
static uint32_t crc32c(uint32_t crc, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	return crc;
}

static bool ext_fits(const unsigned char *sb)
{
	if (!(media_get32(sb + EXT_RO_COMPAT) & EXT_METADATACSUM))
		return true;
	return crc32c(~0U, sb, EXT_SUM) == media_get32(sb + EXT_SUM);
}

/* The sum counts as zero in itself. */
static bool xfs_fits(const unsigned char *sb, size_t n)
{
	static const unsigned char zero[SUM_BYTES];
	size_t size = (size_t)sb[XFS_SECTOR_SIZE] << 8 | sb[XFS_SECTOR_SIZE + 1];
	uint32_t crc;

	if ((sb[XFS_VERSION + 1] & XFS_VERSION_MASK) != 5)
		return true;
	if (size < XFS_SUM + SUM_BYTES || size > XFS_SECTOR_MAX || size > n)
		return false;
	crc = crc32c(~0U, sb, XFS_SUM);
	crc = crc32c(crc, zero, sizeof(zero));
	crc = crc32c(crc, sb + XFS_SUM + SUM_BYTES, size - XFS_SUM - SUM_BYTES);
	return ~crc == media_get32(sb + XFS_SUM);
}

static bool btrfs_fits(const unsigned char *sb)
{
	if (media_get16(sb + BTRFS_SUM_TYPE) != 0) /* not crc32c */
		return true;
	return ~crc32c(~0U, sb + BTRFS_SUM_AREA, BTRFS_SIZE - BTRFS_SUM_AREA) == media_get32(sb);
}

bool superblock_fits(const char *type, const unsigned char *bytes, size_t n)
{
	if (!strcmp(type, "ext2") || !strcmp(type, "ext3") || !strcmp(type, "ext4"))
		return n >= EXT_AT + EXT_SIZE && ext_fits(bytes + EXT_AT);
	if (!strcmp(type, "xfs"))
		return n >= XFS_SUM + SUM_BYTES && xfs_fits(bytes, n);
	if (!strcmp(type, "btrfs"))
		return n >= BTRFS_AT + BTRFS_SIZE && btrfs_fits(bytes + BTRFS_AT);
	return true;
}
