// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <errno.h>

#include "boot-record.h"
#include "observe.h"
#include "record.h"
#include "stored.h"
#include "trial.h"

/* What has become of a kernel command line on trial. */
static void tell_trial(const struct sysfs *fs)
{
	struct trial trial = {0};
	int r = trial_read(fs, &trial);

	if (r == -EBADMSG)
		diag_warning("\"/" TRIAL_PATH "\" does not say which line is on trial");
	else if (r == 0 && trial.failed)
		diag_warning("the new kernel command line was given up after its trial: %s; "
			     "\"%s\" is not used until ramdax-update-bootloader is run again",
			     trial.failed, trial.line);
	else if (r == 0)
		diag_notice("\"%s\" is on trial: it stays if its boot completes", trial.line);
	trial_release(&trial);
}

static enum status run(const struct invocation *in)
{
	struct plan_options plan_options = {.settled = boot_record_settled};
	_cleanup_(text_release) struct text out = {0};
	struct report_style style = command_style();
	struct boot_record *record;
	struct machine *machine;
	struct layout *layout = NULL;
	struct plan *plan;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	tell_trial(&fs);
	/* Without a layout there is still something to show; an invalid one is said and not used.
	 */
	command_load_optional(in, &fs, false, &layout);
	if (layout)
		stored_digest(layout, fs.root_fd);
	machine = observe(&fs);
	record = record_read(&fs, machine->boot_id);
	if (layout)
		command_warn_image(&fs, machine, layout, record);
	plan_options.settled_context = record;
	plan_options.scrubbed = late_record_scrubbed;
	plan_options.scrubbed_context =
		&(struct late_record){.fs = &fs, .read = true, .record = record};
	plan = layout ? plan_make(layout, machine, &plan_options) : NULL;
	if (in->json)
		report_json_status(machine, plan, NULL, record, STATUS_OK, &out);
	else
		report_status(machine, plan, record, &style, &out);
	status = command_print(&out);
	boot_record_free(record);
	plan_free(plan);
	machine_free(machine);
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}

const struct command command_status = {
	.name = "status",
	.summary = "show what is there now",
	.run = run,
};
