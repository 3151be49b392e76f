// SPDX-License-Identifier: GPL-2.0-or-later
#include "image.h"

#include <string.h>

#include "mem.h"
#include "run.h"

#define LAYOUT "etc/ramdax/layout.toml"
/* Images are unpacked for this: measured, 1 s; on a slow disk with hundreds of MiB, more. */
#define LOOK_MS 60000
/* What is compared; beyond RUN_OUTPUT_MAX output is lost. */
#define COMPARED_MAX (RUN_OUTPUT_MAX / 2)

/* Everything that is stored begins with this key (layout-print.c). */
static bool is_layout(const char *text)
{
	return strstr(text, "version = ") != NULL;
}

/* By dracut's program, which reads images of others, too. */
static enum image_layout look_inside(const char *path, const char *resolved)
{
	const char *const argv[] = {"lsinitrd", "--file", LAYOUT, path, NULL};
	_cleanup_(freep) char *wanted = mem_strndup(resolved, strnlen(resolved, COMPARED_MAX));
	_cleanup_(text_release) struct text output = {0};
	int status = 0, r = run_program(argv, deadline_in(LOOK_MS), NULL, &output, &status);

	/* It fails where the file is not in the image, and then has printed nothing of it. */
	if (r < 0 && r != -EIO)
		return IMAGE_UNREADABLE;
	if (!is_layout(text_str(&output)))
		return IMAGE_WITHOUT;
	return strstr(text_str(&output), wanted) ? IMAGE_SAME : IMAGE_OTHER;
}

/* By initramfs-tools' program, which lists files; thousands of them. */
static enum image_layout look_at_list(const char *path)
{
	const char *const argv[] = {"sh",
				    "-c",
				    "list=$(lsinitramfs \"$1\") && echo listed && "
				    "echo \"$list\" | grep -x " LAYOUT,
				    "sh",
				    path,
				    NULL};
	_cleanup_(text_release) struct text output = {0};
	int status = 0, r = run_program(argv, deadline_in(LOOK_MS), NULL, &output, &status);

	if ((r < 0 && r != -EIO) || !strstr(text_str(&output), "listed"))
		return IMAGE_UNREADABLE;
	return strstr(text_str(&output), LAYOUT) ? IMAGE_SOME : IMAGE_WITHOUT;
}

enum image_layout image_look(const char *path, const char *resolved)
{
	_cleanup_(freep) char *dracut = run_find("lsinitrd"), *tools = run_find("lsinitramfs");

	if (dracut)
		return look_inside(path, resolved);
	return tools ? look_at_list(path) : IMAGE_UNREADABLE;
}
