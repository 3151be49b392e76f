// SPDX-License-Identifier: GPL-2.0-or-later
#include "label.h"

#include <fcntl.h>
#include <linux/ndctl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "mem.h"
#include "nd.h"

/* The kernel takes more at once than it says it does (drivers/nvdimm/bus.c, ND_IOCTL_MAX_BUFLEN is
 * 4 MiB); a quarter of the area keeps the buffer small. */
#define CHUNK (32 * KIB)

/* Writes @n bytes at @bytes to @offset of the label area of the DIMM open as @fd. 0 or -errno. */
static int label_write(int fd, uint32_t offset, const void *bytes, uint32_t n)
{
	/* The status follows the data. */
	_cleanup_(freep) struct nd_cmd_set_config_hdr *command =
		mem_calloc(1, sizeof(*command) + n + sizeof(uint32_t));

	command->in_offset = offset;
	command->in_length = n;
	memcpy(command->in_buf, bytes, n);
	return ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, command) < 0 ? -errno : 0;
}

static int label_clear(const char *dimm)
{
	_cleanup_(freep) char *path = mem_printf("/dev/%s", dimm);
	_cleanup_(freep) void *zeros = mem_calloc(1, CHUNK);
	_cleanup_(closep) int fd = open(path, O_RDWR | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	for (uint32_t at = 0; r == 0 && at < LABEL_AREA_SIZE; at += CHUNK)
		r = label_write(fd, at, zeros, CHUNK);
	return r;
}

/* The DIMM's driver has the labels in memory: it must let go of them and read them again. */
static int rebind(struct sysfs *fs, const char *driver, const char *device)
{
	_cleanup_(freep) char *bound = NULL;
	int r = 0;

	if (nd_driver(fs, device, &bound) == 0)
		r = nd_unbind(fs, bound, device);
	return r < 0 ? r : nd_bind(fs, driver, device);
}

int label_reset(struct sysfs *fs, const struct seen_region *region, struct text *why)
{
	const char *failed = "releasing the region";
	_cleanup_(freep) char *driver = NULL;
	int r = 0;

	if (nd_driver(fs, region->name, &driver) == 0)
		r = nd_unbind(fs, driver, region->name);
	if (r == 0 && fs->live) {
		failed = "writing the label area";
		r = label_clear(region->dimm);
	}
	if (r == 0) {
		failed = "binding the DIMM";
		r = rebind(fs, "nvdimm", region->dimm);
	}
	if (r == 0) {
		failed = "binding the region";
		r = nd_bind(fs, "nd_region", region->name);
		nd_settle(fs);
	}
	if (r < 0)
		text_addf(why, "%s: %s", failed, strerror(-r));
	return r;
}
