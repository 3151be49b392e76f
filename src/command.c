// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "boot-record.h"
#include "installed.h"
#include "machine.h"
#include "mem.h"
#include "numa.h"
#include "stored.h"

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

enum status command_check_recreate(const struct invocation *in, const struct layout *layout)
{
	_cleanup_(freep) char *fault = NULL, *next = NULL;

	if (in->recreate && *in->recreate)
		fault = layout_name_fault(layout, in->recreate, &next);
	if (!fault)
		return STATUS_OK;
	diag_error("%s; %s", fault, next);
	return STATUS_USAGE;
}

enum status command_open_root(const struct invocation *in, struct sysfs *fs)
{
	int r = sysfs_open(fs, in->root);

	if (r < 0) {
		diag_error("cannot open the root \"%s\": %s; --root names a directory",
			   in->root ? in->root : "/", strerror(-r));
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

enum status command_find_layout(const struct invocation *in, struct layout_files *files)
{
	const char *prefix = in->root && strcmp(in->root, "/") != 0 ? in->root : "";
	struct sysfs root;
	enum status status;
	int r;

	if (in->layout) {
		r = layout_files_open(files, in->layout);
	} else {
		status = command_open_root(in, &root);
		if (status != STATUS_OK)
			return status;
		r = layout_files_find(files, &root, prefix);
		sysfs_close(&root);
	}
	if (r == 0)
		return STATUS_OK;
	diag_error("cannot read the layout \"%s\": %s%s", files->items[files->n - 1].path,
		   strerror(-r),
		   r == -ENOENT ? "; write one, see ramdax-layout(5), or name another with --layout"
				: "; see that it is a file that can be read, and not too large");
	return STATUS_LAYOUT;
}

static enum status read_files(const struct layout_files *files, const struct sysfs *machine,
			      struct layout **layout)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(freep) int *nodes = NULL;
	size_t n_nodes;

	*layout = layout_read(files, &faults);
	if (machine && *layout && layout_spreads(*layout)) {
		struct layout *any = *layout;

		stored_digest(any, machine->root_fd);
		n_nodes = numa_nodes(machine, &nodes);
		*layout = layout_read_on(files, nodes, n_nodes, &faults);
		if (*layout)
			memcpy((*layout)->resolved, any->resolved, sizeof(any->resolved));
		layout_free(any);
	}
	layout_files_say(files, &faults);
	return *layout ? STATUS_OK : STATUS_LAYOUT;
}

enum status command_load_layout(const struct invocation *in, const struct sysfs *machine,
				struct layout **layout)
{
	_cleanup_(layout_files_release) struct layout_files files = {0};
	enum status status = command_find_layout(in, &files);

	return status == STATUS_OK ? read_files(&files, machine, layout) : status;
}

enum status command_load_trusted(const struct invocation *in, const struct sysfs *fs,
				 struct layout **layout)
{
	_cleanup_(layout_files_release) struct layout_files files = {0};
	enum status status = command_find_layout(in, &files);

	for (size_t i = 0; status == STATUS_OK && fs->live && i < files.n; i++) {
		if (files.items[i].trusted)
			continue;
		diag_error(
			"the layout \"%s\" can be written by others than root: run \"chown root\" "
			"and \"chmod go-w\" on it",
			files.items[i].path);
		status = STATUS_LAYOUT;
	}
	return status == STATUS_OK ? read_files(&files, fs, layout) : status;
}

enum status command_load_optional(const struct invocation *in, const struct sysfs *fs, bool trusted,
				  struct layout **layout)
{
	if (!in->layout && !sysfs_exists(fs, LAYOUT_PATH))
		return STATUS_OK;
	return trusted ? command_load_trusted(in, fs, layout) : command_load_layout(in, fs, layout);
}

/* Whether @image was made since this boot began, and since the layout was changed. */
static bool is_remade(const struct installed_image *image, const struct layout *layout)
{
	struct timespec now = {0}, up = {0};
	int64_t booted;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	booted = (int64_t)(now.tv_sec - up.tv_sec) * 1000000000;
	for (size_t i = 0; i < layout->files.n; i++)
		if (image->changed < layout->files.items[i].changed)
			return false;
	return image->changed > booted;
}

void command_warn_image(const struct sysfs *fs, const struct machine *machine,
			const struct layout *layout, const struct boot_record *record)
{
	_cleanup_(installed_release) struct installed installed = {0};
	_cleanup_(freep) char *again = NULL;
	struct record_image image = boot_record_image(record);

	if (machine->initramfs || !image.program || !record_image_differs(&image, layout))
		return;
	installed_observe(fs, &installed);
	for (size_t i = 0; machine->release && i < installed.n; i++) {
		const struct installed_kernel *k = &installed.kernels[i];

		for (size_t j = 0; j < k->n_images && !strcmp(k->release, machine->release); j++) {
			if (is_remade(&k->images[j], layout))
				return;
			if (!again)
				again = installed_remake(k, &k->images[j]);
		}
	}
	diag_warning("the initramfs of this boot holds another layout than \"%s\", and so will "
		     "that of the next: %s%s%s",
		     layout_path(layout), again ? "run \"" : "make the image again",
		     again ? again : "", again ? "\"" : "");
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
	diag_error("cannot write to standard output: %s; give it room, or another place",
		   strerror(errno));
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
