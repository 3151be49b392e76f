/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verbs of libnvdimm's sysfs interface, with the races of the kernel handled: a device that an
 * attribute names may not be there yet (async device_add), so ENOENT and ENODEV are tried again
 * for ND_PATIENCE_MS. Not on a captured machine, where nothing will come.
 */
#ifndef RAMDAX_ND_H
#define RAMDAX_ND_H

#include "capacity.h"
#include "sysfs.h"

#define ND_PATIENCE_MS 2000
/* After this a seed that exists already is no longer a matter of waiting. */
#define ND_STALE_MS 300

#define ND_DEVICES "sys/bus/nd/devices"
#define ND_DRIVERS "sys/bus/nd/drivers"

/* Waits until every bus has finished its asynchronous probing (wait_probe). */
void nd_settle(const struct sysfs *fs);

/* Has the kernel align what is allocated in @region no coarser than the @n places @wheres, counted
 * from the region's start, are. 0 or -errno. */
int nd_set_align(struct sysfs *fs, const char *region, const struct range *wheres, size_t n);

/* Writes attribute @attribute of @device. 0 or -errno. */
int nd_set(struct sysfs *fs, const char *device, const char *attribute, const char *value);
int nd_set_number(struct sysfs *fs, const char *device, const char *attribute, uint64_t value);
int nd_get_number(const struct sysfs *fs, const char *device, const char *attribute, uint64_t *n);

/* Binds @device to, and unbinds it from, the nd driver @driver. 0 or -errno. */
int nd_bind(struct sysfs *fs, const char *driver, const char *device);
int nd_unbind(struct sysfs *fs, const char *driver, const char *device);

/* Takes from its driver @holder, which claims a namespace (pfn, dax, btt) and goes on to do so, or
 * the namespace @device itself if that is NULL. 0 or -errno. */
int nd_disable(struct sysfs *fs, const char *device, const char *holder);

/* Has @holder, without a driver, claim nothing any more. It waits for all probing on the bus. 0 or
 * -errno. */
int nd_detach(struct sysfs *fs, const char *holder);

/* Both. */
int nd_free(struct sysfs *fs, const char *device, const char *holder);

/* Brings up the namespace @device as what it holds says: as itself, or as what claims it. If it is
 * claimed by @holder, which may be NULL, without a driver, by an interrupted run or by hand, it is
 * freed first. Then all probing is over. 0 or -errno. */
int nd_enable(struct sysfs *fs, const char *device, const char *holder);

/* The driver @device is bound to, which the caller frees. 0; -ENOENT if none. */
int nd_driver(const struct sysfs *fs, const char *device, char **driver);

/* The block device made of @device: "pmem0.1". 0 or -ENOENT. The caller frees it. */
int nd_block(const struct sysfs *fs, const char *device, char **block);

/*
 * The namespace device that @region gives to the next creation: without size and uuid. One that an
 * interrupted run of ours left half-set is reset; somebody else's is waited for and then -EBUSY.
 * -EEXIST: the kernel offers one that exists, until that is bound once more.
 * 0 and *@seed, which the caller frees, or -errno with a sentence part in @why.
 */
int nd_seed(struct sysfs *fs, const char *region, char **seed, struct text *why);

/* Deletes the namespace @device: its label slot and space are free again. 0 or -errno. */
int nd_delete(struct sysfs *fs, const char *device);

#endif
