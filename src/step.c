// SPDX-License-Identifier: GPL-2.0-or-later
#include "step.h"

#include <string.h>

#include "blockdev.h"
#include "create.h"
#include "empty.h"
#include "format.h"
#include "label.h"
#include "mem.h"
#include "nd.h"
#include "needs.h"
#include "probe-fs.h"
#include "remains.h"
#include "run.h"
#include "spent.h"
#include "takedown.h"
#include "watch.h"
#include "zeroed.h"

const char *step_object(const struct step *step)
{
	if (step->ns)
		return step->ns->name;
	if (step->planned)
		return step->region->name;
	if (step->seen)
		return step->seen->device;
	return step->device->name;
}

static int set_override(struct sysfs *fs, const struct seen_device *d)
{
	return sysfs_write(fs, "ramdax", "sys/bus/platform/devices/%s/driver_override", d->name);
}

static bool is_loaded(const struct sysfs *fs, const char *module)
{
	_cleanup_(freep) char *state = NULL;

	return sysfs_read(fs, &state, "sys/module/%s/initstate", module) == 0 &&
	       !strcmp(state, "live");
}

/* Failing to load one that the kernel has built in, or does not need, shows when it is missed. */
bool step_load_modules(const struct sysfs *fs, const struct layout *layout)
{
	SPENT(SPENT_MODULES);
	_cleanup_(text_release) struct text output = {0};
	struct needs needs = needs_of(layout);
	const char **argv = mem_calloc(needs.n_modules + 4, sizeof(*argv));
	struct progress progress;
	int status = 0, r = 0;
	size_t n = 0;

	argv[n++] = "modprobe";
	argv[n++] = "-q";
	argv[n++] = "-a";
	for (size_t i = 0; i < needs.n_modules; i++)
		if (!is_loaded(fs, needs.modules[i]))
			argv[n++] = needs.modules[i];
	progress = progress_start("loading kernel modules", NULL);
	if (n > 3)
		r = run_program(argv, NO_DEADLINE, &progress, &output, &status);
	progress_end(&progress);
	if (r < 0)
		diag_debug("modprobe: %s", r == -EIO ? run_last_line(&output) : strerror(-r));
	free(argv);
	needs_release(&needs);
	return n > 3;
}

/* Another driver may have been told to bind it by the loading alone: EBUSY, and it is bound. */
static int bind_device(struct sysfs *fs, const struct seen_device *d, struct text *why)
{
	SPENT(SPENT_BIND);
	WATCH("binding device", d->name);
	_cleanup_(freep) char *driver = NULL;
	int r = sysfs_write(fs, d->name, "sys/bus/platform/drivers/ramdax/bind");

	if (r == -EBUSY &&
	    sysfs_read_link(fs, &driver, "sys/bus/platform/devices/%s/driver", d->name) == 0 &&
	    !strcmp(driver, "ramdax"))
		r = 0;
	if (r == -ENOENT)
		text_add(why, "the ramdax driver could not be loaded");
	nd_settle(fs);
	return r;
}

/* One that is enabled only lacked the module of its device, whose loading binds it (EBUSY), or
 * somebody has taken it from that: daxctl disable-device. */
static int enable(struct sysfs *fs, const struct seen_namespace *seen, struct text *why)
{
	WATCH("enabling namespace", seen->name);
	int r = takedown_is_same(fs, seen, why);

	if (r < 0)
		return r;
	if (!seen->enabled)
		return nd_enable(fs, seen->device, seen->holder);
	nd_settle(fs);
	if (!fs->live)
		return 0;
	r = sysfs_write(fs, seen->chardev, "sys/bus/dax/drivers/device_dax/bind");
	if (r == -ENOENT)
		text_add(why, "the device_dax driver could not be loaded");
	return r == -EBUSY ? 0 : r;
}

/* Whether what an interrupted run left is all that is there still. */
static bool is_still_unfinished(const struct sysfs *fs, const struct seen_namespace *seen)
{
	struct seen_filesystem now;
	bool same;

	fs_probe(fs, seen->block, false, &now);
	same = now.state == SEEN_INCOMPLETE && now.uuid && seen->fs.uuid &&
	       !strcmp(now.uuid, seen->fs.uuid);
	free(now.type);
	free(now.uuid);
	free(now.label);
	return same;
}

/* The plan may be old, and nothing but what it found says that this may be formatted. 0, or
 * TAKEDOWN_KEPT. */
static int may_format(const struct sysfs *fs, const struct seen_namespace *seen, struct text *why)
{
	if (seen->fs.state == SEEN_NONE ? zeroed(fs, seen->block) : is_still_unfinished(fs, seen))
		return 0;
	text_add(why, seen->fs.state == SEEN_NONE
			      ? "something has been written to it since it was scrubbed"
			      : "it does not hold any more what an interrupted run left");
	return TAKEDOWN_KEPT;
}

static int finish_format(struct sysfs *fs, const struct step *step, deadline d, struct text *why)
{
	SPENT(SPENT_MKFS);
	_cleanup_(freep) char *path = mem_printf("/dev/%s", step->seen->block);
	_cleanup_(closep) int lock = -1;
	int r = takedown_is_free(fs, step->seen, why);

	/* A captured machine has no devices of its own: those of this name are not its. */
	if (r < 0 || !fs->live)
		return r;
	lock = blockdev_lock(step->seen->block);
	if (lock < 0)
		return lock;
	r = may_format(fs, step->seen, why);
	return r < 0 ? r : format_device(step->ns, path, step->ns->scrub, d, NULL, why);
}

static int start(struct sysfs *fs, const struct seen_region *region, struct text *why)
{
	int r = takedown_is_same_region(fs, region, why);

	return r < 0 ? r : label_read_again(fs, region, why);
}

int step_do(struct sysfs *fs, const struct step *step, deadline d, struct text *why)
{
	switch (step->kind) {
	case STEP_OVERRIDE:
		return set_override(fs, step->device);
	case STEP_RELEASE:
		return takedown_device(fs, step->device, why);
	case STEP_BIND:
		return bind_device(fs, step->device, why);
	case STEP_START:
		return start(fs, step->seen_region, why);
	case STEP_RESET:
		return label_reset(fs, step->seen_region, why);
	case STEP_DROP:
		return label_drop_damaged(fs, step->seen_region, why);
	case STEP_REPAIR:
		return remains_repair(fs, step, why);
	case STEP_ENABLE:
		return enable(fs, step->seen, why);
	case STEP_CREATE:
		return create_namespace(fs, step, d, why);
	case STEP_FORMAT:
		return finish_format(fs, step, d, why);
	case STEP_SCRUB:
		return empty_scrub(fs, step, d, why);
	case STEP_LOOK:  /* remains.h */
	case STEP_CLEAR: /* these in groups: raze.h */
	case STEP_DESTROY:
	case STEP_WIPE:
		break;
	}
	return -EINVAL;
}

void step_say_done(const struct step *step)
{
	const struct layout_namespace *ns = step->ns;

	switch (step->kind) {
	case STEP_CREATE:
		diag_notice("created namespace \"%s\": %s, %s%s%s (in RAM: gone at power off)",
			    ns->name, mode_name(ns->mode), SIZE_EXACT(step->parts.capacity),
			    step->format ? " with " : "", step->format ? fs_name(ns->fs.type) : "");
		break;
	case STEP_FORMAT:
		diag_notice("made %s in namespace \"%s\"", fs_name(ns->fs.type), ns->name);
		break;
	case STEP_RELEASE:
		diag_notice("released device \"%s\" from driver \"%s\"", step->device->name,
			    step->device->driver);
		break;
	case STEP_BIND:
		diag_notice("bound device \"%s\" to ramdax", step->device->name);
		break;
	case STEP_ENABLE:
		diag_notice("enabled namespace \"%s\"", ns->name);
		break;
	case STEP_CLEAR:
		diag_notice("removed \"%s\", which an interrupted run left unfinished",
			    step->seen->name);
		break;
	case STEP_DESTROY:
		diag_notice("destroyed namespace \"%s\": %s",
			    *step->seen->name ? step->seen->name : step->seen->device,
			    step->reason);
		break;
	case STEP_START:
		diag_notice("started region \"%s\"", step->region->name);
		break;
	case STEP_RESET:
		diag_notice("emptied the label area of region \"%s\"", step->region->name);
		break;
	case STEP_WIPE:
		diag_notice("wiped namespace \"%s\"%s", step->seen->name,
			    step->zero ? ": all of it was zeroed" : "");
		break;
	case STEP_SCRUB:
		diag_notice("scrubbed namespace \"%s\": all of it was zeroed", step->seen->name);
		break;
	case STEP_DROP:
		diag_notice("dropped the damaged labels of region \"%s\"", step->region->name);
		break;
	case STEP_LOOK:
		diag_debug("looked whether region \"%s\" is empty", step->region->name);
		break;
	case STEP_REPAIR:
		diag_notice("made the labels of region \"%s\" anew, around its data",
			    step->region->name);
		break;
	case STEP_OVERRIDE:
		diag_debug("reserved device \"%s\" for ramdax", step->device->name);
		break;
	}
}

void step_say_failed(const struct layout *layout, const struct failure *failure)
{
	const struct step *step = failure->step;
	unsigned line = step->ns ? step->ns->line : step->region ? step->region->line : 0;
	const char *what = step->ns        ? "namespace"
			   : step->seen    ? "namespace device"
			   : step->planned ? "region"
					   : "device";
	_cleanup_(text_release) struct text text = {0};

	text_addf(&text, "cannot %s %s \"%s\": %s", step_name(step->kind), what, step_object(step),
		  failure->why);
	if (line)
		text_addf(&text, " (%s:%u)", LAYOUT_AT(&layout->files, line));
	text_add(&text, "; ");
	remedy_add(failure, &text);
	diag_error("%s", text_str(&text));
}
