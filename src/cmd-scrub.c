// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd-emptying.h"

static const struct option_spec options[] = {
	{"yes", 0, NULL, "do not ask", offsetof(struct invocation, yes)},
	{0},
};

static enum status run(const struct invocation *in)
{
	struct emptying what = {.scrub = true};

	if (!in->n_arguments) {
		diag_error("\"scrub\" needs the name of a namespace; \"ramdax status\" shows them");
		return STATUS_USAGE;
	}
	return cmd_emptying(in, &what);
}

const struct command command_scrub = {
	.name = "scrub",
	.arguments = "NAME...",
	.summary = "zero the contents of namespaces, between two tenants",
	.options = options,
	.run = run,
};
