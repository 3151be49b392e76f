// SPDX-License-Identifier: GPL-2.0-or-later
#include "observe-labels.h"

#include <fcntl.h>
#include <linux/ndctl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "blockdev.h"
#include "label-image.h"
#include "mem.h"

/* How often labels are read that somebody is writing. */
#define ATTEMPTS 16

/* The bytes from @from to @to. */
static int read_part(int fd, size_t from, size_t to, unsigned char *area)
{
	_cleanup_(freep) struct nd_cmd_get_config_data_hdr *command =
		mem_calloc(1, sizeof(*command) + to - from);

	command->in_offset = (uint32_t)from;
	command->in_length = (uint32_t)(to - from);
	if (ioctl(fd, ND_IOCTL_GET_CONFIG_DATA, command) < 0)
		return -errno;
	if (command->status)
		return -EIO;
	memcpy(area + from, command->out_buf, to - from);
	return 0;
}

/* What the index blocks in @area say is used. The kernel copies what is asked for three times. 0,
 * or -errno: -EAGAIN if they are others by then. */
static int read_labels(int fd, unsigned char *area)
{
	unsigned char index[LABEL_INDEX_BYTES];
	size_t extent = label_area_extent(area);
	int r;

	if (extent == LABEL_INDEX_BYTES)
		return 0;
	r = read_part(fd, LABEL_INDEX_BYTES, extent, area);
	if (r == 0)
		r = read_part(fd, 0, LABEL_INDEX_BYTES, index);
	if (r == 0 && memcmp(index, area, sizeof(index)) != 0)
		r = -EAGAIN;
	return r;
}

int labels_read(const char *dimm, unsigned char *area)
{
	_cleanup_(freep) char *path = mem_printf("/dev/%s", dimm);
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : device_check(fd, dimm);

	if (r < 0)
		return r;
	for (int left = ATTEMPTS; left; left--) {
		r = read_part(fd, 0, LABEL_INDEX_BYTES, area);
		if (r == 0)
			r = read_labels(fd, area);
		if (r != -EAGAIN)
			break;
	}
	return r;
}

/* What must be kept because of a damaged label. One that was made to lie outside takes nothing of
 * the region; of one that says nothing credible it could be all. */
static struct range reserved_for(const struct seen_region *region,
				 const struct damaged_label *label)
{
	struct range where = label->where;

	if (label->credible && where.start >= region->usable)
		return (struct range){region->usable, 0};
	if (!where.size || where.start >= region->usable ||
	    where.size > region->usable - where.start)
		return (struct range){0, region->usable};
	return where;
}

static void add_damaged(struct seen_region *region, const struct damaged_label *label)
{
	struct seen_namespace *ns = MEM_APPEND(region->namespaces, region->n_namespaces);
	struct range where = reserved_for(region, label);

	*ns = (struct seen_namespace){
		.device = mem_printf("label slot %u", label->slot),
		.fault = mem_strdup(label->fault),
		.name = mem_strdup(label->name),
		.has_uuid = !uuid_is_null(label->uuid),
		.start = region->range.start + where.start,
		.raw = where.size,
	};
	uuid_copy(ns->uuid, label->uuid);
}

/* Of a region that is up the kernel tells, unless its index is lost. */
static void add_traces(struct seen_region *region, const unsigned char *area)
{
	struct label *labels = NULL;
	size_t n = 0;

	if (!region->enabled || region->labels == LABELS_LOST)
		n = label_area_traces(area, &labels);
	for (size_t i = 0; i < n; i++) {
		struct seen_namespace *trace = MEM_APPEND(region->traces, region->n_traces);

		*trace = (struct seen_namespace){.name = mem_strdup(labels[i].name),
						 .has_uuid = true};
		uuid_copy(trace->uuid, labels[i].uuid);
	}
	free(labels);
}

unsigned char *labels_area(const struct sysfs *fs, const struct seen_region *region)
{
	_cleanup_(freep) unsigned char *area = mem_calloc(1, LABEL_AREA_SIZE);

	if (!fs->live || !region->dimm || sysfs_note(fs, labels_read(region->dimm, area)) < 0)
		return NULL;
	return TAKE_PTR(area);
}

unsigned char *labels_observe(const struct sysfs *fs, struct seen_region *region)
{
	_cleanup_(freep) unsigned char *area = labels_area(fs, region);
	struct damaged_label *damaged = NULL;
	size_t n;

	region->labels = LABELS_UNKNOWN;
	if (!area)
		return NULL;
	region->labels = label_area_state(area);
	region->startable = !region->enabled && !label_area_refused(area);
	add_traces(region, area);
	/* Of a region that is not up nothing is known at all. */
	n = region->enabled ? label_area_damaged(area, region->usable, &damaged) : 0;
	for (size_t i = 0; i < n; i++)
		add_damaged(region, &damaged[i]);
	free(damaged);
	return TAKE_PTR(area);
}
