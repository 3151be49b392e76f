// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include "toml-print.h"

static void remark(const void *context, unsigned line, struct text *out)
{
	text_addf(out, "%s:%u", LAYOUT_AT((const struct layout_files *)context, line));
}

static enum status print(const struct layout_files *files)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(text_release) struct text out = {0};
	struct toml *tree = layout_tree(files, &faults);
	enum status status = STATUS_LAYOUT;

	layout_files_say(files, &faults);
	if (!faults.n) {
		for (size_t i = 0; i < files->n; i++)
			text_addf(&out, "# %s\n", files->items[i].path);
		toml_print(tree, remark, files, &out);
		status = command_print(&out);
	}
	toml_free(tree);
	return status;
}

static enum status run(const struct invocation *in)
{
	_cleanup_(layout_files_release) struct layout_files files = {0};
	enum status status = command_find_layout(in, &files);

	return status == STATUS_OK ? print(&files) : status;
}

const struct command command_cat = {
	.name = "cat",
	.summary = "print the layout with its drop-ins, and where each line is from",
	.text_only = true,
	.run = run,
};
