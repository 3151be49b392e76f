// SPDX-License-Identifier: GPL-2.0-or-later
#include "mounts.h"

#include <blkid/blkid.h>
#include <mntent.h>
#include <string.h>

#include "mem.h"

#define FSTAB_LINE_MAX 4096

char *mounts_link(const char *name)
{
	size_t size = 4 * strlen(name) + 1;
	char *link = mem_calloc(size, 1);

	/* Cannot fail: every byte becomes four at most. */
	(void)blkid_encode_string(name, link, size);
	return link;
}

/* systemd.unit(5), "string escaping for inclusion in unit names". */
char *mounts_unit_name(const char *path, const char *suffix)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789:_.";
	struct text out = {0};

	path += *path == '/';
	for (const char *s = path; *s; s++) {
		if (*s == '/')
			text_add_char(&out, '-');
		else if (!strchr(plain, *s) || (*s == '.' && s == path))
			text_addf(&out, "\\x%02x", (unsigned char)*s);
		else
			text_add_char(&out, *s);
	}
	text_addf(&out, "%s.%s", *path ? "" : "-", suffix);
	return text_take(&out);
}

bool mounts_any(const struct layout_namespace *ns)
{
	return ns->fs.type != FS_NONE && ns->fs.mount_point;
}

/* The option of that name, "NAME" or "NAME=VALUE"; NULL if there is none. */
static const char *find_option(const struct layout_namespace *ns, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < ns->fs.n_mount_options; i++) {
		const char *option = ns->fs.mount_options[i];

		if (!strncmp(option, name, n) && (!option[n] || option[n] == '='))
			return option;
	}
	return NULL;
}

bool mounts_has(const struct layout_namespace *ns, const char *option)
{
	return find_option(ns, option);
}

static bool adds_dax(const struct layout_namespace *ns)
{
	return ns->mode == MODE_FSDAX && (ns->fs.type == FS_EXT4 || ns->fs.type == FS_XFS) &&
	       !find_option(ns, "dax");
}

bool mounts_wants_dax(const struct layout_namespace *ns)
{
	const char *option = find_option(ns, "dax");

	return adds_dax(ns) ||
	       (option && (!strcmp(option, "dax") || !strcmp(option, "dax=always")));
}

bool mounts_may_fail(const struct layout_namespace *ns)
{
	return !ns->required || mounts_has(ns, "nofail");
}

bool mounts_in_fstab(const char *fstab, const char *mount_point)
{
	_cleanup_(freep) char *line = mem_calloc(FSTAB_LINE_MAX, 1);
	struct mntent entry;
	bool found = false;
	FILE *file;

	if (!*fstab)
		return false;
	file = fmemopen((void *)fstab, strlen(fstab), "r");
	if (!file)
		return false;
	while (!found && getmntent_r(file, &entry, line, FSTAB_LINE_MAX)) {
		size_t n = strlen(entry.mnt_dir);

		while (n > 1 && entry.mnt_dir[n - 1] == '/')
			entry.mnt_dir[--n] = '\0';
		found = !strcmp(entry.mnt_dir, mount_point);
	}
	fclose(file);
	return found;
}

static void add_option(struct text *list, const char *option)
{
	text_addf(list, "%s%s", list->len ? "," : "", option);
}

/* What mount(8) is told; with @all also what only fstab's readers look at. */
static char *options_of(const struct layout_namespace *ns, bool all)
{
	static const char *const not_for_mount[] = {"auto", "noauto", "fail", "nofail"};
	struct text list = {0};

	for (size_t i = 0; i < ns->fs.n_mount_options; i++) {
		bool skip = false;

		for (size_t k = 0; !all && k < ARRAY_SIZE(not_for_mount); k++)
			skip |= !strcmp(ns->fs.mount_options[i], not_for_mount[k]);
		if (!skip)
			add_option(&list, ns->fs.mount_options[i]);
	}
	if (adds_dax(ns))
		add_option(&list, "dax=always");
	if (all && mounts_may_fail(ns) && !mounts_has(ns, "nofail"))
		add_option(&list, "nofail");
	if (all && !mounts_has(ns, MOUNT_TIMEOUT))
		add_option(&list, MOUNT_TIMEOUT "=" MOUNT_DEVICE_TIMEOUT);
	return text_take(&list);
}

/* fstab(5): blanks and what escapes them are octal. */
static void add_field(struct text *out, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\\", *s) ||
		    (*s == '#' && (!out->len || out->s[out->len - 1] == '\n')))
			text_addf(out, "\\%03o", (unsigned char)*s);
		else
			text_add_char(out, *s);
	}
	text_add_char(out, ' ');
}

void mounts_add_fstab(const struct layout_namespace *ns, struct text *out)
{
	_cleanup_(freep) char *link = mounts_link(ns->name);
	_cleanup_(freep) char *what = mem_printf("/dev/ramdax/%s", link);
	_cleanup_(freep) char *options = options_of(ns, true);

	add_field(out, what);
	add_field(out, ns->fs.mount_point);
	add_field(out, fs_name(ns->fs.type));
	add_field(out, options);
	text_add(out, "0 0\n");
}

/* A setting, whose value systemd shall not expand. */
static void add_setting(struct text *out, const char *key, const char *prefix, const char *value)
{
	text_addf(out, "%s=%s", key, prefix);
	for (; *value; value++)
		text_add(out, *value == '%' ? "%%" : (char[]){*value, '\0'});
	text_add_char(out, '\n');
}

static void add_head(struct text *out, const struct mounts_place *place)
{
	text_add(out, "# Made by ramdax-generator, see ramdax(8)\n\n[Unit]\n");
	add_setting(out, "SourcePath", "", place->layout);
	text_addf(out, "After=%s\n", place->after);
}

void mounts_add_unit(const struct layout_namespace *ns, const struct mounts_place *place,
		     bool may_fail, struct text *out)
{
	_cleanup_(freep) char *link = mounts_link(ns->name);
	_cleanup_(freep) char *options = options_of(ns, false);

	add_head(out, place);
	text_add(out, "Documentation=man:ramdax-layout(5)\n");
	if (!may_fail && !mounts_has(ns, "noauto"))
		text_addf(out, "Before=%s\n", place->before);
	if (!*place->prefix)
		text_add(out, "Wants=ramdax-mounts.service\nBefore=ramdax-mounts.service\n");
	else
		text_add(out, "After=initrd-root-fs.target\n");
	text_add(out, "\n[Mount]\n");
	add_setting(out, "What", "/dev/ramdax/", link);
	add_setting(out, "Where", place->prefix, ns->fs.mount_point);
	add_setting(out, "Type", "", fs_name(ns->fs.type));
	if (*options)
		add_setting(out, "Options", "", options);
}

void mounts_add_device(const struct layout_namespace *ns, const struct mounts_place *place,
		       struct text *out)
{
	const char *option = find_option(ns, MOUNT_TIMEOUT);
	const char *value = option ? strchr(option, '=') : NULL;

	add_head(out, place);
	add_setting(out, "JobRunningTimeoutSec", "", value ? value + 1 : MOUNT_DEVICE_TIMEOUT);
}
