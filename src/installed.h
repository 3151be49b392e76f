/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels of a system, and the initramfs images made for them: what will boot next, perhaps.
 */
#ifndef RAMDAX_INSTALLED_H
#define RAMDAX_INSTALLED_H

#include "sysfs.h"

/* What makes an image again. */
enum image_maker {
	IMAGE_UPDATE_INITRAMFS, /* Debian, Ubuntu: initramfs-tools, and dracut beside it */
	IMAGE_DRACUT,
	IMAGE_KERNEL_INSTALL, /* below a machine's ID on the boot partition, and in unified images
			       */
};

struct installed_image {
	char *path; /* below the root, without the first "/" */
	enum image_maker maker;
	int64_t changed; /* nanoseconds since 1970 */
};

struct installed_kernel {
	char *release;
	bool has_driver; /* RAMDAX, a module or built in */
	struct installed_image *images;
	size_t n_images;
};

struct installed {
	struct installed_kernel *kernels; /* sorted by release */
	size_t n;
};

/*
 * Kernels are the directories of lib/modules and usr/lib/modules that depmod(8) has been to. Images
 * are looked for where distributions put them: boot/initrd.img-RELEASE (Debian),
 * boot/initramfs-RELEASE.img (Fedora), boot/initrd-RELEASE (SUSE), boot/initramfs-PACKAGE.img
 * (Arch), and what kernel-install(8) makes on boot, efi and boot/efi: ID/RELEASE/initrd*,
 * EFI/Linux/ID-RELEASE.efi. Those of rescue and crash kernels are not among them.
 */
void installed_observe(const struct sysfs *fs, struct installed *installed);
void installed_release(struct installed *installed);

/* The command that makes @image of @kernel again; the caller frees it. */
char *installed_remake(const struct installed_kernel *kernel, const struct installed_image *image);

#endif
