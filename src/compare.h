/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether what is there satisfies what is declared. Pure.
 */
#ifndef RAMDAX_COMPARE_H
#define RAMDAX_COMPARE_H

#include "layout.h"
#include "machine.h"
#include "request.h"
#include "text.h"

/*
 * Adds to @differences how the enabled namespace @seen differs from the declared @ns, "mode is
 * devdax, not fsdax; ...", and nothing if it satisfies the declaration. @wanted is the space that
 * would be taken for it now: only for shares, whose size is not declared in bytes.
 */
void compare_namespace(const struct layout_namespace *ns, const struct seen_namespace *seen,
		       const struct place_request *wanted, struct text *differences);

/* The shape of what is there. */
struct shape shape_found(const struct seen_namespace *seen);

enum fs_verdict {
	FS_KEEP,       /* complete and as declared, or none is declared */
	FS_UNFINISHED, /* made by an interrupted run of ours: to be made again */
	FS_DIFFERS,
};

/* The same for the file system in it. With FS_DIFFERS, @differences says how. */
enum fs_verdict compare_filesystem(const struct layout_namespace *ns,
				   const struct seen_namespace *seen, struct text *differences);

#endif
