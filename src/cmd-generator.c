// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * systemd.generator(7), under the name ramdax-generator: mount units for what the layout mounts.
 * It runs before anything else does, at every boot and daemon-reload; whatever is wrong, it says
 * so in the kernel log and makes fewer units. It is no command of ramdax.
 */
#include "command.h"

#include <string.h>
#include <sys/stat.h>

#include "boot.h"
#include "cmdline.h"
#include "mem.h"
#include "mounts.h"

#define FSTAB_MAX (1 * MIB)
#define UNIT_MAX  255 /* systemd.unit(5): longer names are none */

struct generator {
	const struct layout *layout;
	struct mounts_place place;
	const char *directory; /* where units go */
	const char *fstab;     /* its text */
	bool rescue;           /* whoever boots so wants a shell: nothing is required */
};

/* Writes @text to DIRECTORY/FOLDER/NAME. */
static void write_file(const struct generator *g, const char *folder, const char *name,
		       const struct text *text)
{
	_cleanup_(freep) char *directory = mem_printf("%s/%s", g->directory, folder);
	_cleanup_(freep) char *path = mem_printf("%s/%s", directory, name);
	FILE *file;

	mkdir(directory, 0755);
	file = fopen(path, "wxe");
	if (!file || fputs(text_str(text), file) == EOF)
		diag_warning("cannot write \"%s\": %s", path, strerror(errno));
	if (file && fclose(file) != 0)
		diag_warning("cannot write \"%s\": %s", path, strerror(errno));
}

/* DIRECTORY/TARGET.FOLDER/UNIT -> ../UNIT: the target wants or requires the unit. */
static void add_to_target(const struct generator *g, const char *folder, const char *unit)
{
	_cleanup_(freep) char *directory =
		mem_printf("%s/%s.%s", g->directory, g->place.before, folder);
	_cleanup_(freep) char *path = mem_printf("%s/%s", directory, unit);
	_cleanup_(freep) char *target = mem_printf("../%s", unit);

	mkdir(directory, 0755);
	if (symlink(target, path) < 0)
		diag_warning("cannot write \"%s\": %s", path, strerror(errno));
}

static void make_units(const struct generator *g, const struct layout_namespace *ns)
{
	_cleanup_(freep) char *where = mem_printf("%s%s", g->place.prefix, ns->fs.mount_point);
	_cleanup_(freep) char *unit = mounts_unit_name(where, "mount");
	_cleanup_(freep) char *link = mounts_link(ns->name);
	_cleanup_(freep) char *path = mem_printf("/dev/ramdax/%s", link);
	_cleanup_(freep) char *device = mounts_unit_name(path, "device.d");
	_cleanup_(text_release) struct text mount = {0}, timeout = {0};
	bool may_fail = g->rescue || mounts_may_fail(ns);

	if (strlen(unit) > UNIT_MAX || strlen(device) > UNIT_MAX) {
		diag_warning(
			"mount point \"%s\" is too long for a unit, name it in /etc/fstab (%s:%u)",
			ns->fs.mount_point, LAYOUT_AT(&g->layout->files, ns->fs.line));
		return;
	}
	mounts_add_unit(ns, &g->place, may_fail, &mount);
	mounts_add_device(ns, &g->place, &timeout);
	write_file(g, ".", unit, &mount);
	write_file(g, device, "50-ramdax.conf", &timeout);
	if (!mounts_has(ns, "noauto"))
		add_to_target(g, may_fail ? "wants" : "requires", unit);
}

/* Here and not in the other world: the initramfs mounts what says so, the real root everything
 * (what is mounted already is kept until the machine goes down). */
static bool belongs_here(const struct generator *g, const struct layout_namespace *ns)
{
	if (!mounts_any(ns) || (*g->place.prefix && !mounts_has(ns, MOUNT_IN_INITRD)))
		return false;
	if (!mounts_in_fstab(g->fstab, ns->fs.mount_point))
		return true;
	diag_debug("mount point \"%s\" is fstab's", ns->fs.mount_point);
	return false;
}

static void generate(const struct generator *g)
{
	for (size_t i = 0; i < g->layout->n_regions; i++)
		for (size_t k = 0; k < g->layout->regions[i].n_namespaces; k++)
			if (belongs_here(g, &g->layout->regions[i].namespaces[k]))
				make_units(g, &g->layout->regions[i].namespaces[k]);
}

/* Whether nothing of ours is to be mounted here. */
static bool stays_out(const struct sysfs *fs, const char *cmdline)
{
	return !cmdline_bool(cmdline, "rd.ramdax", true) || boot_only_checks(cmdline) ||
	       boot_is_crash_kernel(fs, cmdline) || sysfs_exists(fs, "run/systemd/container");
}

static void run_here(const struct invocation *in, const struct sysfs *fs, const char *cmdline)
{
	bool initrd = sysfs_exists(fs, "etc/initrd-release");
	_cleanup_(text_release) struct text fstab = {0};
	struct layout *layout = NULL;
	struct generator g = {
		.place = {.prefix = initrd ? "/sysroot" : "",
			  .after = initrd ? "ramdax-initrd.service" : "ramdax.service",
			  .before = initrd ? "initrd-fs.target" : "local-fs.target"},
		.directory = in->arguments[0],
		.rescue = boot_is_rescue(cmdline),
	};

	if (command_load_optional(in, fs, true, &layout) != STATUS_OK)
		diag_warning("the layout cannot be used: nothing of it is mounted");
	if (!layout)
		return;
	if (sysfs_read_all(fs, &fstab, FSTAB_MAX, "%setc/fstab", initrd ? "sysroot/" : "") < 0)
		text_release(&fstab);
	g.fstab = text_str(&fstab);
	g.layout = layout;
	g.place.layout = layout_path(layout);
	generate(&g);
	layout_free(layout);
}

static enum status run(const struct invocation *in)
{
	_cleanup_(text_release) struct text cmdline = {0};
	struct sysfs fs;
	enum status status;

	if (in->n_arguments < 1) {
		diag_error("usage: ramdax-generator NORMAL [EARLY LATE], see systemd.generator(7)");
		return STATUS_USAGE;
	}
	status = command_open_root(in, &fs);
	if (status != STATUS_OK)
		return status;
	if (fs.live)
		diag_open_kmsg();
	if (sysfs_read_all(&fs, &cmdline, SYSFS_VALUE_MAX, "proc/cmdline") < 0)
		text_release(&cmdline);
	if (!stays_out(&fs, text_str(&cmdline)))
		run_here(in, &fs, text_str(&cmdline));
	sysfs_close(&fs);
	return STATUS_OK;
}

const struct command command_generator = {
	.name = "ramdax-generator",
	.arguments = "NORMAL [EARLY LATE]",
	.summary = "make mount units for systemd",
	.run = run,
};
