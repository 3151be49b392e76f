/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declared file systems with a mount point, in the words of systemd.unit(5) and fstab(5).
 *
 * What is mounted is /dev/ramdax/NAME, the link of udev's rule: it leads to the namespace of that
 * name and to nothing else, also where a file system's UUID is random or was kept as it was.
 */
#ifndef RAMDAX_MOUNTS_H
#define RAMDAX_MOUNTS_H

#include "layout.h"
#include "text.h"

/* How long the device of a namespace is waited for once ramdax.service is done. Nothing but what
 * wants the mount waits that long, unless it is required. */
#define MOUNT_DEVICE_TIMEOUT "30s"

/* The options that say who mounts, and when. */
#define MOUNT_IN_INITRD "x-initrd.mount"
#define MOUNT_TIMEOUT   "x-systemd.device-timeout"

/* NAME as a part of a path below /dev, encoded as udev does it ("a b": "a\x20b"). Caller frees. */
char *mounts_link(const char *name);

/* The unit of an absolute path, as systemd-escape --path --suffix=SUFFIX prints it. Caller frees.
 */
char *mounts_unit_name(const char *path, const char *suffix);

/* Whether the namespace has a file system with a mount point. */
bool mounts_any(const struct layout_namespace *ns);

/* Whether mount_options hold @option, with a value or without. */
bool mounts_has(const struct layout_namespace *ns, const char *option);

/* Whether the mount is meant to have DAX for every file. */
bool mounts_wants_dax(const struct layout_namespace *ns);

/* Whether a boot goes on without the mount: not required, or "nofail". */
bool mounts_may_fail(const struct layout_namespace *ns);

/* Whether fstab, the text of such a file, has a line for that mount point. */
bool mounts_in_fstab(const char *fstab, const char *mount_point);

/* Adds the line of fstab(5). */
void mounts_add_fstab(const struct layout_namespace *ns, struct text *out);

/* Where a unit is for. */
struct mounts_place {
	const char *layout; /* path of the layout, for SourcePath= */
	const char *prefix; /* "" or, in the initramfs, "/sysroot" */
	const char *after;  /* the service that makes the devices */
	const char *before; /* the target the mount belongs to */
};

/* Adds the .mount unit; @may_fail: the target does not wait for it. */
void mounts_add_unit(const struct layout_namespace *ns, const struct mounts_place *place,
		     bool may_fail, struct text *out);

/* Adds the drop-in of its device's unit: how long that is waited for. */
void mounts_add_device(const struct layout_namespace *ns, const struct mounts_place *place,
		       struct text *out);

#endif
