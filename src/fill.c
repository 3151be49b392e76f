// SPDX-License-Identifier: GPL-2.0-or-later
#include "fill.h"

#include <string.h>

#include "btt.h"
#include "derive.h"
#include "format.h"
#include "infoblock.h"
#include "loop.h"
#include "spent.h"
#include "wipe.h"

/* Says why in words, unless somebody nearer to the cause has done so. Returns @r. */
static int failed(struct filling *f, int r, const char *what)
{
	if (r < 0 && !f->why->len)
		text_addf(f->why, "%s: %s", what, strerror(-r));
	return r;
}

struct zeroing fill_zeroing(const struct filling *f)
{
	return (struct zeroing){
		.dev = f->dev,
		.base = f->base,
		.where = f->step->where,
		.why = f->why,
	};
}

static int zero(struct filling *f)
{
	struct zeroing zeroing = fill_zeroing(f);

	return zero_space(&zeroing, f->step->ns->name, f->deadline);
}

int fill_wipe(struct filling *f)
{
	struct shape shape = shape_of(f->step->ns);
	_cleanup_(freep) struct sweep_part *parts = NULL;
	struct media media = {0};
	size_t n = 0;

	wipe_areas(f->dev, f->base, &shape, f->step->where, &media);
	blockdev_add_parts(f->dev, f->base, &media, &parts, &n);
	media_release(&media);
	blockdev_zero(parts, n, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].result == 0)
			continue;
		text_addf(f->why, "wiping signatures at physical address 0x%llx: %s",
			  (unsigned long long)(f->step->where.start + parts[i].failed_at - f->base),
			  strerror(-parts[i].result));
		return parts[i].result;
	}
	return 0;
}

/* The part of the space that will be the device, from its start; size 0 if it is no single one. */
static struct range device_of(const struct step *step)
{
	const struct layout_namespace *ns = step->ns;

	if (ns->mode == MODE_SECTOR)
		return btt_sectors(step->where.size, ns->sector_size);
	return (struct range){step->parts.data, step->parts.capacity};
}

static int format(struct filling *f)
{
	const struct layout_namespace *ns = f->step->ns;
	struct range part = device_of(f->step);
	struct loop loop;
	int r, detached;

	part.start += f->base;
	r = loop_attach(&loop, f->dev->fd, part, ns->mode == MODE_SECTOR ? ns->sector_size : 0);
	if (r == -ENOENT || r == -ENODEV || r == -ENXIO) {
		text_add(f->why, "there are no loop devices");
		r = -ENOTBLK;
	}
	if (r < 0)
		return failed(f, r, "attaching a loop device");
	r = format_device(ns, loop.path, ns->scrub, f->deadline, f->progress, f->why);
	detached = loop_detach(&loop);
	return r < 0 ? r : failed(f, detached, "writing the file system");
}

int fill_info(struct filling *f)
{
	struct shape shape = shape_of(f->step->ns);
	struct media media = {0};
	uuid_t uuid;
	int r = -EINVAL;

	derive_info_uuid(f->step->seed, f->step->ns, f->step->where.size, uuid);
	if (infoblock_format(&shape, f->step->where.start, f->step->where.size, f->step->ns->uuid,
			     uuid, &media))
		r = blockdev_write(f->dev, f->base, &media);
	media_release(&media);
	return failed(f, r, "writing the info block");
}

bool fill_can_format(const struct step *step)
{
	return step->ns->mode != MODE_SECTOR || (device_of(step).size && loop_exists());
}

static int clear(struct filling *f)
{
	SPENT(f->step->ns->scrub ? SPENT_SCRUB : SPENT_WIPE);

	return f->step->ns->scrub ? zero(f) : fill_wipe(f);
}

int fill_format(struct filling *f)
{
	return f->step->format && fill_can_format(f->step) ? format(f) : 0;
}

static int flush(struct filling *f)
{
	return failed(f, blockdev_flush(f->dev), "flushing");
}

static int format_alone(struct filling *f)
{
	SPENT(SPENT_MKFS);

	return fill_format(f);
}

int fill_space(struct filling *f)
{
	int r = clear(f);

	if (r == 0)
		r = format_alone(f);
	if (r == 0)
		r = fill_info(f);
	return r < 0 ? r : flush(f);
}
