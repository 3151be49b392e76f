// SPDX-License-Identifier: GPL-2.0-or-later
/* What must be true of a file system and of the namespace it is on. */
#include <string.h>

#include "layout-parse.h"
#include "mem.h"

/* What labels may hold: Documentation of ext4, xfs_db(8); BTRFS_LABEL_SIZE less the NUL; the
 * directory entry of FAT. */
static const size_t label_bytes[] = {
	[FS_NONE] = 0,  [FS_EXT4] = 16,   [FS_XFS] = 12,
	[FS_EXT2] = 16, [FS_BTRFS] = 255, [FS_VFAT] = 11,
};

static bool has_type(const struct namespace_draft *d)
{
	return is_clear(&d->fs_from, FS_TYPE) && is_clear(&d->from, NS_FILESYSTEM) &&
	       d->ns.fs.type != FS_NONE && d->ns.mode != MODE_DEVDAX;
}

void check_filesystem_fits(struct fault_list *faults, const struct toml *v,
			   const struct namespace_draft *d, uint64_t capacity)
{
	if (has_type(d) && capacity < fs_size_min(d->ns.fs.type))
		FAULT_VALUE(faults, v, "%s needs at least %s, the namespace has %s",
			    fs_name(d->ns.fs.type), SIZE_EXACT(fs_size_min(d->ns.fs.type)),
			    SIZE_EXACT(capacity));
}

/* mkfs.vfat converts labels to a DOS code page, which without a locale holds ASCII alone. */
static bool is_vfat_label(const char *label)
{
	for (const char *s = label; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return label[0] != ' ' && !strpbrk(label, "*?.,;:/\\|+=<>[]\"");
}

static void check_label(struct fault_list *faults, const struct namespace_draft *d)
{
	const struct toml *v = d->fs_from.at[FS_LABEL];
	size_t max = label_bytes[d->ns.fs.type];
	_cleanup_(freep) char *label = NULL, *shown = NULL;

	if (!v || !is_clear(&d->from, NS_COUNT))
		return;
	label = name_numbered(v->string, draft_last_number(d), d->suffix);
	shown = toml_quoted(label, strlen(label));
	if (strlen(label) > max)
		FAULT_VALUE(faults, v, "label %s is longer than the %zu bytes of %s", shown, max,
			    fs_name(d->ns.fs.type));
	else if (d->ns.fs.type == FS_VFAT && !is_vfat_label(label))
		FAULT_VALUE(faults, v, "label %s has characters that vfat does not", shown);
}

static bool is_dax(const char *option)
{
	return !strcmp(option, "dax") || !strcmp(option, "dax=always");
}

/* Only these know the option, and only memory can be mapped. Inherited ones go unused elsewhere. */
static bool takes_dax(const struct namespace_draft *d)
{
	return d->ns.mode == MODE_FSDAX && d->ns.fs.type != FS_BTRFS && d->ns.fs.type != FS_VFAT;
}

static void check_mount_options(struct fault_list *faults, const struct namespace_draft *d)
{
	const struct toml *v = d->fs_from.at[FS_MOUNT_OPTIONS];

	if (!v || !is_own(&d->fs_from, FS_MOUNT_OPTIONS) || takes_dax(d))
		return;
	for (size_t i = 0; i < v->n; i++)
		if (is_dax(v->items[i]->string))
			FAULT_VALUE(faults, v->items[i],
				    "mount option \"%s\" is for ext4, xfs and ext2 in mode fsdax",
				    v->items[i]->string);
}

void filesystem_drop_dax(struct namespace_draft *d)
{
	struct layout_filesystem *fs = &d->ns.fs;
	size_t n = 0;

	if (is_own(&d->fs_from, FS_MOUNT_OPTIONS) || takes_dax(d))
		return;
	for (size_t i = 0; i < fs->n_mount_options; i++)
		if (is_dax(fs->mount_options[i]))
			free(fs->mount_options[i]);
		else
			fs->mount_options[n++] = fs->mount_options[i];
	fs->n_mount_options = n;
}

/* A value of its own that nothing would come of. */
static void check_unused(struct fault_list *faults, const struct namespace_draft *d)
{
	for (unsigned k = FS_LABEL; k < filesystem_table.n; k++)
		if (is_own(&d->fs_from, k))
			FAULT_KEY(faults, d->fs_from.at[k],
				  "\"%s\" without a file system: its type is \"none\"",
				  filesystem_table.keys[k].name);
}

static bool is_blockdev_sector(uint32_t size)
{
	return size == 512 || size == 4096;
}

void check_filesystem(struct fault_list *faults, const struct namespace_draft *d)
{
	const struct toml *uuid = d->fs_from.at[FS_UUID], *options = d->fs_from.at[FS_OPTIONS];

	if (d->fs_from.table && d->ns.mode != MODE_DEVDAX)
		table_require(faults, &filesystem_table, &d->fs_from, FS_TYPE);
	if (d->fs_from.at[FS_TYPE] && d->ns.fs.type == FS_NONE)
		check_unused(faults, d);
	if (!has_type(d))
		return;
	check_label(faults, d);
	check_mount_options(faults, d);
	if (uuid && d->ns.fs.type != FS_VFAT && uuid->string_len < UUID_STR_LEN - 1)
		FAULT_VALUE(faults, uuid, "a UUID as short as this is for vfat, not %s",
			    fs_name(d->ns.fs.type));
	if (options)
		check_options(faults, d->ns.fs.type, options);
	if (d->ns.mode == MODE_SECTOR && is_clear(&d->from, NS_SECTOR_SIZE) &&
	    !is_blockdev_sector(d->ns.sector_size))
		FAULT_VALUE(faults, d->from.at[NS_SECTOR_SIZE],
			    "a file system needs a \"sector_size\" of 512 or 4096, not %u",
			    d->ns.sector_size);
}
