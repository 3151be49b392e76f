// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include "look.h"
#include "record.h"
#include "stored.h"

static const struct option_spec options[] = {
	{"check", 0, NULL, "status 6 if there is anything to do, 5 if there is a conflict",
	 offsetof(struct invocation, check)},
	{"no-format", 0, NULL, "make and expect no file systems",
	 offsetof(struct invocation, no_format)},
	{"recreate", 0, "[NAME]", "make anew what differs (a namespace, a region, or all)",
	 offsetof(struct invocation, recreate)},
	{"prune", 0, NULL, "remove what the layout does not name",
	 offsetof(struct invocation, prune)},
	{"repair-labels", 0, NULL, "make lost labels anew, around the data",
	 offsetof(struct invocation, repair_labels)},
	{0},
};

/* What --check answers: is there anything to do? Keeping other drivers off a device that must not
 * be bound is nothing that was asked for. */
static enum status answer(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind != STEP_OVERRIDE)
			return STATUS_TO_DO;
	return plan_status(plan);
}

static enum status run(const struct invocation *in)
{
	struct plan_options plan_options = command_plan_options(in);
	_cleanup_(late_record_release) struct late_record record = {0};
	_cleanup_(text_release) struct text out = {0};
	struct report_style style = command_style();
	struct layout *layout = NULL;
	struct machine *machine;
	struct plan *plan;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	status = command_load_layout(in, &fs, &layout);
	if (status == STATUS_OK)
		status = command_check_recreate(in, layout);
	if (status != STATUS_OK)
		goto close;
	record.fs = &fs;
	plan_options.settled = late_record_settled;
	plan_options.settled_context = &record;
	plan_options.scrubbed = late_record_scrubbed;
	plan_options.scrubbed_context = &record;
	look(&fs, layout, &plan_options, NULL, &machine, &plan);
	if (in->check)
		status = answer(plan);
	if (in->json) {
		stored_digest(layout, fs.root_fd);
		report_json_plan(plan, status, &out);
	} else {
		report_plan(plan, &style, &out);
	}
	status = status_worse(status, command_print(&out));
	plan_free(plan);
	machine_free(machine);
close:
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}

const struct command command_plan = {
	.name = "plan",
	.summary = "show what apply would do, and why; changes nothing",
	.options = options,
	.run = run,
};
