// SPDX-License-Identifier: GPL-2.0-or-later
#include "cover.h"

#include <string.h>

#include "capacity.h"
#include "label-image.h"
#include "label.h"
#include "mem.h"
#include "nd.h"
#include "spent.h"

static int failed(struct cover *c, int r, const char *what)
{
	if (r < 0 && !c->why->len)
		text_addf(c->why, "%s: %s", what, strerror(-r));
	return r;
}

/* The scaffold @name that is there, from now on or from an earlier run. 0 or -ENOENT. */
static int find(struct cover *c, const char *name)
{
	char **names = NULL;
	size_t n = 0;
	int r = sysfs_list(c->fs, &names, &n, ND_DEVICES "/%s", c->region->name);

	for (size_t i = 0; r == 0 && i < n && !c->device; i++) {
		_cleanup_(freep) char *text = NULL;

		if (!strncmp(names[i], "namespace", strlen("namespace")) &&
		    sysfs_read(c->fs, &text, ND_DEVICES "/%s/alt_name", names[i]) == 0 &&
		    !strcmp(text, name))
			c->device = mem_strdup(names[i]);
	}
	sysfs_free_names(names, n);
	return c->device ? 0 : -ENOENT;
}

/*
 * Its label announces a page map, which it does not have: so the kernel looks for one that bears
 * the scaffold's own UUID, and for no BTT.
 */
static int lay(struct cover *c, const char *name)
{
	struct label label = {.name = name,
			      .mode = MODE_FSDAX,
			      .where = {0, align_down(c->region->usable, PAGE_BYTES)}};
	struct media area = {0};
	int r;

	if (find(c, name) == 0)
		return 0;
	uuid_generate_random(label.uuid);
	label_image(&label, 1, &area);
	r = label_replace(c->fs, c->region, &area, c->why);
	c->laid = r == 0;
	media_release(&area);
	return r < 0 ? r : failed(c, find(c, name), "the scaffold over the region");
}

int cover_lay(struct cover *c, const char *name)
{
	_cleanup_(freep) char *block = NULL;
	int r;

	c->raw.fd = -1;
	r = lay(c, name);
	if (r == 0 && nd_block(c->fs, c->device, &block) < 0) {
		r = failed(c, nd_set(c->fs, c->device, "force_raw", "1"), "force_raw");
		if (r == 0)
			r = failed(c, nd_bind(c->fs, "nd_pmem", c->device), "bind to nd_pmem");
		if (r == 0)
			r = failed(c, nd_block(c->fs, c->device, &block), "its block device");
	}
	return r < 0 ? r : failed(c, blockdev_open(&c->raw, block), "opening its block device");
}

int cover_close(struct cover *c)
{
	SPENT(SPENT_UNBIND);
	int r = 0;

	if (c->raw.fd >= 0 || c->laid)
		r = failed(c, nd_free(c->fs, c->device, NULL), "unbind from nd_pmem");
	blockdev_close(&c->raw);
	return r;
}

void cover_release(struct cover *c)
{
	if (c->device)
		cover_close(c);
	free(TAKE_PTR(c->device));
}
