/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who uses a device. The kernel itself never refuses to unbind one that is mounted, open or
 * mapped; a mapped fsdax file that loses its device is an oops. So all users are looked for that
 * can be found from outside: mounts in every mount namespace, swap, device-mapper and md, loop
 * devices, targets of the kernel (NVMe, LIO, ...), processes that have it open, registered with
 * an io_uring or mapped, and the kernel's exclusive claim.
 *
 * Without privileges (processes of others, O_EXCL) it finds what it can. With them, what cannot be
 * looked at counts as a user: nobody could say that there is none.
 */
#ifndef RAMDAX_INUSE_H
#define RAMDAX_INUSE_H

#include "sysfs.h"

struct inuse {
	/* In: the device's directory, ending in its name (".../block/pmem0", ".../dax0.1"). */
	char *dir;
	/* Out, NULL where there is none; the caller frees them. */
	char *user;        /* "mounted on /srv", "swap", "dm-0", "open by process 12" */
	char *mount_point; /* in our mount namespace, or else in any */
	bool dax;          /* mounted with a dax option */
	int claim;         /* of inuse_claim(): a descriptor, or -1 */
};

/* Fills the @n devices, partitions counting as the disk they are on. This process and its memory
 * are no users. */
void inuse_observe(const struct sysfs *fs, struct inuse *devices, size_t n);

/*
 * The same for devices about to be taken away: on the running machine each block device is claimed
 * first (O_EXCL), so that nobody can mount it, or put something on top of it, between the look and
 * what follows. The claim does not hinder its removal. Dax devices cannot be claimed; who opens one
 * after the look loses it, with a SIGBUS and no harm to the kernel. Released with inuse_release().
 */
void inuse_claim(const struct sysfs *fs, struct inuse *devices, size_t n);

/* Gives up the claim, if there is one. */
void inuse_unclaim(struct inuse *device);

/* Frees what a device of inuse_claim() holds, its directory and its claim included. */
void inuse_release(struct inuse *device);

#endif
