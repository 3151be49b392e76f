// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "mem.h"

char *command_layout_path(const struct invocation *in)
{
	if (in->layout)
		return mem_strdup(in->layout);
	return mem_printf("%s%s", in->root && strcmp(in->root, "/") != 0 ? in->root : "",
			  LAYOUT_PATH);
}

struct plan_options command_plan_options(const struct invocation *in)
{
	return (struct plan_options){
		.no_format = in->no_format,
		.recreate = in->recreate,
		.recreate_name = in->recreate && *in->recreate ? in->recreate : NULL,
		.prune = in->prune,
		.repair_labels = in->repair_labels,
	};
}

enum status command_open_root(const struct invocation *in, struct sysfs *fs)
{
	int r = sysfs_open(fs, in->root);

	if (r < 0) {
		diag_error("cannot open the root \"%s\": %s", in->root ? in->root : "/",
			   strerror(-r));
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

/* The layout opened: a named one wherever it is, the root's own inside the root. */
static int open_layout(const struct invocation *in, const char *path)
{
	struct sysfs root;
	int fd, r;

	if (in->layout || !in->root) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	r = sysfs_open(&root, in->root);
	if (r < 0)
		return r;
	fd = sysfs_open_file(&root, O_RDONLY, LAYOUT_PATH);
	sysfs_close(&root);
	return fd;
}

enum status command_load_layout(const struct invocation *in, struct layout **layout)
{
	_cleanup_(freep) char *path = command_layout_path(in);
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(closep) int fd = open_layout(in, path);
	int r = fd < 0 ? fd : layout_load_open(fd, path, layout, &faults);

	if (r == 0)
		return STATUS_OK;
	if (r == -EBADMSG) {
		fault_say_all(&faults, path);
		return STATUS_LAYOUT;
	}
	diag_error("cannot read the layout \"%s\": %s", path, strerror(-r));
	return STATUS_LAYOUT;
}

enum status command_load_trusted(const struct invocation *in, const struct sysfs *fs,
				 struct layout **layout)
{
	_cleanup_(freep) char *path = command_layout_path(in);
	struct stat st;

	if (fs->live && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))) {
		diag_error("the layout \"%s\" can be written by others than root", path);
		return STATUS_LAYOUT;
	}
	return command_load_layout(in, layout);
}

struct report_style command_style(void)
{
	struct report_style style = {.columns = REPORT_COLUMNS};
	const char *no_color = getenv("NO_COLOR");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return style;
	style.colour = !no_color || !*no_color;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		style.columns = size.ws_col;
	return style;
}

enum status command_print(const struct text *text)
{
	if (fwrite(text_str(text), 1, text->len, stdout) == text->len && fflush(stdout) == 0)
		return STATUS_OK;
	diag_error("cannot write to standard output: %s", strerror(errno));
	return STATUS_FAILED;
}

bool command_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

bool command_ask(struct text *what)
{
	char answer[16];

	text_add(what, "\nThis destroys what is in these namespaces. Go on? [y/N] ");
	command_print(what);
	return fgets(answer, sizeof(answer), stdin) && (*answer | 0x20) == 'y';
}

bool command_is_root(const char *what)
{
	if (geteuid() == 0)
		return true;
	diag_error("%s must be run as root", what);
	return false;
}
