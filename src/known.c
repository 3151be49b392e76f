// SPDX-License-Identifier: GPL-2.0-or-later
#include "known.h"

#include <string.h>

#include "mem.h"

/* Of which a line takes about 30 bytes. */
#define PARTITIONS_MAX (4 * MIB)

struct disk {
	char *name;
	uint64_t bytes;
};

/* "   8        0   10485760 sda": major and minor number, blocks of 1 KiB, name
 * (block/genhd.c, show_partition). */
static void add_disk(struct known *known, char *line)
{
	char *words[4] = {NULL}, *word;
	size_t n = 0, i = known->n_disks;
	uint64_t blocks;

	while (n < ARRAY_SIZE(words) && (word = strsep(&line, " ")))
		if (*word)
			words[n++] = word;
	if (n < ARRAY_SIZE(words) || number_parse(words[2], &blocks) < 0 ||
	    blocks > UINT64_MAX / KIB)
		return;
	*MEM_APPEND(known->disks, known->n_disks) =
		(struct disk){mem_strdup(words[3]), blocks * KIB};
	index_add(&known->names, known->disks[i].name, strlen(known->disks[i].name));
}

static void disks_observe(struct known *known, const struct sysfs *fs)
{
	_cleanup_(text_release) struct text text = {0};
	char *rest, *line;

	if (sysfs_read_all(fs, &text, PARTITIONS_MAX, "proc/partitions") < 0)
		return;
	rest = text.s;
	while ((line = strsep(&rest, "\n")))
		add_disk(known, line);
}

void known_observe(struct known *known, const struct sysfs *fs, const struct iomem *iomem)
{
	if (!fs->live)
		return;
	disks_observe(known, fs);
	if (!iomem->known)
		return;
	known->iomem = iomem;
	for (size_t i = 0; i < iomem->n_claims; i++)
		index_add(&known->claims, iomem->claims[i].name, strlen(iomem->claims[i].name));
}

bool known_start(const struct known *known, const char *device, uint64_t *start)
{
	size_t i = index_first(&known->claims, device, strlen(device));

	while (i != INDEX_NONE && strcmp(known->iomem->claims[i].name, device) != 0)
		i = index_next(&known->claims, i);
	if (i == INDEX_NONE)
		return false;
	*start = known->iomem->claims[i].start;
	return true;
}

bool known_disk(const struct known *known, const char *name, uint64_t *bytes)
{
	size_t i = index_first(&known->names, name, strlen(name));

	while (i != INDEX_NONE && strcmp(known->disks[i].name, name) != 0)
		i = index_next(&known->names, i);
	if (i == INDEX_NONE)
		return false;
	*bytes = known->disks[i].bytes;
	return true;
}

bool known_shape(const struct known *known, const struct seen_namespace *ns, struct shape *shape)
{
	struct parts parts;

	return known->written.tell && known->written.tell(known->written.context, ns, shape) &&
	       shape->mode == ns->mode && capacity_parts(shape, ns->start, ns->raw, &parts) &&
	       parts.capacity == ns->capacity;
}

void known_release(struct known *known)
{
	for (size_t i = 0; i < known->n_disks; i++)
		free(known->disks[i].name);
	free(known->disks);
	index_release(&known->names);
	index_release(&known->claims);
}

void known_labels_take(struct known_labels *labels, unsigned char *area,
		       const struct seen_region *region)
{
	if (!area || !region->enabled) {
		free(area);
		return;
	}
	labels->area = area;
	labels->n = label_area_sound(area, region->usable, &labels->items);
	for (size_t i = 0; i < labels->n; i++)
		index_add(&labels->starts, &labels->items[i].where.start, sizeof(uint64_t));
}

bool known_namespace(const struct known_labels *labels, const struct seen_region *region,
		     struct seen_namespace *ns)
{
	uint64_t offset = ns->start - region->range.start;
	size_t i = index_first(&labels->starts, &offset, sizeof(offset));
	const struct label *label;

	while (i != INDEX_NONE && labels->items[i].where.start != offset)
		i = index_next(&labels->starts, i);
	if (i == INDEX_NONE || ns->start < region->range.start)
		return false;
	label = &labels->items[i];
	ns->raw = label->where.size;
	ns->name = mem_strdup(label->name);
	ns->has_uuid = true;
	uuid_copy(ns->uuid, label->uuid);
	return true;
}

void known_labels_release(struct known_labels *labels)
{
	free(labels->items);
	free(labels->area);
	index_release(&labels->starts);
}
