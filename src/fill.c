// SPDX-License-Identifier: GPL-2.0-or-later
#include "fill.h"

#include <string.h>

#include "format.h"
#include "infoblock.h"
#include "loop.h"
#include "zero.h"

/* Says why in words, unless somebody nearer to the cause has done so. Returns @r. */
static int failed(struct filling *f, int r, const char *what)
{
	if (r < 0 && !f->why->len)
		text_addf(f->why, "%s: %s", what, strerror(-r));
	return r;
}

static int zero(struct filling *f)
{
	struct zeroing zeroing = {
		.dev = f->dev,
		.base = f->base,
		.where = f->step->where,
		.name = f->step->ns->name,
		.deadline = f->deadline,
		.why = f->why,
	};

	return zero_space(&zeroing);
}

static int wipe(struct filling *f)
{
	struct shape shape = shape_of(f->step->ns);
	struct media media = {0};
	int r;

	infoblock_wipe(&shape, f->step->where.start, f->step->where.size, &media);
	r = blockdev_write(f->dev, f->base, &media);
	media_release(&media);
	return failed(f, r, "wiping signatures");
}

/* In the part of the space that will be the device. */
static int format(struct filling *f)
{
	const struct layout_namespace *ns = f->step->ns;
	struct range part = {f->base + f->step->parts.data, f->step->parts.capacity};
	struct loop loop;
	int r, detached;

	r = failed(f, loop_attach(&loop, f->dev->fd, part), "attaching a loop device");
	if (r < 0)
		return r;
	r = format_device(ns, loop.path, ns->scrub, f->deadline, f->why);
	detached = loop_detach(&loop);
	return r < 0 ? r : failed(f, detached, "writing the file system");
}

static int write_info_block(struct filling *f)
{
	struct shape shape = shape_of(f->step->ns);
	struct media media = {0};
	int r = -EINVAL;

	if (infoblock_format(&shape, f->step->where.start, f->step->where.size, f->step->ns->uuid,
			     f->step->info_uuid, &media))
		r = blockdev_write(f->dev, f->base, &media);
	media_release(&media);
	return failed(f, r, "writing the info block");
}

bool fill_can_format(const struct step *step)
{
	return step->ns->mode != MODE_SECTOR;
}

int fill_space(struct filling *f)
{
	int r = f->step->ns->scrub ? zero(f) : wipe(f);

	if (r == 0 && f->step->format && fill_can_format(f->step))
		r = format(f);
	return r < 0 ? r : write_info_block(f);
}
