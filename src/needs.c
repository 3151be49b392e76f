// SPDX-License-Identifier: GPL-2.0-or-later
#include "needs.h"

#include <string.h>

#include "format.h"
#include "mem.h"

static void need(const char ***names, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*names)[i], name))
			return;
	*MEM_APPEND(*names, *n) = name;
}

static void need_module(struct needs *needs, const char *name)
{
	need(&needs->modules, &needs->n_modules, name);
}

/* The module of a file system, where the kernel has it as one. */
static const char *filesystem_module(enum fs_type type)
{
	static const char *const modules[] = {
		[FS_NONE] = NULL,   [FS_EXT4] = "ext4",   [FS_XFS] = "xfs",
		[FS_EXT2] = "ext2", [FS_BTRFS] = "btrfs", [FS_VFAT] = "vfat",
	};

	return modules[type];
}

static void needs_of_namespace(struct needs *needs, const struct layout_namespace *ns)
{
	switch (ns->mode) {
	case MODE_FSDAX:
	case MODE_RAW:
		break;
	case MODE_SECTOR:
		need_module(needs, "nd_btt");
		break;
	case MODE_DEVDAX:
		need_module(needs, "dax_pmem");
		need_module(needs, "device_dax");
		break;
	}
	if (ns->fs.type == FS_NONE)
		return;
	need_module(needs, "loop");
	need(&needs->mount_modules, &needs->n_mount_modules, filesystem_module(ns->fs.type));
	need(&needs->programs, &needs->n_programs, format_program(ns->fs.type));
}

struct needs needs_of(const struct layout *layout)
{
	struct needs needs = {0};

	if (!layout->n_regions)
		return needs;
	need_module(&needs, "ramdax");
	need_module(&needs, "nd_pmem");
	need(&needs.programs, &needs.n_programs, "modprobe");
	for (size_t i = 0; i < layout->n_regions; i++)
		for (size_t n = 0; n < layout->regions[i].n_namespaces; n++)
			needs_of_namespace(&needs, &layout->regions[i].namespaces[n]);
	return needs;
}

void needs_release(struct needs *needs)
{
	free(needs->modules);
	free(needs->mount_modules);
	free(needs->programs);
	*needs = (struct needs){0};
}
