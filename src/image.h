/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in an initramfs image, read by the programs of its builders.
 */
#ifndef RAMDAX_IMAGE_H
#define RAMDAX_IMAGE_H

#include "cleanup.h"

enum image_layout {
	IMAGE_UNREADABLE, /* no program here reads it */
	IMAGE_WITHOUT,    /* there is no layout in it */
	IMAGE_OTHER,      /* another layout than this one */
	IMAGE_SAME,
	IMAGE_SOME, /* a layout; which one could not be looked at */
};

/*
 * Which layout the image at @path holds, compared with @resolved, as "ramdax resolve" prints it:
 * lsinitrd(1) shows it; lsinitramfs(8) only tells that there is one. Of very long layouts the
 * beginning is compared. On the running machine only.
 */
enum image_layout image_look(const char *path, const char *resolved);

#endif
