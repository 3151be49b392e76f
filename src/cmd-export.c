// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include "export.h"
#include "observe.h"

/* What a layout cannot say although the machine is so is told, and left to be edited. */
static void check(const struct text *out)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	struct layout *layout = layout_read_text(text_str(out), out->len, "export", &faults);

	for (size_t i = 0; i < faults.n; i++)
		diag_warning("line %u needs editing: %s", faults.items[i].line,
			     faults.items[i].text);
	layout_free(layout);
}

static enum status run(const struct invocation *in)
{
	_cleanup_(text_release) struct text out = {0};
	struct machine *machine;
	struct layout *layout;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	/* Without addresses there would be nothing in it, and that is a valid layout. */
	if (fs.live && !command_is_root("export")) {
		sysfs_close(&fs);
		return STATUS_FAILED;
	}
	machine = observe(&fs);
	layout = export_layout(machine);
	text_add(&out, "# This machine as it was. The medium is RAM: contents are not in here.\n");
	layout_print(layout, &out);
	check(&out);
	status = command_print(&out);
	layout_free(layout);
	machine_free(machine);
	sysfs_close(&fs);
	return status;
}

const struct command command_export = {
	.name = "export",
	.summary = "print a layout that describes the machine as it is",
	.text_only = true,
	.run = run,
};
