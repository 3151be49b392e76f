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

void known_labels(struct known *known, unsigned char *area, const struct seen_region *region)
{
	if (!area || !region->enabled) {
		free(area);
		return;
	}
	known->area = area;
	known->n_labels = label_area_sound(area, region->usable, &known->labels);
	for (size_t i = 0; i < known->n_labels; i++)
		index_add(&known->starts, &known->labels[i].where.start, sizeof(uint64_t));
}

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

void known_disks(struct known *known, const struct sysfs *fs)
{
	_cleanup_(text_release) struct text text = {0};
	char *rest, *line;

	if (!fs->live || sysfs_read_all(fs, &text, PARTITIONS_MAX, "proc/partitions") < 0)
		return;
	rest = text.s;
	while ((line = strsep(&rest, "\n")))
		add_disk(known, line);
}

bool known_namespace(const struct known *known, const struct seen_region *region,
		     struct seen_namespace *ns)
{
	uint64_t offset = ns->start - region->range.start;
	size_t i = index_first(&known->starts, &offset, sizeof(offset));
	const struct label *label;

	while (i != INDEX_NONE && known->labels[i].where.start != offset)
		i = index_next(&known->starts, i);
	if (i == INDEX_NONE || ns->start < region->range.start)
		return false;
	label = &known->labels[i];
	ns->raw = label->where.size;
	ns->name = mem_strdup(label->name);
	ns->has_uuid = true;
	uuid_copy(ns->uuid, label->uuid);
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

void known_release(struct known *known)
{
	for (size_t i = 0; i < known->n_disks; i++)
		free(known->disks[i].name);
	free(known->disks);
	free(known->labels);
	free(known->area);
	index_release(&known->starts);
	index_release(&known->names);
}
