// SPDX-License-Identifier: GPL-2.0-or-later
#include "installed.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "boot.h"
#include "mem.h"

static const char *const module_places[] = {"lib/modules", "usr/lib/modules"};
/* Where the boot partition or the EFI system partition may be mounted. */
static const char *const boot_places[] = {"boot", "efi", "boot/efi"};

/* Takes @path over. A place that is mounted twice shows the same image twice: that is harmless. */
static void image_add(const struct sysfs *fs, struct installed_kernel *kernel, char *path,
		      enum image_maker maker)
{
	_cleanup_(closep) int fd = sysfs_open_file(fs, O_PATH | O_CLOEXEC, "%s", path);
	struct installed_image *image;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		free(path);
		return;
	}
	image = MEM_APPEND(kernel->images, kernel->n_images);
	image->path = path;
	image->maker = maker;
	image->changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* Images in boot, by the names that distributions give them. */
static void images_by_name(const struct sysfs *fs, struct installed_kernel *kernel)
{
	enum image_maker maker = sysfs_exists(fs, "usr/sbin/update-initramfs")
					 ? IMAGE_UPDATE_INITRAMFS
					 : IMAGE_DRACUT;
	_cleanup_(freep) char *package = NULL;

	image_add(fs, kernel, mem_printf("boot/initrd.img-%s", kernel->release), maker);
	image_add(fs, kernel, mem_printf("boot/initramfs-%s.img", kernel->release), maker);
	image_add(fs, kernel, mem_printf("boot/initrd-%s", kernel->release), maker);
	if (sysfs_read(fs, &package, "usr/lib/modules/%s/pkgbase", kernel->release) == 0 &&
	    !strchr(package, '/'))
		image_add(fs, kernel, mem_printf("boot/initramfs-%s.img", package), maker);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* PLACE/ID/RELEASE/initrd*, for whatever ID. */
static void images_of_entries(const struct sysfs *fs, struct installed_kernel *kernel,
			      const char *place)
{
	char **ids = NULL, **names = NULL;
	size_t n_ids = 0, n = 0;

	if (sysfs_list(fs, &ids, &n_ids, "%s", place) < 0)
		return;
	for (size_t i = 0; i < n_ids; i++) {
		if (sysfs_list(fs, &names, &n, "%s/%s/%s", place, ids[i], kernel->release) < 0)
			continue;
		for (size_t j = 0; j < n; j++)
			if (!strncmp(names[j], "initrd", strlen("initrd")))
				image_add(fs, kernel,
					  mem_printf("%s/%s/%s/%s", place, ids[i], kernel->release,
						     names[j]),
					  IMAGE_KERNEL_INSTALL);
		sysfs_free_names(names, n);
	}
	sysfs_free_names(ids, n_ids);
}

/* Unified kernel images: EFI/Linux/ID-RELEASE.efi. */
static void images_unified(const struct sysfs *fs, struct installed_kernel *kernel,
			   const char *place)
{
	_cleanup_(freep) char *end = mem_printf("-%s.efi", kernel->release);
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, "%s/EFI/Linux", place) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (ends_with(names[i], end))
			image_add(fs, kernel, mem_printf("%s/EFI/Linux/%s", place, names[i]),
				  IMAGE_KERNEL_INSTALL);
	sysfs_free_names(names, n);
}

static void kernel_add(const struct sysfs *fs, struct installed *installed, const char *release)
{
	struct installed_kernel *kernel;

	for (size_t i = 0; i < installed->n; i++)
		if (!strcmp(installed->kernels[i].release, release))
			return;
	kernel = MEM_APPEND(installed->kernels, installed->n);
	kernel->release = mem_strdup(release);
	kernel->has_driver = boot_release_has_driver(fs, release);
	images_by_name(fs, kernel);
	for (size_t i = 0; i < ARRAY_SIZE(boot_places); i++) {
		images_of_entries(fs, kernel, boot_places[i]);
		images_unified(fs, kernel, boot_places[i]);
	}
}

void installed_observe(const struct sysfs *fs, struct installed *installed)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_places); i++) {
		char **names = NULL;
		size_t n = 0;

		if (sysfs_list(fs, &names, &n, "%s", module_places[i]) < 0)
			continue;
		for (size_t j = 0; j < n; j++)
			if (sysfs_exists(fs, "%s/%s/modules.dep", module_places[i], names[j]))
				kernel_add(fs, installed, names[j]);
		sysfs_free_names(names, n);
	}
}

void installed_release(struct installed *installed)
{
	for (size_t i = 0; i < installed->n; i++) {
		struct installed_kernel *kernel = &installed->kernels[i];

		for (size_t j = 0; j < kernel->n_images; j++)
			free(kernel->images[j].path);
		free(kernel->images);
		free(kernel->release);
	}
	free(installed->kernels);
	*installed = (struct installed){0};
}

char *installed_remake(const struct installed_kernel *kernel, const struct installed_image *image)
{
	switch (image->maker) {
	case IMAGE_UPDATE_INITRAMFS:
		return mem_strdup("update-initramfs -u -k all");
	case IMAGE_DRACUT:
		return mem_strdup("dracut --force --regenerate-all");
	case IMAGE_KERNEL_INSTALL:
		return mem_printf("kernel-install add %s /usr/lib/modules/%s/vmlinuz",
				  kernel->release, kernel->release);
	}
	return NULL;
}
