// SPDX-License-Identifier: GPL-2.0-or-later
#include "wipe.h"

#include "signatures.h"
#include "zfs.h"

/* Whether there may be a label at @offset of the device. */
static bool has_label(const struct blockdev *dev, uint64_t offset)
{
	_Alignas(BLOCKDEV_ALIGN) unsigned char trace[ZFS_TRACE];

	return blockdev_read(dev, offset + ZFS_TRACE_OFFSET, trace, sizeof(trace)) < 0 ||
	       !media_is_zero(trace, sizeof(trace));
}

void wipe_areas(const struct blockdev *dev, uint64_t base, const struct shape *shape,
		struct range where, struct media *media)
{
	struct range device = signatures_device(shape, where);
	uint64_t labels[ZFS_LABELS];

	signatures_wipe(where, device, media);
	if (device.size < ZFS_SIZE_MIN)
		return;
	zfs_labels(device.size, labels);
	for (size_t i = 0; i < ZFS_LABELS; i++)
		if (has_label(dev, base + device.start + labels[i]))
			media_zero(media, device.start + labels[i], ZFS_LABEL);
}
