// SPDX-License-Identifier: GPL-2.0-or-later
#include "cover.h"

#include <string.h>

#include "attribute.h"
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
	int r = sysfs_list_numbered(c->fs, "namespace", &names, &n, ND_DEVICES "/%s",
				    c->region->name);

	for (size_t i = 0; r == 0 && i < n && !c->device; i++) {
		_cleanup_(freep) char *device = mem_printf(ND_DEVICES "/%s", names[i]);
		_cleanup_(freep) char *text = attribute_text(c->fs, device, "alt_name");

		if (text && !strcmp(text, name) && attribute_uuid(c->fs, device, c->uuid))
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

/* The scaffold's UUID follows, and zeros to the end of the page. */
static const char mark[16] = "RAMDAX_FILLING";

static void set_marked(struct cover *c, bool marked)
{
	c->marked = marked;
	c->raw.spared = marked ? PAGE_BYTES : 0;
}

int cover_mark(struct cover *c)
{
	unsigned char page[PAGE_BYTES] = {0};
	struct media media = {0};
	int r;

	memcpy(page, mark, sizeof(mark));
	uuid_copy(page + sizeof(mark), c->uuid);
	media_write(&media, 0, page, sizeof(page));
	r = blockdev_write(&c->raw, 0, &media);
	media_release(&media);
	if (r == 0)
		r = blockdev_flush(&c->raw);
	set_marked(c, r == 0);
	return failed(c, r, "marking it");
}

bool cover_was_marked(struct cover *c)
{
	_Alignas(BLOCKDEV_ALIGN) unsigned char page[PAGE_BYTES];

	set_marked(c, blockdev_read(&c->raw, 0, page, sizeof(page)) == 0 &&
			      !memcmp(page, mark, sizeof(mark)) &&
			      !uuid_compare(page + sizeof(mark), c->uuid));
	return c->marked;
}

int cover_close(struct cover *c)
{
	int r = 0;

	if (c->raw.fd >= 0 || c->laid)
		r = failed(c, nd_free(c->fs, c->device, NULL), "unbind from nd_pmem");
	/* Once the labels are others, the device of this name is another's. */
	c->laid = false;
	blockdev_close(&c->raw);
	return r;
}

void cover_release(struct cover *c)
{
	SPENT(SPENT_UNBIND);

	if (c->device)
		cover_close(c);
	free(TAKE_PTR(c->device));
}
