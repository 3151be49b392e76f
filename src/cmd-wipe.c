// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd-emptying.h"

static const struct option_spec options[] = {
	{"zero", 0, NULL, "zero the contents, too", offsetof(struct invocation, zero)},
	{"yes", 0, NULL, "do not ask", offsetof(struct invocation, yes)},
	{0},
};

static enum status run(const struct invocation *in)
{
	struct emptying what = {.zero = in->zero};

	if (!in->yes && !command_can_ask()) {
		diag_error("nobody is here to be asked whether to wipe: --yes says so");
		return STATUS_USAGE;
	}
	return cmd_emptying(in, &what);
}

const struct command command_wipe = {
	.name = "wipe",
	.arguments = "[NAME...]",
	.summary = "destroy namespaces of the layout: signatures, info blocks, labels",
	.options = options,
	.run = run,
};
