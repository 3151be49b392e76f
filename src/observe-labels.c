// SPDX-License-Identifier: GPL-2.0-or-later
#include "observe-labels.h"

#include <fcntl.h>
#include <linux/ndctl.h>
#include <sys/ioctl.h>

#include "label-image.h"
#include "mem.h"

void labels_observe(const struct sysfs *fs, struct seen_region *region)
{
	_cleanup_(freep) struct nd_cmd_get_config_data_hdr *command =
		mem_calloc(1, sizeof(*command) + LABEL_AREA_SIZE);
	_cleanup_(freep) char *path = mem_printf("/dev/%s", region->dimm ? region->dimm : "");
	_cleanup_(closep) int fd = -1;

	region->labels = LABELS_UNKNOWN;
	if (!fs->live || !region->dimm)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	command->in_length = LABEL_AREA_SIZE;
	if (fd >= 0 && ioctl(fd, ND_IOCTL_GET_CONFIG_DATA, command) >= 0 && !command->status)
		region->labels = label_area_state(command->out_buf);
}
