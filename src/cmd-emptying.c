// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd-emptying.h"

#include <string.h>

#include "apply.h"
#include "boot-record.h"
#include "mem.h"
#include "observe.h"
#include "record.h"
#include "stored.h"

static void show(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];

		text_addf(out, "%s \"%s\": %s of %s at 0x%llx%s%s\n", step_name(step->kind),
			  step->seen->name, mode_name(step->seen->mode),
			  SIZE_HUMAN(step->seen->raw), (unsigned long long)step->seen->start,
			  step->seen->fs.type ? ", " : "",
			  step->seen->fs.type ? step->seen->fs.type : "");
	}
}

/* Shows what would be emptied, and asks, if there is anything and somebody to be asked. */
static bool is_wanted(const struct invocation *in, struct sysfs *fs, const struct layout *layout,
		      const struct emptying *what)
{
	_cleanup_(text_release) struct text out = {0};
	struct machine *machine;
	struct plan *plan;
	bool wanted = true;

	if (in->yes || !command_can_ask())
		return true;
	machine = observe(fs);
	plan = plan_empty(layout, machine, what);
	if (plan->n_steps && plan_status(plan) != STATUS_USAGE) {
		show(plan, &out);
		wanted = command_ask(&out);
	}
	plan_free(plan);
	machine_free(machine);
	return wanted;
}

static enum status report(const struct invocation *in, const struct sysfs *fs,
			  const struct outcome *outcome, const struct boot_record *record)
{
	_cleanup_(text_release) struct text out = {0};

	report_json_status(outcome->machine, outcome->plan, outcome, record, outcome->status, &out);
	if (fs->live)
		record_write(&out);
	return in->json ? command_print(&out) : STATUS_OK;
}

static enum status empty_locked(const struct invocation *in, struct sysfs *fs,
				struct layout *layout, const struct emptying *what)
{
	_cleanup_(late_record_release) struct late_record late = {0};
	struct later digest = {0};
	struct outcome *outcome;
	enum status status;

	if (!is_wanted(in, fs, layout, what)) {
		diag_notice("nothing was done");
		return STATUS_CONFLICT;
	}
	late_record_start(&late, fs);
	stored_digest_later(layout, fs->root_fd, &digest);
	outcome = apply_emptying(fs, layout,
				 &(struct apply_options){
					 .plan.settled = late_record_settled,
					 .plan.settled_context = &late,
					 .plan.scrubbed = late_record_scrubbed,
					 .plan.scrubbed_context = &late,
				 },
				 what);
	later_wait(&digest);
	status = outcome->status;
	if (status != STATUS_USAGE)
		status = status_worse(status, report(in, fs, outcome, late_record_get(&late)));
	outcome_free(outcome);
	return status;
}

enum status cmd_emptying(const struct invocation *in, struct emptying *what)
{
	struct layout *layout = NULL;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	what->names = in->arguments;
	what->n_names = in->n_arguments;
	if (!fs.live && (what->scrub || what->zero)) {
		diag_error("\"%s\" zeroes memory, and what is below --root has none; run it on the "
			   "machine itself",
			   what->scrub ? "scrub" : "wipe --zero");
		status = STATUS_USAGE;
	} else if (fs.live && !command_is_root(what->scrub ? "scrub" : "wipe")) {
		status = STATUS_FAILED;
	} else {
		status = command_load_trusted(in, &fs, &layout);
	}
	if (status == STATUS_OK) {
		_cleanup_(closep) int lock = apply_lock(&fs);

		if (lock < 0)
			apply_say_no_lock(lock);
		status = lock < 0 ? STATUS_FAILED : empty_locked(in, &fs, layout, what);
	}
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}
