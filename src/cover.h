/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One raw scaffold over all of a region, through which every byte of it can be reached at once.
 * What namespaces the labels told of is gone with it, their contents are not: the region must be
 * empty, or have been looked at, or be disposable.
 */
#ifndef RAMDAX_COVER_H
#define RAMDAX_COVER_H

#include "blockdev.h"
#include "capacity.h"
#include "machine.h"
#include "sysfs.h"
#include "text.h"

struct cover {
	struct sysfs *fs;
	const struct seen_region *region;
	struct text *why; /* of what failed, unless somebody has said it already */
	char *device;     /* "namespace0.0"; NULL if none is laid */
	uuid_t uuid;      /* of its label, random */
	bool laid;        /* here, not by an earlier run, and not closed: nobody else knows of it */
	bool marked;      /* now, or by an earlier run */
	struct blockdev raw; /* its bytes, from the region's start */
};

/*
 * Lays a scaffold named @name over @region, or takes the one of this name that is there, and opens
 * it. 0, TAKEDOWN_KEPT, or -errno; either way cover_release() follows.
 */
int cover_lay(struct cover *cover, const char *name);

/*
 * Says, in the first page of the region, that what is written through this very scaffold is
 * unfinished; it says nothing any more once the scaffold's label is gone, and may stay. Only where
 * nobody's contents are in that page: fsdax and devdax keep their info block in the second, and
 * leave the first alone (drivers/nvdimm/pfn_devs.c, nd_pfn_init). It is not zeroed after that. 0 or
 * -errno, and @cover->marked.
 */
int cover_mark(struct cover *cover);

/* Whether an earlier run has marked it so; and @cover->marked. */
bool cover_was_marked(struct cover *cover);

/* Takes it from its driver; the label is still there, and the next label_replace() takes it away.
 * Harmless if it is not bound. 0 or -errno. */
int cover_close(struct cover *cover);
void cover_release(struct cover *cover);

#endif
