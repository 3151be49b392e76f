// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include "needs.h"

static const struct option_spec options[] = {
	{"modules", 0, NULL, "kernel modules only", offsetof(struct invocation, modules)},
	{"programs", 0, NULL, "programs only", offsetof(struct invocation, programs)},
	{0},
};

static void list(const char *const *names, size_t n, struct text *out)
{
	for (size_t i = 0; i < n; i++)
		text_addf(out, "%s\n", names[i]);
}

static enum status run(const struct invocation *in)
{
	_cleanup_(text_release) struct text out = {0};
	bool both = in->modules == in->programs;
	struct layout *layout = NULL;
	enum status status = command_load_layout(in, NULL, &layout);
	struct needs needs;

	if (status != STATUS_OK)
		return status;
	needs = needs_of(layout);
	if (in->json) {
		report_json_needs(&needs, &out);
	} else {
		if (in->modules || both) {
			list(needs.modules, needs.n_modules, &out);
			list(needs.mount_modules, needs.n_mount_modules, &out);
		}
		if (in->programs || both)
			list(needs.programs, needs.n_programs, &out);
	}
	status = command_print(&out);
	needs_release(&needs);
	layout_free(layout);
	return status;
}

const struct command command_needs = {
	.name = "needs",
	.summary = "list the kernel modules and programs that the layout needs",
	.options = options,
	.run = run,
};
