// SPDX-License-Identifier: GPL-2.0-or-later
#include "label.h"

#include <fcntl.h>
#include <linux/ndctl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "blockdev.h"
#include "label-image.h"
#include "mem.h"
#include "nd.h"
#include "observe-labels.h"
#include "spent.h"
#include "takedown.h"
#include "watch.h"

/* The kernel takes more at once than it says it does (drivers/nvdimm/bus.c, ND_IOCTL_MAX_BUFLEN is
 * 4 MiB); a quarter of the area keeps the buffer small. */
#define CHUNK (32 * KIB)

/* Writes @n bytes to @offset of the label area of the DIMM open as @fd; zeros if @bytes is NULL.
 * 0 or -errno. */
static int write_chunk(int fd, uint64_t offset, const unsigned char *bytes, size_t n)
{
	/* The status follows the data. */
	_cleanup_(freep) struct nd_cmd_set_config_hdr *command =
		mem_calloc(1, sizeof(*command) + n + sizeof(uint32_t));

	command->in_offset = (uint32_t)offset;
	command->in_length = (uint32_t)n;
	if (bytes)
		memcpy(command->in_buf, bytes, n);
	return ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, command) < 0 ? -errno : 0;
}

static int write_piece(int fd, const struct media_piece *piece)
{
	for (uint64_t done = 0; done < piece->n; done += CHUNK) {
		uint64_t n = piece->n - done < CHUNK ? piece->n - done : CHUNK;
		int r = write_chunk(fd, piece->offset + done,
				    piece->bytes ? piece->bytes + done : NULL, n);

		if (r < 0)
			return r;
	}
	return 0;
}

static int write_area(const char *dimm, const struct media *area)
{
	SPENT(SPENT_LABELS);
	_cleanup_(freep) char *path = mem_printf("/dev/%s", dimm);
	_cleanup_(closep) int fd = open(path, O_RDWR | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = device_check(fd, dimm);
	for (size_t i = 0; r == 0 && i < area->n; i++)
		r = write_piece(fd, &area->pieces[i]);
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

static int failed(struct label_change *c, int r, const char *what)
{
	if (r < 0)
		text_addf(c->why, "%s: %s", what, strerror(-r));
	return r;
}

/* Has the DIMM's driver read the area. */
static void reread(struct sysfs *fs, struct label_change *c)
{
	if (c->result == 0)
		c->result = failed(c, rebind(fs, "nvdimm", c->region->dimm), "binding the DIMM");
}

/* Writes one area; the region is down then. */
static void write_one(struct sysfs *fs, struct label_change *c)
{
	c->result = takedown_region(fs, c->region, c->why);
	if (c->result == 0 && fs->live)
		c->result =
			failed(c, write_area(c->region->dimm, &c->area), "writing the label area");
	reread(fs, c);
}

/* Regions come up in the background; while one does, label areas are out of reach (drivers/nvdimm/
 * bus.c, nd_cmd_clear_to_send): so this comes after all of these are written. */
static void enumerate(struct sysfs *fs, struct label_change *changes, size_t n)
{
	SPENT(SPENT_ENUMERATION);
	WATCH("bringing up what labels say", NULL);

	for (size_t i = 0; i < n; i++) {
		struct label_change *c = &changes[i];

		if (c->result == 0)
			c->result = failed(c, nd_bind(fs, "nd_region", c->region->name),
					   "binding the region");
	}
	nd_settle(fs);
}

int label_read_again(struct sysfs *fs, const struct seen_region *region, struct text *why)
{
	struct label_change change = {.region = region, .why = why};

	reread(fs, &change);
	enumerate(fs, &change, 1);
	return change.result;
}

void label_replace_all(struct sysfs *fs, struct label_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (changes[i].result == 0)
			write_one(fs, &changes[i]);
	enumerate(fs, changes, n);
}

int label_replace(struct sysfs *fs, const struct seen_region *region, const struct media *area,
		  struct text *why)
{
	struct label_change change = {.region = region, .area = *area, .why = why};

	label_replace_all(fs, &change, 1);
	return change.result;
}

int label_reset(struct sysfs *fs, const struct seen_region *region, struct text *why)
{
	struct media area = {0};
	int r;

	/* Interrupted after its index, it is empty; without one, nobody knows what it is. */
	label_image(NULL, 0, &area);
	media_zero(&area, LABEL_INDEX_BYTES, LABEL_AREA_SIZE - LABEL_INDEX_BYTES);
	r = label_replace(fs, region, &area, why);
	media_release(&area);
	return r;
}

int label_drop_damaged(struct sysfs *fs, const struct seen_region *region, struct text *why)
{
	_cleanup_(freep) unsigned char *area = mem_calloc(1, LABEL_AREA_SIZE);
	struct media media = {0};
	int r = labels_read(region->dimm, area);

	if (r < 0) {
		text_addf(why, "reading the label area: %s", strerror(-r));
		return r;
	}
	label_area_drop_damaged(area, region->usable, &media);
	r = label_replace(fs, region, &media, why);
	media_release(&media);
	return r;
}
