// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include "stored.h"

static enum status run(const struct invocation *in)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(text_release) struct text out = {0};
	struct layout *layout = NULL;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	status = command_load_layout(in, NULL, &layout);
	if (status == STATUS_OK) {
		stored_print(layout, fs.root_fd, &faults, &out);
		if (faults.n) {
			layout_files_say(&layout->files, &faults);
			status = STATUS_LAYOUT;
		} else {
			status = command_print(&out);
		}
	}
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}

const struct command command_resolve = {
	.name = "resolve",
	.summary = "print the layout with everything derived or inherited made explicit",
	.text_only = true,
	.run = run,
};
