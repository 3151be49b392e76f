// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout.h"

#include <string.h>

#include "layout-parse.h"
#include "mem.h"
#include "text.h"

static const char *const mode_names[] = {
	[MODE_FSDAX] = "fsdax",
	[MODE_DEVDAX] = "devdax",
	[MODE_SECTOR] = "sector",
	[MODE_RAW] = "raw",
};

static const char *const map_names[] = {
	[MAP_NONE] = "",
	[MAP_DEV] = "dev",
	[MAP_MEM] = "mem",
};

static const char *const survives_names[] = {
	[SURVIVES_RESET] = "reset",
	[SURVIVES_KEXEC] = "kexec",
	[SURVIVES_NONE] = "none",
};

/*
 * The smallest sizes are those at which e2fsprogs 1.47 (4 KiB blocks; below 8 MiB ext4 has no
 * journal), xfsprogs 6.1, btrfs-progs 6.2 and dosfstools 4.2 make a file system.
 */
static const struct {
	const char *name;
	uint64_t size_min;
} filesystems[] = {
	[FS_NONE] = {"none", 0},           [FS_EXT4] = {"ext4", 8 * MIB},
	[FS_XFS] = {"xfs", 300 * MIB},     [FS_EXT2] = {"ext2", 224 * KIB},
	[FS_BTRFS] = {"btrfs", 109 * MIB}, [FS_VFAT] = {"vfat", 52 * KIB},
};

const char *mode_name(enum ns_mode mode)
{
	return mode_names[mode];
}

const char *map_name(enum ns_map map)
{
	return map_names[map];
}

const char *survives_name(enum survives survives)
{
	return survives_names[survives];
}

const char *fs_name(enum fs_type type)
{
	return filesystems[type].name;
}

uint64_t fs_size_min(enum fs_type type)
{
	return filesystems[type].size_min;
}

enum fs_type fs_from_name(const char *name)
{
	for (unsigned type = FS_NONE + 1; type < ARRAY_SIZE(filesystems); type++)
		if (!strcmp(name, filesystems[type].name))
			return (enum fs_type)type;
	return FS_NONE;
}

const char *layout_path(const struct layout *layout)
{
	return layout_file_of(&layout->files, 0);
}

bool layout_spreads(const struct layout *layout)
{
	bool spreads = false;

	for (size_t i = 0; i < layout->n_regions; i++)
		spreads |= layout->regions[i].node == NODE_EACH;
	return spreads;
}

static void strings_free(char **strings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(strings[i]);
	free(strings);
}

static char **strings_copy(char *const *strings, size_t n)
{
	char **copy = n ? mem_calloc(n, sizeof(*copy)) : NULL;

	for (size_t i = 0; i < n; i++)
		copy[i] = mem_strdup(strings[i]);
	return copy;
}

void filesystem_release(struct layout_filesystem *fs)
{
	free(fs->label);
	free(fs->mount_point);
	strings_free(fs->options, fs->n_options);
	strings_free(fs->mount_options, fs->n_mount_options);
	*fs = (struct layout_filesystem){0};
}

void namespace_release(struct layout_namespace *ns)
{
	free(ns->comment);
	free(ns->name);
	free(ns->owner);
	free(ns->group);
	filesystem_release(&ns->fs);
	*ns = (struct layout_namespace){0};
}

void region_release(struct layout_region *region)
{
	free(region->comment);
	free(region->name);
	for (size_t i = 0; i < region->n_namespaces; i++)
		namespace_release(&region->namespaces[i]);
	free(region->namespaces);
	*region = (struct layout_region){0};
}

void layout_free(struct layout *layout)
{
	if (!layout)
		return;
	for (size_t i = 0; i < layout->n_regions; i++)
		region_release(&layout->regions[i]);
	free(layout->regions);
	layout_files_release(&layout->files);
	free(layout);
}

char *name_numbered(const char *s, int number, const char *suffix)
{
	if (!s)
		return NULL;
	return number >= 0 ? mem_printf("%s-%d%s", s, number, suffix)
			   : mem_printf("%s%s", s, suffix);
}

void namespace_copy(const struct layout_namespace *ns, int number, const char *suffix,
		    struct layout_namespace *copy)
{
	*copy = *ns;
	copy->comment = NULL;
	copy->name = name_numbered(ns->name, number, suffix);
	copy->owner = mem_strdup(ns->owner);
	copy->group = mem_strdup(ns->group);
	copy->fs.label = name_numbered(ns->fs.label, number, suffix);
	copy->fs.mount_point = name_numbered(ns->fs.mount_point, number, suffix);
	copy->fs.options = strings_copy(ns->fs.options, ns->fs.n_options);
	copy->fs.mount_options = strings_copy(ns->fs.mount_options, ns->fs.n_mount_options);
}

char *layout_name_fault(const struct layout *layout, const char *name, char **next)
{
	_cleanup_(freep) const char **names = NULL;
	const char *nearest;
	size_t n = 0;

	for (size_t r = 0; r < layout->n_regions; r++) {
		*MEM_APPEND(names, n) = layout->regions[r].name;
		for (size_t i = 0; i < layout->regions[r].n_namespaces; i++)
			*MEM_APPEND(names, n) = layout->regions[r].namespaces[i].name;
	}
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return NULL;
	nearest = text_nearest(name, names, n);
	*next = nearest ? mem_printf("did you mean \"%s\"?", nearest)
			: mem_strdup("\"ramdax resolve\" prints those it has");
	return mem_printf("the layout has no namespace or region \"%s\"", name);
}
