// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inuse-parts.h"
#include "mem.h"

#define NVMET "sys/kernel/config/nvmet/subsystems"
#define LIO   "sys/kernel/config/target/core"
#define RNBD  "sys/class/rnbd-server/ctl/devices"
#define USB   "sys/kernel/config/usb_gadget"

/* Before and after the path in what fileio says of itself (drivers/target/target_core_file.c,
 * fd_show_configfs_dev_params), and before the number in what iblock and pscsi say. */
#define FILE_BEFORE   "  File: "
#define FILE_AFTER    "  Size: "
#define NUMBER_BEFORE "Major: "

/* Absent is what a kernel without targets has, or one whose configfs is not mounted. */
static int noted(struct inuse_search *search, int r)
{
	if (r < 0 && r != -ENOENT)
		inuse_blind(search, "the kernel's targets", r);
	return r;
}

const struct inuse_node *inuse_find_called(const struct inuse_search *search, const char *path)
{
	const struct inuse_node *node = inuse_find_path(search, path);
	const char *name = strrchr(path, '/');
	struct statx st;

	if (node || !name ||
	    (search->fs->live && statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, 0, &st) == 0))
		return node;
	for (size_t i = 0; i < search->n_nodes; i++)
		if (!strcmp(search->nodes[i].name, name + 1))
			return &search->nodes[i];
	return NULL;
}

/* Whether the target in @dir has its device open. What cannot be read is no proof that it has not.
 */
static bool is_enabled(const struct inuse_search *search, const char *dir)
{
	_cleanup_(freep) char *enable = NULL;
	int r = sysfs_read(search->fs, &enable, "%s/enable", dir);

	return r < 0 ? r != -ENOENT : strcmp(enable, "0") != 0;
}

/* The kernel knows the device better than the path by which somebody called it, in another mount
 * namespace perhaps. */
static const struct inuse_node *node_of_loop(const struct inuse_search *search, const char *loop,
					     const char *path)
{
	_cleanup_(closep) int fd = -1;
	struct loop_info64 info;

	if (search->fs->live)
		fd = sysfs_open_file(search->fs, O_RDONLY | O_NONBLOCK | O_CLOEXEC, "dev/%s", loop);
	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0)
		return inuse_find_called(search, path);
	return inuse_find(search, false, (dev_t)info.lo_rdevice);
}

/* Somewhere that targets are listed: called for each @name in @directory, of @owner. */
typedef void visitor(struct inuse_search *search, const char *owner, const char *directory,
		     const char *name);

/* Visits each entry of a directory. One that is absent, or none, has no entries. */
_printf_(4, 5) static void each(struct inuse_search *search, visitor *visit, const char *owner,
				const char *format, ...)
{
	_cleanup_(text_release) struct text directory = {0};
	char **names = NULL;
	size_t n = 0;
	va_list args;
	int r;

	va_start(args, format);
	text_vaddf(&directory, format, args);
	va_end(args);
	r = sysfs_list(search->fs, &names, &n, "%s", text_str(&directory));
	if (r != -ENOTDIR)
		noted(search, r);
	for (size_t i = 0; i < n; i++)
		visit(search, owner, text_str(&directory), names[i]);
	sysfs_free_names(names, n);
}

static void block_device(struct inuse_search *search, const char *owner, const char *directory,
			 const char *name)
{
	_cleanup_(freep) char *path = NULL;

	(void)owner;
	if (!strncmp(name, "loop", 4) &&
	    noted(search,
		  sysfs_read(search->fs, &path, "%s/%s/loop/backing_file", directory, name)) == 0)
		inuse_note(node_of_loop(search, name, path), "%s", name);
}

static void nvmet_namespace(struct inuse_search *search, const char *system, const char *directory,
			    const char *id)
{
	_cleanup_(freep) char *dir = mem_printf("%s/%s", directory, id);
	_cleanup_(freep) char *path = NULL;

	if (noted(search, sysfs_read(search->fs, &path, "%s/device_path", dir)) == 0 &&
	    is_enabled(search, dir))
		inuse_note(inuse_find_called(search, path), "nvme target %s", system);
}

static void nvmet_system(struct inuse_search *search, const char *owner, const char *directory,
			 const char *name)
{
	(void)owner;
	each(search, nvmet_namespace, name, "%s/%s/namespaces", directory, name);
}

/* By what a backstore says of itself: "TCM FILEIO ID: 0        File: /dev/pmem0  Size: ...", or
 * "Major: 259 Minor: 0  CLAIMED: IBLOCK". */
static const struct inuse_node *node_of_info(const struct inuse_search *search, char *info)
{
	char *file = strstr(info, FILE_BEFORE), *end = NULL, *number;
	unsigned major, minor;

	if (file) {
		file += strlen(FILE_BEFORE);
		for (char *at = file; (at = strstr(at, FILE_AFTER)); at++)
			end = at;
		if (end)
			*end = '\0';
		return inuse_find_called(search, file);
	}
	number = strstr(info, NUMBER_BEFORE);
	if (!number || sscanf(number, NUMBER_BEFORE "%u Minor: %u", &major, &minor) != 2)
		return NULL;
	return inuse_find(search, false, makedev(major, minor));
}

/* The path is a note for people that whoever made the backstore has left; what the backstore says
 * of itself counts before it. */
static void lio_backstore(struct inuse_search *search, const char *hba, const char *directory,
			  const char *name)
{
	_cleanup_(freep) char *dir = mem_printf("%s/%s", directory, name);
	_cleanup_(freep) char *info = NULL, *path = NULL;
	const struct inuse_node *node = NULL;

	/* Their directory has attributes of its own. */
	if (!sysfs_exists(search->fs, "%s/control", dir) || !is_enabled(search, dir))
		return;
	if (noted(search, sysfs_read(search->fs, &info, "%s/info", dir)) == 0)
		node = node_of_info(search, info);
	if (!node && noted(search, sysfs_read(search->fs, &path, "%s/udev_path", dir)) == 0)
		node = inuse_find_called(search, path);
	inuse_note(node, "exported by LIO as %s/%s", hba, name);
}

static void lio_hba(struct inuse_search *search, const char *owner, const char *directory,
		    const char *name)
{
	(void)owner;
	each(search, lio_backstore, name, "%s/%s", directory, name);
}

static void rnbd_device(struct inuse_search *search, const char *owner, const char *directory,
			const char *name)
{
	_cleanup_(freep) char *block = NULL, *path = NULL;

	(void)owner;
	if (sysfs_read_link(search->fs, &block, "%s/%s/block_dev", directory, name) < 0)
		return;
	path = mem_printf("/dev/%s", block);
	inuse_note(inuse_find_called(search, path), "exported by rnbd as %s", name);
}

static void usb_lun(struct inuse_search *search, const char *gadget, const char *directory,
		    const char *name)
{
	_cleanup_(freep) char *path = NULL;

	if (!strncmp(name, "lun.", 4) &&
	    noted(search, sysfs_read(search->fs, &path, "%s/%s/file", directory, name)) == 0)
		inuse_note(inuse_find_called(search, path), "USB gadget %s", gadget);
}

static void usb_function(struct inuse_search *search, const char *gadget, const char *directory,
			 const char *name)
{
	if (!strncmp(name, "mass_storage.", strlen("mass_storage.")))
		each(search, usb_lun, gadget, "%s/%s", directory, name);
}

static void usb_gadget(struct inuse_search *search, const char *owner, const char *directory,
		       const char *name)
{
	(void)owner;
	each(search, usb_function, name, "%s/%s/functions", directory, name);
}

void inuse_targets(struct inuse_search *search)
{
	each(search, block_device, NULL, "sys/block");
	each(search, nvmet_system, NULL, NVMET);
	each(search, lio_hba, NULL, LIO);
	each(search, rnbd_device, NULL, RNBD);
	each(search, usb_gadget, NULL, USB);
}
