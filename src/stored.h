/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout as images of the initramfs store it: as "ramdax resolve" prints it.
 */
#ifndef RAMDAX_STORED_H
#define RAMDAX_STORED_H

#include "later.h"
#include "layout.h"
#include "text.h"

/* Makes owners and groups of @layout the numbers that they are below @root_fd, and adds the text
 * that is stored. One that is unknown there is a fault, and stays a name. */
void stored_print(struct layout *layout, int root_fd, struct fault_list *faults, struct text *out);

/* Notes in @layout->resolved what tells that text from others, unless that was done. A layout that
 * was read for one machine (layout_read_on) has to have it noted before. */
void stored_digest(struct layout *layout, int root_fd);

/* The same, done only after later_wait(). Until then @layout may be read, but for what is noted. */
void stored_digest_later(struct layout *layout, int root_fd, struct later *later);

#endif
