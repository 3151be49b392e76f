// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <string.h>
#include <sys/wait.h>

#include "mem.h"
#include "run.h"

struct arguments {
	char **items;
	size_t n;
};

static void add(struct arguments *a, const char *argument)
{
	*MEM_APPEND(a->items, a->n) = mem_strdup(argument);
}

static void add_option(struct arguments *a, const char *option, const char *value)
{
	add(a, option);
	add(a, value);
}

/* Whether the layout's own options hold @option, alone or with its value attached. */
static bool declares(const struct layout_filesystem *fs, const char *option)
{
	for (size_t i = 0; i < fs->n_options; i++)
		if (!strncmp(fs->options[i], option, strlen(option)))
			return true;
	return false;
}

/* mke2fs chooses 1 KiB blocks below 512 MiB, and DAX needs blocks of a page. */
static void add_ext(struct arguments *a, const struct layout_filesystem *fs, const char *uuid)
{
	add(a, "-q");
	add(a, "-F");
	if (!declares(fs, "-b"))
		add_option(a, "-b", "4096");
	if (!declares(fs, "-E"))
		add_option(a, "-E", "nodiscard");
	add_option(a, "-U", uuid);
	if (fs->label)
		add_option(a, "-L", fs->label);
}

static void add_xfs(struct arguments *a, const struct layout_filesystem *fs, const char *uuid)
{
	_cleanup_(freep) char *metadata = mem_printf("uuid=%s", uuid);

	add(a, "-q");
	add(a, "-f");
	add(a, "-K");
	add_option(a, "-m", metadata);
	if (fs->label)
		add_option(a, "-L", fs->label);
}

static void add_btrfs(struct arguments *a, const struct layout_filesystem *fs, const char *uuid)
{
	add(a, "-q");
	add(a, "-f");
	add(a, "-K");
	add_option(a, "-U", uuid);
	if (fs->label)
		add_option(a, "-L", fs->label);
}

static void add_vfat(struct arguments *a, const struct layout_filesystem *fs, const uuid_t uuid)
{
	char id[9];

	snprintf(id, sizeof(id), "%02x%02x%02x%02x", uuid[0], uuid[1], uuid[2], uuid[3]);
	/* No partition table that pretends to hold it: the kernel would make a partition of that.
	 */
	add(a, "-I");
	add(a, "--mbr=n");
	add_option(a, "-i", id);
	if (fs->label)
		add_option(a, "-n", fs->label);
}

const char *format_program(enum fs_type type)
{
	static const char *const programs[] = {
		[FS_NONE] = NULL,        [FS_EXT4] = "mkfs.ext4",   [FS_XFS] = "mkfs.xfs",
		[FS_EXT2] = "mkfs.ext2", [FS_BTRFS] = "mkfs.btrfs", [FS_VFAT] = "mkfs.vfat",
	};

	return programs[type];
}

char **format_arguments(const struct layout_filesystem *fs, const uuid_t uuid, const char *device)
{
	char text[UUID_STR_LEN];
	struct arguments a = {0};

	uuid_unparse_lower(uuid, text);
	add(&a, format_program(fs->type));
	switch (fs->type) {
	case FS_EXT4:
	case FS_EXT2:
		add_ext(&a, fs, text);
		break;
	case FS_XFS:
		add_xfs(&a, fs, text);
		break;
	case FS_BTRFS:
		add_btrfs(&a, fs, text);
		break;
	case FS_VFAT:
		add_vfat(&a, fs, uuid);
		break;
	case FS_NONE:
		break;
	}
	for (size_t i = 0; i < fs->n_options; i++)
		add(&a, fs->options[i]);
	add(&a, device);
	MEM_APPEND(a.items, a.n);
	return a.items;
}

void format_free_arguments(char **arguments)
{
	for (size_t i = 0; arguments && arguments[i]; i++)
		free(arguments[i]);
	free(arguments);
}

/* run_program(), which somebody sits and waits for. */
static int run(char **arguments, const struct layout_namespace *ns, deadline d,
	       struct progress *progress, struct text *output, int *status)
{
	_cleanup_(freep) char *doing = mem_printf("making %s in namespace", fs_name(ns->fs.type));
	struct progress own = progress_start(doing, ns->name);
	int r = run_program((const char *const *)arguments, d, progress ? progress : &own, output,
			    status);

	progress_end(&own);
	return r;
}

int format_device(const struct layout_namespace *ns, const char *device, bool zeroed, deadline d,
		  struct progress *progress, struct text *why)
{
	_cleanup_(text_release) struct text output = {0};
	char **arguments;
	int status = 0, r;
	uuid_t uuid;

	if (zeroed || ns->fs.uuid_declared)
		uuid_copy(uuid, ns->fs.uuid);
	else
		uuid_generate_random(uuid);
	arguments = format_arguments(&ns->fs, uuid, device);
	r = run(arguments, ns, d, progress, &output, &status);
	if (r == -ENOENT)
		text_addf(why, "%s is not installed", arguments[0]);
	else if (r == -EIO && WIFEXITED(status))
		text_addf(why, "%s ended with status %d: %s", arguments[0], WEXITSTATUS(status),
			  run_last_line(&output));
	else if (r == -EIO)
		text_addf(why, "%s was ended by signal %d", arguments[0], WTERMSIG(status));
	else if (r < 0)
		text_addf(why, "%s: %s", arguments[0], strerror(-r));
	format_free_arguments(arguments);
	return r == -ENOENT ? FORMAT_MISSING : r == -EIO ? FORMAT_FAILED : r;
}
