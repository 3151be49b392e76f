// SPDX-License-Identifier: GPL-2.0-or-later
#include "empty.h"

#include <string.h>

#include "btt.h"
#include "compare.h"
#include "infoblock.h"
#include "mem.h"
#include "nd.h"
#include "spent.h"
#include "takedown.h"
#include "watch.h"
#include "wipe.h"
#include "zero.h"

struct emptied {
	struct sysfs *fs;
	const struct seen_namespace *seen;
	deadline deadline;
	struct text *why;
	struct blockdev *raw; /* through which it is reached, */
	uint64_t base;        /* and where in that it begins */
};

/* Says why in words, unless somebody nearer to the cause has done so. Returns @r. */
static int failed(struct emptied *e, int r, const char *what)
{
	if (r < 0 && !e->why->len)
		text_addf(e->why, "%s: %s", what, strerror(-r));
	return r;
}

/* Takes its name from it. */
static int rename_scaffold(struct emptied *e)
{
	char uuid[UUID_STR_LEN], scaffold[sizeof(SCAFFOLD_PREFIX) + UUID_STR_LEN];

	uuid_unparse_lower(e->seen->uuid, uuid);
	snprintf(scaffold, sizeof(scaffold), "%s%s", SCAFFOLD_PREFIX, uuid);
	return failed(e, nd_set(e->fs, e->seen->device, "alt_name", scaffold), "alt_name");
}

static int open_raw(struct emptied *e)
{
	_cleanup_(freep) char *block = NULL;
	int r = failed(e, nd_set(e->fs, e->seen->device, "force_raw", "1"), "force_raw");

	if (r == 0)
		r = failed(e, nd_bind(e->fs, "nd_pmem", e->seen->device), "bind to nd_pmem");
	if (r == 0)
		r = failed(e, nd_block(e->fs, e->seen->device, &block), "its block device");
	if (r == 0)
		r = failed(e, blockdev_open(e->raw, block), "opening its block device");
	return r;
}

static int close_raw(struct emptied *e, int r)
{
	int freed = nd_free(e->fs, e->seen->device, NULL);

	blockdev_close(e->raw);
	return r < 0 ? r : failed(e, freed, "unbind from nd_pmem");
}

static int write_media(struct emptied *e, struct media *media, const char *what)
{
	int r = blockdev_write(e->raw, e->base, media);

	if (r == 0)
		r = blockdev_flush(e->raw);
	media_release(media);
	return failed(e, r, what);
}

static int zero(struct emptied *e)
{
	struct zeroing zeroing = {
		.dev = e->raw,
		.base = e->base,
		.where = {e->seen->start, e->seen->raw},
		.why = e->why,
	};

	return zero_space(&zeroing, e->seen->name, e->deadline);
}

/* Of one that is not enabled the kernel does not tell the shape: then the usual one. */
void empty_signatures(const struct seen_namespace *seen, const struct blockdev *dev, uint64_t base,
		      struct media *media)
{
	struct shape shape = shape_found(seen);

	if (!shape.align) {
		shape.align = PLACE_ALIGN;
		shape.map = MAP_DEV;
	}
	wipe_areas(dev, base, &shape, (struct range){seen->start, seen->raw}, media);
}

static int wipe_signatures(struct emptied *e)
{
	struct media media = {0};

	empty_signatures(e->seen, e->raw, e->base, &media);
	return write_media(e, &media, "wiping signatures");
}

/*
 * What makes it a namespace of its mode, to be written once all is zeroed. The info block of fsdax
 * and devdax is kept as it is. A BTT is made anew, with the same UUID: its map and log say which
 * sector is where, and in an empty one each is where it began.
 */
static int keep_info_block(struct emptied *e, struct media *media)
{
	_Alignas(BLOCKDEV_ALIGN) unsigned char area[INFOBLOCK_AREA];
	uint64_t raw;
	uuid_t parent;
	int r = failed(e, blockdev_read(e->raw, 0, area, sizeof(area)), "reading its info block");

	if (r < 0 || e->seen->mode == MODE_RAW)
		return r;
	if (!infoblock_find(area, parent, &raw))
		r = failed(e, -EUCLEAN, "its info block");
	else if (e->seen->mode != MODE_SECTOR)
		media_write(media, 0, area, sizeof(area));
	else if (!infoblock_is_btt2(area))
		r = failed(e, -EOPNOTSUPP, "its BTT is not of version 2.0");
	else
		btt_format(e->seen->raw, e->seen->sector_size, e->seen->holder_uuid, parent, media);
	return r;
}

/* ENXIO: the kernel found what claims it, and binds that (drivers/nvdimm/pmem.c, nd_pmem_probe). */
static int put_up(struct emptied *e)
{
	WATCH("bringing up namespace", e->seen->name);
	int r = failed(e, nd_set(e->fs, e->seen->device, "alt_name", e->seen->name), "alt_name");

	if (r == 0)
		r = failed(e, nd_set(e->fs, e->seen->device, "force_raw", "0"), "force_raw");
	if (r < 0)
		return r;
	r = nd_bind(e->fs, "nd_pmem", e->seen->device);
	nd_settle(e->fs);
	return r == -ENXIO && e->seen->mode != MODE_RAW ? 0 : failed(e, r, "bind to nd_pmem");
}

static int wipe(struct emptied *e, bool all)
{
	SPENT(all ? SPENT_SCRUB : SPENT_WIPE);

	return all ? zero(e) : wipe_signatures(e);
}

int empty_wipe(struct sysfs *fs, const struct step *step, deadline d, struct text *why)
{
	struct blockdev raw = {.fd = -1};
	struct emptied e = {.fs = fs, .seen = step->seen, .deadline = d, .why = why, .raw = &raw};
	int r = rename_scaffold(&e);

	if (r < 0 || !fs->live)
		return r;
	r = open_raw(&e);
	if (r == 0)
		r = wipe(&e, step->zero);
	return close_raw(&e, r);
}

int empty_scrub(struct sysfs *fs, const struct step *step, deadline d, struct text *why)
{
	struct blockdev raw = {.fd = -1};
	struct emptied e = {.fs = fs, .seen = step->seen, .deadline = d, .why = why, .raw = &raw};
	int r = takedown_namespace(fs, step->seen, why);
	struct media media = {0};
	bool known = true;

	if (r == 0)
		r = rename_scaffold(&e);
	if (r == 0 && fs->live) {
		r = open_raw(&e);
		if (r == 0)
			r = keep_info_block(&e, &media);
		known = r == 0;
		if (r == 0)
			r = zero(&e);
		if (r == 0)
			r = write_media(&e, &media, "writing its info block");
		media_release(&media);
		r = close_raw(&e, r);
	}
	/* What somebody uses was not touched; of what was not written to yet, it goes back to being
	 * what it was. */
	if (r < 0 && r != TAKEDOWN_KEPT && !known)
		put_up(&e);
	return r < 0 ? r : put_up(&e);
}
