// SPDX-License-Identifier: GPL-2.0-or-later
#include "nd.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "machine.h"
#include "mem.h"
#include "spent.h"
#include "watch.h"

#define STEP_MS 2

/* Whether a try that ended in @r is worth repeating; sleeps before the next one. */
static bool again(const struct sysfs *fs, int r, unsigned *waited)
{
	struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};

	if (!fs->live || (r != -ENOENT && r != -ENODEV) || *waited >= ND_PATIENCE_MS)
		return false;
	*waited += STEP_MS;
	nanosleep(&pause, NULL);
	return true;
}

void nd_settle(const struct sysfs *fs)
{
	SPENT(SPENT_ENUMERATION);
	WATCH("waiting for the kernel to find what labels say", NULL);
	char **names = NULL;
	size_t n = 0;

	if (!fs->live || sysfs_list_numbered(fs, "ndbus", &names, &n, ND_DEVICES) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *ignored = NULL;

		/* The read itself is what waits. */
		if (sysfs_read(fs, &ignored, ND_DEVICES "/%s/wait_probe", names[i]) < 0)
			continue;
	}
	sysfs_free_names(names, n);
}

int nd_set(struct sysfs *fs, const char *device, const char *attribute, const char *value)
{
	WATCH("writing to", device);
	unsigned waited = 0;
	int r;

	do
		r = sysfs_write(fs, value, ND_DEVICES "/%s/%s", device, attribute);
	while (again(fs, r, &waited));
	return r;
}

int nd_set_number(struct sysfs *fs, const char *device, const char *attribute, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	return nd_set(fs, device, attribute, digits);
}

int nd_get_number(const struct sysfs *fs, const char *device, const char *attribute, uint64_t *n)
{
	return sysfs_read_number(fs, n, ND_DEVICES "/%s/%s", device, attribute);
}

int nd_set_align(struct sysfs *fs, const char *region, const struct range *wheres, size_t n)
{
	uint64_t align = PLACE_ALIGN, now = 0;

	for (size_t i = 0; i < n; i++)
		while (align > PAGE_BYTES &&
		       !(is_aligned(wheres[i].start, align) && is_aligned(wheres[i].size, align)))
			align /= 2;
	if (nd_get_number(fs, region, "align", &now) == 0 && now == align)
		return 0;
	return nd_set_number(fs, region, "align", align);
}

int nd_bind(struct sysfs *fs, const char *driver, const char *device)
{
	WATCH("binding", device);
	unsigned waited = 0;
	int r;

	do
		r = sysfs_write(fs, device, ND_DRIVERS "/%s/bind", driver);
	while (again(fs, r, &waited));
	return r;
}

/* Whether @device, or what claims it, has a driver. */
static bool is_up(const struct sysfs *fs, const char *device)
{
	_cleanup_(freep) char *driver = NULL, *holder = NULL;

	if (sysfs_read(fs, &holder, ND_DEVICES "/%s/holder", device) < 0)
		return false;
	return nd_driver(fs, *holder ? holder : device, &driver) == 0;
}

int nd_unbind(struct sysfs *fs, const char *driver, const char *device)
{
	WATCH("unbinding", device);

	return sysfs_write(fs, device, ND_DRIVERS "/%s/unbind", driver);
}

int nd_driver(const struct sysfs *fs, const char *device, char **driver)
{
	return sysfs_read_link(fs, driver, ND_DEVICES "/%s/driver", device);
}

int nd_block(const struct sysfs *fs, const char *device, char **block)
{
	char **names = NULL;
	size_t n = 0;
	int r = sysfs_list(fs, &names, &n, ND_DEVICES "/%s/block", device);

	if (r < 0)
		return r;
	if (n)
		*block = mem_strdup(names[0]);
	sysfs_free_names(names, n);
	return n ? 0 : -ENOENT;
}

int nd_disable(struct sysfs *fs, const char *device, const char *holder)
{
	_cleanup_(freep) char *driver = NULL;
	int r = nd_driver(fs, holder ? holder : device, &driver);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return nd_unbind(fs, driver, holder ? holder : device);
}

int nd_detach(struct sysfs *fs, const char *holder)
{
	return nd_set(fs, holder, "namespace", "\n");
}

int nd_free(struct sysfs *fs, const char *device, const char *holder)
{
	int r = nd_disable(fs, device, holder);

	return r == 0 && holder ? nd_detach(fs, holder) : r;
}

/* Takes it from @holder, if that claims it without having a driver. 0 or -errno. */
static int detach_idle(struct sysfs *fs, const char *device, const char *holder)
{
	_cleanup_(freep) char *now = NULL, *driver = NULL;

	if (!holder || sysfs_read(fs, &now, ND_DEVICES "/%s/holder", device) < 0 ||
	    strcmp(now, holder) != 0 || nd_driver(fs, holder, &driver) == 0)
		return 0;
	return nd_detach(fs, holder);
}

/* ENXIO: the kernel found who claims it and binds that instead (drivers/nvdimm/pmem.c,
 * nd_pmem_probe). EBUSY: it was faster than we. */
int nd_enable(struct sysfs *fs, const char *device, const char *holder)
{
	int r = detach_idle(fs, device, holder);

	if (r == 0)
		r = nd_set(fs, device, "force_raw", "0");
	if (r == 0)
		r = nd_bind(fs, "nd_pmem", device);
	nd_settle(fs);
	return (r == -ENXIO || r == -EBUSY) && is_up(fs, device) ? 0 : r;
}

int nd_delete(struct sysfs *fs, const char *device)
{
	int r = nd_set_number(fs, device, "size", 0);

	/* What is left of it may become the next seed, or go away while this is written. */
	if (r == 0 && fs->live && sysfs_write(fs, "\n", ND_DEVICES "/%s/alt_name", device) == 0)
		(void)sysfs_write(fs, "\n", ND_DEVICES "/%s/holder_class", device);
	return r;
}

/* 0 if @seed is fresh; -ENODEV while it is not yet, or no longer, one; -EEXIST if it is a namespace
 * that exists; -EBUSY if it is taken. */
static int seed_state(struct sysfs *fs, const char *seed)
{
	_cleanup_(freep) char *uuid = NULL, *name = NULL;
	uint64_t size = 0;
	int r = nd_get_number(fs, seed, "size", &size);

	if (r == 0)
		r = sysfs_read(fs, &uuid, ND_DEVICES "/%s/uuid", seed);
	if (r < 0)
		return -ENODEV;
	if (size)
		return -EEXIST;
	if (!*uuid)
		return 0;
	if (sysfs_read(fs, &name, ND_DEVICES "/%s/alt_name", seed) == 0 &&
	    !strncmp(name, SCAFFOLD_PREFIX, strlen(SCAFFOLD_PREFIX)) && nd_delete(fs, seed) == 0)
		return -ENODEV;
	return -EBUSY;
}

static void say_no_seed(struct sysfs *fs, const char *region, int r, struct text *why)
{
	_cleanup_(freep) char *seed = NULL, *uuid = NULL, *name = NULL;

	if (why->len)
		return;
	if (r != -EBUSY || sysfs_read(fs, &seed, ND_DEVICES "/%s/namespace_seed", region) < 0) {
		text_addf(why, "no fresh namespace in the region: %s", strerror(-r));
		return;
	}
	text_addf(why, "the region's fresh namespace \"%s\" was begun by somebody else", seed);
	if (sysfs_read(fs, &uuid, ND_DEVICES "/%s/uuid", seed) == 0 && *uuid)
		text_addf(why, ", uuid %s", uuid);
	if (sysfs_read(fs, &name, ND_DEVICES "/%s/alt_name", seed) == 0 && *name)
		text_addf(why, ", name \"%s\"", name);
}

int nd_seed(struct sysfs *fs, const char *region, char **seed, struct text *why)
{
	unsigned waited = 0;
	int r;

	for (;;) {
		_cleanup_(freep) char *name = NULL;

		r = sysfs_read(fs, &name, ND_DEVICES "/%s/namespace_seed", region);
		if (r == 0)
			r = *name ? seed_state(fs, name) : -ENODEV;
		if (r == 0) {
			*seed = TAKE_PTR(name);
			return 0;
		}
		/* While all is being probed, it is so for a moment. */
		if (waited % 100 == 0)
			nd_settle(fs);
		if (r == -EEXIST && waited >= ND_STALE_MS)
			return r;
		if (again(fs, -ENODEV, &waited))
			continue;
		say_no_seed(fs, region, r, why);
		return r;
	}
}
