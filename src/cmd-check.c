// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include "mem.h"
#include "memmap.h"
#include "observe.h"

static const struct option_spec options[] = {
	{"machine", 0, NULL, "also check whether this machine can carry the layout",
	 offsetof(struct invocation, machine)},
	{0},
};

/* A root that holds a memory map is a captured machine. */
static bool shows_a_machine(const struct invocation *in, const struct sysfs *fs)
{
	return in->machine || (in->root && (sysfs_exists(fs, "proc/iomem") ||
					    sysfs_exists(fs, "sys/firmware/memmap")));
}

/* Whether the running command line is what gen-cmdline would print now. Where it would print none,
 * nothing follows for what runs. */
static enum status check_cmdline(const struct machine *machine, const struct layout *layout)
{
	static const struct memmap_options none;
	struct memmap_choice *choice = memmap_choose(layout, machine, &none);
	_cleanup_(text_release) struct text line = {0};
	enum status status = STATUS_OK;
	struct range *ranges = NULL;
	size_t n = 0;

	if (choice->refusal)
		diag_warning("gen-cmdline would print nothing: %s", choice->refusal);
	for (size_t i = 0; i < choice->n_ranges; i++) {
		*MEM_APPEND(ranges, n) = choice->ranges[i].range;
		if (choice->ranges[i].origin != MEMMAP_KEPT)
			status = STATUS_MACHINE;
	}
	memmap_print(ranges, n, &line);
	if (status != STATUS_OK)
		diag_error("the kernel was not started with the carveouts of this layout: "
			   "\"ramdax gen-cmdline\" prints %s",
			   text_str(&line));
	free(ranges);
	memmap_choice_free(choice);
	return status;
}

/* What stands against the layout on this machine; what is merely different is apply's concern. */
static enum status check_machine(const struct sysfs *fs, const struct layout *layout)
{
	static const struct plan_options none;
	struct machine *machine = observe(fs);
	struct plan *plan = plan_make(layout, machine, &none);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < plan->n_problems; i++) {
		const struct problem *p = &plan->problems[i];

		if (p->status != STATUS_MACHINE)
			continue;
		diag_error("%s (%s:%u)", p->text, layout->path, p->line);
		status = STATUS_MACHINE;
	}
	if (layout->n_regions)
		status = status_worse(status, check_cmdline(machine, layout));
	plan_free(plan);
	machine_free(machine);
	return status;
}

static enum status run(const struct invocation *in)
{
	struct layout *layout = NULL;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	status = command_load_layout(in, &layout);
	if (status == STATUS_OK && shows_a_machine(in, &fs))
		status = check_machine(&fs, layout);
	if (in->json) {
		_cleanup_(text_release) struct text out = {0};

		report_json_check(layout, status, &out);
		status = status_worse(status, command_print(&out));
	}
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}

const struct command command_check = {
	.name = "check",
	.summary = "say everything that is wrong with the layout",
	.options = options,
	.run = run,
};
