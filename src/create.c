// SPDX-License-Identifier: GPL-2.0-or-later
#include "create.h"

#include <string.h>

#include "blockdev.h"
#include "fill.h"
#include "format.h"
#include "made.h"
#include "mem.h"
#include "nd.h"
#include "observe-nd.h"
#include "spent.h"
#include "takedown.h"
#include "watch.h"

/* The most fillers one namespace may need to come to its place. */
#define FILLERS_MAX 64

/* A namespace in the making. */
struct making {
	struct sysfs *fs;
	const struct step *step;
	deadline deadline;
	struct text *why;
	char *device; /* "namespace0.1" */
	char *fillers[FILLERS_MAX];
	size_t n_fillers;
	struct blockdev raw;
};

/* Says why in words, unless somebody nearer to the cause has done so. Returns @r. */
static int failed(struct making *m, int r, const char *what)
{
	if (r < 0 && !m->why->len)
		text_addf(m->why, "%s: %s", what, strerror(-r));
	return r;
}

static int set(struct making *m, const char *attribute, const char *value)
{
	return failed(m, nd_set(m->fs, m->device, attribute, value), attribute);
}

/* What the kernel calls the claim that the label announces (drivers/nvdimm/namespace_devs.c,
 * holder_class_store). */
static const char *holder_class(enum ns_mode mode)
{
	static const char *const classes[] = {
		[MODE_FSDAX] = "pfn",
		[MODE_DEVDAX] = "dax",
		[MODE_SECTOR] = "btt",
		[MODE_RAW] = NULL,
	};

	return classes[mode];
}

static int set_region_align(struct making *m)
{
	const struct seen_region *region = m->step->seen_region;
	struct range where = {m->step->where.start - region->range.start, m->step->where.size};

	return failed(m, nd_set_align(m->fs, region->name, &where, 1), "align of the region");
}

/*
 * The kernel may have missed the moment to offer a fresh seed: the first namespace of a region is
 * the seed until it has been bound, and it is made so only after it may have been
 * (drivers/nvdimm/namespace_devs.c, nd_region_register_namespaces). Bound once more, it is followed
 * by a fresh one. 0, or -errno with a sentence part in @m->why.
 */
static int renew_seed(struct making *m)
{
	const char *region = m->step->seen_region->name;
	_cleanup_(freep) char *seed = NULL;
	struct seen_region now;
	int r = -ENODEV;

	if (sysfs_read(m->fs, &seed, ND_DEVICES "/%s/namespace_seed", region) < 0)
		return r;
	nd_namespaces_observe(m->fs, m->step->seen_region, &now);
	for (size_t i = 0; i < now.n_namespaces; i++) {
		const struct seen_namespace *ns = &now.namespaces[i];

		if (strcmp(ns->device, seed) != 0)
			continue;
		r = takedown_namespace(m->fs, ns, m->why);
		if (r == TAKEDOWN_KEPT)
			text_addf(m->why, ": \"%s\", without which no other can be made now",
				  ns->name);
		else if (r == 0)
			r = failed(m, nd_enable(m->fs, ns->device, ns->holder),
				   "bringing up the seed again");
	}
	seen_region_release(&now);
	return r;
}

/* 0 and @m->device, a namespace that is nobody's yet; or -errno. */
static int find_seed(struct making *m)
{
	const char *region = m->step->seen_region->name;
	int r = nd_seed(m->fs, region, &m->device, m->why);

	if (r == -EEXIST)
		r = renew_seed(m);
	return r == 0 && !m->device ? nd_seed(m->fs, region, &m->device, m->why) : r;
}

/* Names a fresh seed and takes space with it: the first that fits, says the kernel, which sets
 * *@start. Nothing is on the label area before uuid and size are both set. */
static int take_space(struct making *m, uint64_t *start)
{
	const struct layout_namespace *ns = m->step->ns;
	char uuid[UUID_STR_LEN], scaffold[sizeof(SCAFFOLD_PREFIX) + UUID_STR_LEN];
	const char *class = holder_class(ns->mode);
	int r = find_seed(m);

	uuid_unparse_lower(ns->uuid, uuid);
	snprintf(scaffold, sizeof(scaffold), "%s%s", SCAFFOLD_PREFIX, uuid);
	if (r == 0)
		r = set(m, "alt_name", scaffold);
	if (r == 0 && class)
		r = set(m, "holder_class", class);
	if (r == 0)
		r = set(m, "uuid", uuid);
	if (r == 0)
		r = failed(m, nd_set_number(m->fs, m->device, "size", m->step->where.size), "size");
	if (r == 0 && m->fs->live)
		r = failed(m, nd_get_number(m->fs, m->device, "resource", start), "resource");
	return r;
}

/*
 * Makes a filler of the namespace that the kernel put at @start, before its place: it gets a uuid
 * of its own and ends where the place begins, or earlier, so that the next one comes closer. A
 * seed is followed by another only once it has been bound.
 */
static int make_filler(struct making *m, uint64_t start)
{
	uint64_t gap = m->step->where.start - start;
	char text[UUID_STR_LEN];
	uuid_t uuid;
	int r;

	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, text);
	r = set(m, "uuid", text);
	if (r == 0 && gap < m->step->where.size)
		r = failed(m, nd_set_number(m->fs, m->device, "size", gap), "size of a filler");
	if (r == 0)
		r = set(m, "force_raw", "1");
	if (r == 0)
		r = failed(m, nd_bind(m->fs, "nd_pmem", m->device), "bind a filler to nd_pmem");
	if (r == 0)
		m->fillers[m->n_fillers++] = TAKE_PTR(m->device);
	return r;
}

static void remove_fillers(struct making *m)
{
	while (m->n_fillers) {
		char *filler = m->fillers[--m->n_fillers];

		nd_unbind(m->fs, "nd_pmem", filler);
		nd_delete(m->fs, filler);
		free(filler);
	}
}

/* Takes the planned space, filling up what the kernel would choose before it. */
static int allocate(struct making *m)
{
	SPENT(SPENT_LABELS);
	WATCH("labelling namespace", m->step->ns->name);
	uint64_t start = 0;
	int r = set_region_align(m);

	while (r == 0) {
		r = take_space(m, &start);
		if (r < 0 || start == m->step->where.start || !m->fs->live)
			break;
		if (start > m->step->where.start || m->n_fillers == FILLERS_MAX) {
			text_addf(m->why, "the kernel put it at 0x%llx, not 0x%llx",
				  (unsigned long long)start,
				  (unsigned long long)m->step->where.start);
			r = -EREMOTEIO;
			break;
		}
		r = make_filler(m, start);
	}
	return r;
}

static int open_raw(struct making *m)
{
	WATCH("bringing up namespace", m->step->ns->name);
	_cleanup_(freep) char *block = NULL;
	int r = set(m, "force_raw", "1");

	if (r == 0)
		r = failed(m, nd_bind(m->fs, "nd_pmem", m->device), "bind to nd_pmem");
	if (r == 0)
		r = failed(m, nd_block(m->fs, m->device, &block), "its block device");
	if (r == 0)
		r = failed(m, blockdev_open(&m->raw, block), "opening its block device");
	return r;
}

/* Takes the namespace from its driver, or from @holder. */
static int unclaim(struct making *m, const char *holder)
{
	SPENT(SPENT_UNBIND);
	WATCH("taking down namespace", m->step->ns->name);

	return failed(m, nd_free(m->fs, m->device, holder), "unbind from nd_pmem");
}

/* The kernel refuses the namespace itself (ENXIO) when it finds what claims it, which is what is
 * wanted here: drivers/nvdimm/pmem.c, nd_pmem_probe. */
static int bind_by_contents(struct making *m)
{
	SPENT(SPENT_ENUMERATION);
	WATCH("bringing up namespace", m->step->ns->name);
	int r = set(m, "force_raw", "0");

	if (r == 0)
		r = nd_bind(m->fs, "nd_pmem", m->device);
	if (r == -ENXIO && holder_class(m->step->ns->mode))
		r = 0;
	nd_settle(m->fs);
	return failed(m, r, "bind to nd_pmem");
}

/* The file system of a BTT, through itself: still under the scaffold's name, and locked against
 * udev. */
static int format_btt(struct making *m)
{
	SPENT(SPENT_MKFS);
	_cleanup_(freep) char *holder = NULL, *block = NULL, *path = NULL;
	_cleanup_(closep) int lock = -1;
	int r = bind_by_contents(m);

	if (r == 0)
		r = failed(m, sysfs_read(m->fs, &holder, ND_DEVICES "/%s/holder", m->device),
			   "its BTT");
	if (r == 0)
		r = failed(m, nd_block(m->fs, holder, &block), "its BTT's block device");
	if (r < 0)
		return r;
	path = mem_printf("/dev/%s", block);
	lock = blockdev_lock(block);
	if (lock < 0)
		return failed(m, lock, "locking its BTT's block device");
	r = format_device(m->step->ns, path, m->step->ns->scrub, m->deadline, NULL, m->why);
	if (r == 0 && fsync(lock) < 0)
		r = failed(m, -errno, "writing the file system");
	return r < 0 ? r : unclaim(m, holder);
}

/* What bore its UUID before is gone, or it could not bear it. */
static int note(struct making *m)
{
	const struct layout_namespace *ns = m->step->ns;

	if (!m->fs->live || ns->survives == SURVIVES_RESET)
		return 0;
	return failed(m, made_note(m->fs, &ns->uuid, 1), "noting in " MADE_PATH " that it is made");
}

static int publish(struct making *m)
{
	int r = note(m);

	if (r == 0)
		r = set(m, "alt_name", m->step->ns->name);
	return r < 0 ? r : bind_by_contents(m);
}

/* All that is written into the namespace while it is a scaffold. */
static int fill(struct making *m)
{
	struct filling filling = {
		.step = m->step, .dev = &m->raw, .deadline = m->deadline, .why = m->why};
	int r = open_raw(m);

	if (r == 0)
		r = fill_space(&filling);
	if (r == 0)
		r = unclaim(m, NULL);
	blockdev_close(&m->raw);
	if (r == 0 && m->step->format && !fill_can_format(m->step))
		r = format_btt(m);
	return r;
}

/* A captured machine has no devices to be filled. */
static int make(struct making *m)
{
	int r = allocate(m);

	if (r == 0 && m->fs->live)
		r = fill(m);
	return r < 0 ? r : publish(m);
}

/* Leaves nothing behind: the space is free again, and so is the seed. */
static void undo(struct making *m)
{
	_cleanup_(freep) char *holder = NULL;

	if (!m->device)
		return;
	if (sysfs_read(m->fs, &holder, ND_DEVICES "/%s/holder", m->device) < 0 || !*holder)
		nd_free(m->fs, m->device, NULL);
	else
		nd_free(m->fs, m->device, holder);
	nd_delete(m->fs, m->device);
}

int create_namespace(struct sysfs *fs, const struct step *step, deadline d, struct text *why)
{
	struct making m = {
		.fs = fs,
		.step = step,
		.deadline = d,
		.why = why,
		.raw.fd = -1,
	};
	int r = make(&m);

	if (r < 0)
		undo(&m);
	remove_fillers(&m);
	free(m.device);
	return r;
}
