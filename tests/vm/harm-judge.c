/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be true after an apply, whatever was in the RAM before.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <json-c/json.h>
#include <linux/fs.h>

#include "harm.h"

#define RECREATED "scratch" /* of the layout, the one with on_conflict = "recreate" */

void add_text(char text[TEXT_MAX], const char *format, ...)
{
	size_t n = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + n, TEXT_MAX - n, format, args);
	va_end(args);
}

static struct json_object *get(struct json_object *parent, const char *key)
{
	return json_object_object_get(parent, key);
}

static void get_text(char *to, size_t size, struct json_object *parent, const char *key)
{
	const char *s = json_object_get_string(get(parent, key));

	snprintf(to, size, "%s", s ? s : "");
}

static uint64_t get_number(struct json_object *parent, const char *key)
{
	return json_object_get_uint64(get(parent, key));
}

static void read_namespace(struct json_object *json, struct places *places)
{
	struct place *p = &places->at[places->n];
	uint64_t start = get_number(json, "start");

	if (places->n == PLACES_MAX)
		return;
	places->n++;
	*p = (struct place){.start = start ? start - BASE : 0,
			    .size = get_number(json, "size"),
			    .raw = get_number(json, "raw_size")};
	get_text(p->name, sizeof(p->name), json, "name");
	get_text(p->mode, sizeof(p->mode), json, "mode");
	get_text(p->state, sizeof(p->state), json, "state");
	get_text(p->device, sizeof(p->device), json, "device");
	get_text(p->fs, sizeof(p->fs), get(json, "filesystem"), "type");
}

bool report_read(const char *path, struct report *report)
{
	struct json_object *root = json_object_from_file(path), *regions, *messages;

	memset(report, 0, sizeof(*report));
	if (!root)
		return false;
	report->status = (int)get_number(root, "status");
	regions = get(root, "regions");
	for (size_t r = 0; r < json_object_array_length(regions); r++) {
		struct json_object *list = get(json_object_array_get_idx(regions, r), "namespaces");

		for (size_t i = 0; i < json_object_array_length(list); i++)
			read_namespace(json_object_array_get_idx(list, i), &report->places);
	}
	messages = get(root, "messages");
	for (size_t i = 0; messages && i < json_object_array_length(messages); i++) {
		char level[16];

		get_text(level, sizeof(level), json_object_array_get_idx(messages, i), "level");
		report->complains |= !strcmp(level, "error") || !strcmp(level, "warning");
	}
	json_object_put(root);
	return true;
}

static bool is(const struct place *p, const char *state)
{
	return !strcmp(p->state, state);
}

static const struct place *find(const struct places *places, const char *name)
{
	for (size_t i = 0; i < places->n; i++)
		if (!strcmp(places->at[i].name, name))
			return &places->at[i];
	return NULL;
}

/* Whether the device of @p is there, and as large as reported. */
static bool is_there(const struct place *p)
{
	char path[128], text[32] = "";
	uint64_t size = 0;
	int fd;

	if (strcmp(p->mode, "devdax") != 0) {
		fd = open(p->device, O_RDONLY);
		if (fd < 0)
			return false;
		if (ioctl(fd, BLKGETSIZE64, &size))
			size = 0;
	} else {
		snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/size", p->device + 5);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			return false;
		if (read(fd, text, sizeof(text) - 1) > 0)
			size = strtoull(text, NULL, 0);
	}
	close(fd);
	return size == p->size;
}

/* Whether libblkid sees the file system @type on @device. */
static bool is_seen(const char *device, const char *type)
{
	char command[160], line[32] = "";
	FILE *f;

	snprintf(command, sizeof(command), "blkid -p -o value -s TYPE %s", device);
	f = popen(command, "r");
	if (f && fgets(line, sizeof(line), f))
		line[strcspn(line, "\n")] = '\0';
	if (f)
		pclose(f);
	return !strcmp(line, type);
}

/* Whether @p, adopted, is what it was when it was made. A superblock that has a checksum, as all
 * but that of vfat have, is either that or damaged. */
static void judge_adopted(const struct media *m, const struct place *p, char why[TEXT_MAX])
{
	const struct place *made = find(&m->known, p->name);
	struct extent super;

	if (!made || strcmp(made->mode, p->mode) != 0 || made->start != p->start ||
	    made->size != p->size || made->raw != p->raw) {
		add_text(why, "adopted: \"%s\", which is another\n", p->name);
		return;
	}
	super = place_super(made);
	if (memcmp(m->bytes + super.start, m->pristine + super.start, super.size) != 0 &&
	    !(!strcmp(made->fs, "vfat") && is_seen(p->device, "vfat")))
		add_text(why, "adopted: \"%s\", whose superblock is damaged\n", p->name);
}

void judge_report(const struct media *m, const struct report *report, int status,
		  char why[TEXT_MAX])
{
	const struct places *places = &report->places;

	if (status != 0 && status != 1 && status != 4 && status != 5)
		add_text(why, "status %d is none of apply's\n", status);
	if (report->status != status)
		add_text(why, "the report says status %d\n", report->status);
	if (status && !report->complains)
		add_text(why, "status %d, and nothing is said\n", status);
	for (size_t i = 0; i < places->n; i++) {
		const struct place *p = &places->at[i];
		bool there = is(p, "adopted") || is(p, "created");

		if (is(p, "adopted"))
			judge_adopted(m, p, why);
		if (there && !is_there(p))
			add_text(why, "%s: \"%s\", but its device is not so\n", p->state, p->name);
		if (!status && !there && !is(p, "foreign"))
			add_text(why, "status 0, but \"%s\" is %s\n", p->name, p->state);
	}
}

static bool lies_in(uint64_t at, uint64_t start, uint64_t size)
{
	return at >= start && at - start < size;
}

static bool holds(const struct places *places, uint64_t at, bool recreated)
{
	for (size_t i = 0; i < places->n; i++)
		if (lies_in(at, places->at[i].start, places->at[i].raw) &&
		    (!recreated || strcmp(places->at[i].name, RECREATED) != 0))
			return true;
	return false;
}

/* Whether @at is of a page map, which the kernel writes whenever it brings up what has one. */
static bool is_page_map(const struct media *m, const struct places *places, uint64_t at)
{
	for (size_t i = 0; i < places->n; i++) {
		uint64_t start = places->at[i].start;
		uint32_t mode;

		if (start > m->size - 2 * PAGE ||
		    !lies_in(at, start + 2 * PAGE, (2 << 20) - 2 * PAGE))
			continue;
		memcpy(&mode, m->bytes + start + PAGE + 0x48, 4);
		if (!memcmp(m->bytes + start + PAGE, "NVDIMM_", 7) && mode == 2)
			return true;
	}
	return false;
}

/* Those of @report that were made, or tried to be. */
static void made_of(const struct report *report, struct places *made)
{
	made->n = 0;
	for (size_t i = 0; i < report->places.n; i++) {
		const struct place *p = &report->places.at[i];

		if (is(p, "created") || (is(p, "failed") && p->raw))
			made->at[made->n++] = *p;
	}
}

/* That labels are still there, which others made; but for the one that may go. */
static void judge_labels(const struct media *m, const struct places *before, const uint8_t *after,
			 char why[TEXT_MAX])
{
	static struct places now;

	media_claims(m, after, &now);
	for (size_t i = 0; i < before->n; i++) {
		const struct place *p = &before->at[i], *same = NULL;

		for (size_t j = 0; j < now.n; j++)
			if (now.at[j].start == p->start && now.at[j].raw == p->raw &&
			    !strcmp(now.at[j].name, p->name))
				same = &now.at[j];
		if (!same && strcmp(p->name, RECREATED) != 0)
			add_text(why, "the label of \"%s\" at %#llx is gone\n", p->name,
				 (unsigned long long)p->start);
	}
}

/* Whether @at is of a BTT that is not as it was made: the kernel marks in its map the sectors that
 * cannot be read (btt.c, btt_read_pg). */
static bool is_lost_btt(const struct media *m, uint64_t at)
{
	const struct place *p = NULL;

	for (size_t i = 0; i < m->known.n; i++)
		if (lies_in(at, m->known.at[i].start, m->known.at[i].raw))
			p = &m->known.at[i];
	return p && !strcmp(p->mode, "sector") &&
	       !memcmp(m->bytes + p->start, "BTT_ARENA_INFO", 14) &&
	       memcmp(m->bytes + p->start, m->pristine + p->start, PAGE) != 0;
}

/* Whether apply had reason to write labels. */
static bool may_label(const struct report *report, bool index)
{
	bool may = !index;

	for (size_t i = 0; i < report->places.n; i++)
		may |= is(&report->places.at[i], "created") ||
		       is(&report->places.at[i], "failed") ||
		       (is(&report->places.at[i], "absent") &&
			!strcmp(report->places.at[i].name, RECREATED));
	return may;
}

void judge_memory(struct media *m, const struct report *report, const struct places *seen,
		  const uint8_t *after, char why[TEXT_MAX])
{
	static struct places claims, made;
	bool index = media_claims(m, m->bytes, &claims);
	const struct place *scratch;
	bool recreated, judged = false;

	made_of(report, &made);
	scratch = find(&made, RECREATED);
	recreated = scratch && is(scratch, "created");
	if (index)
		judge_labels(m, &claims, after, why);
	else
		claims = m->known;
	for (uint64_t page = 0; page < m->size; page += PAGE) {
		if (!memcmp(after + page, m->bytes + page, PAGE))
			continue;
		m->touched[page / PAGE] = true;
		for (uint64_t at = page; !judged && at < page + PAGE; at++) {
			bool labels = at >= m->size - LABEL_AREA;

			if (after[at] == m->bytes[at] || (labels && may_label(report, index)) ||
			    is_page_map(m, &m->known, at) || is_page_map(m, &claims, at) ||
			    is_lost_btt(m, at) ||
			    (!labels && holds(&made, at, false) && !holds(&claims, at, recreated) &&
			     !holds(seen, at, recreated)))
				continue;
			add_text(why, "byte %#llx was %#x and is %#x\n", (unsigned long long)at,
				 m->bytes[at], after[at]);
			judged = true;
		}
	}
}
