// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

#include "apply.h"
#include "boot-record.h"
#include "boot.h"
#include "cmdline.h"
#include "carveout.h"
#include "mem.h"
#include "notify.h"
#include "observe.h"
#include "record.h"
#include "report-log.h"
#include "step.h"
#include "stored.h"

/* Beyond the deadline a child may still be ending mkfs and looking at what there is; after that it
 * is stuck. The unit that runs it waits longer (boot_timeout + 30 s). */
#define STUCK_MS 10000

static const struct option_spec options[] = {
	{"boot", 0, NULL, "as the boot does: kernel log, report, status 0 unless required",
	 offsetof(struct invocation, boot)},
	{"no-format", 0, NULL, "make no file systems", offsetof(struct invocation, no_format)},
	{"recreate", 0, "[NAME]", "make anew what differs (a namespace, a region, or all)",
	 offsetof(struct invocation, recreate)},
	{"prune", 0, NULL, "remove what the layout does not name",
	 offsetof(struct invocation, prune)},
	{"repair-labels", 0, NULL, "make lost labels anew, around the data",
	 offsetof(struct invocation, repair_labels)},
	{"yes", 0, NULL, "do not ask before something is destroyed",
	 offsetof(struct invocation, yes)},
	{0},
};

/* Why the boot must leave everything alone, or NULL. */
static const char *stay_out(const struct sysfs *fs, const char *cmdline)
{
	if (!cmdline_bool(cmdline, "rd.ramdax", true))
		return "rd.ramdax=0 is on the kernel command line";
	if (boot_is_crash_kernel(fs, cmdline))
		return "this is a crash kernel";
	if (boot_is_resuming(fs, cmdline))
		return "a hibernated system is about to be resumed";
	return NULL;
}

/* The report of this boot, and with --json of this run. */
static enum status report(const struct invocation *in, const struct sysfs *fs,
			  const struct machine *machine, const struct plan *plan,
			  const struct outcome *outcome, const struct boot_record *record,
			  enum status status)
{
	_cleanup_(text_release) struct text out = {0};

	report_json_status(machine, plan, outcome, record, status, &out);
	if (fs->live)
		record_write(&out);
	return in->json ? command_print(&out) : STATUS_OK;
}

/* An unreadable layout requires nothing; the report says what is wrong. */
static enum status report_no_layout(const struct invocation *in, const struct sysfs *fs,
				    enum status status)
{
	struct machine *machine = observe(fs);
	struct boot_record *record = record_read(fs, machine->boot_id);

	report(in, fs, machine, NULL, NULL, record, status);
	boot_record_free(record);
	machine_free(machine);
	return in->boot ? STATUS_OK : status;
}

/* What a boot with this layout may take: binding and zeroing take about a second per 16 GiB. */
static uint64_t boot_ms(const struct layout *layout)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < layout->n_regions; i++) {
		uint64_t needs = region_needs(&layout->regions[i], layout->regions[i].address);

		if (!checked_add(bytes, needs, &bytes))
			bytes = UINT64_MAX;
	}
	return (layout->boot_timeout + bytes / (16 * GIB)) * UINT64_C(1000);
}

/* One run, with all it needs. */
struct run {
	const struct invocation *in;
	struct sysfs *fs;
	const char *cmdline;
	struct layout *layout;
	struct apply_options options;
	char **asked; /* what was asked about: "destroy NAME" */
	size_t n_asked;
};

/* Whether @step destroys something, which is asked about. */
static bool destroys(const struct step *step)
{
	return !step->conditional &&
	       (step->kind == STEP_DESTROY || step->kind == STEP_RESET || step->kind == STEP_DROP);
}

/* Whether it was asked about; from now on it was. */
static bool was_asked(struct run *run, const struct step *step)
{
	char *what = mem_printf("%s %s", step_name(step->kind), step_object(step));

	for (size_t i = 0; i < run->n_asked; i++) {
		if (!strcmp(run->asked[i], what)) {
			free(what);
			return true;
		}
	}
	*MEM_APPEND(run->asked, run->n_asked) = what;
	return false;
}

/* Shows a plan that destroys what was not asked about yet to whoever sits there, and
 * asks. */
static bool is_wanted(void *context, const struct plan *plan)
{
	struct run *run = context;
	_cleanup_(text_release) struct text out = {0};
	struct report_style style = command_style();
	bool asks = false;

	for (size_t i = 0; i < plan->n_steps; i++)
		asks |= destroys(&plan->steps[i]) && !was_asked(run, &plan->steps[i]);
	if (!asks)
		return true;
	report_plan(plan, &style, &out);
	return command_ask(&out);
}

static void run_release(struct run *run)
{
	for (size_t i = 0; i < run->n_asked; i++)
		free(run->asked[i]);
	free(run->asked);
}

/* Once for each boot, and again only where a later run had something to do. */
static void say_summary(const struct outcome *outcome, const struct boot_record *record)
{
	_cleanup_(text_release) struct text line = {0};

	report_summary(outcome, record, &line);
	diag_notice("%s", text_str(&line));
}

static enum status apply_locked(struct run *run)
{
	_cleanup_(late_record_release) struct late_record late = {0};
	struct later digest = {0};
	const struct boot_record *record;
	struct outcome *outcome;
	enum status status, printed;

	late_record_start(&late, run->fs);
	stored_digest_later(run->layout, run->fs->root_fd, &digest);
	run->options.plan.settled = late_record_settled;
	run->options.plan.settled_context = &late;
	run->options.plan.scrubbed = late_record_scrubbed;
	run->options.plan.scrubbed_context = &late;
	if (!run->in->boot && !run->in->yes && command_can_ask()) {
		run->options.wanted = is_wanted;
		run->options.wanted_context = run;
	}
	outcome = apply_run(run->fs, run->layout, &run->options);
	later_wait(&digest);
	status = outcome->unwanted ? STATUS_CONFLICT : outcome->status;
	if (outcome->unwanted)
		diag_notice(outcome->n_done ? "nothing more was done" : "nothing was done");
	if (outcome->unwanted && !outcome->n_done) {
		outcome_free(outcome);
		return status;
	}
	record = late_record_get(&late);
	command_warn_image(run->fs, outcome->machine, run->layout, record);
	outcome->told = report_journal(run->fs, outcome, record);
	if (run->in->boot && (!record || outcome->n_done))
		say_summary(outcome, record);
	printed =
		report(run->in, run->fs, outcome->machine, outcome->plan, outcome, record, status);
	if (run->in->boot && !outcome_required_missing(outcome))
		status = STATUS_OK;
	outcome_free(outcome);
	return status_worse(status, printed);
}

static int apply_layout(void *context)
{
	struct run *run = context;
	_cleanup_(closep) int lock = apply_lock(run->fs);

	if (lock < 0) {
		apply_say_no_lock(lock);
		return STATUS_FAILED;
	}
	return (int)apply_locked(run);
}

/* Whether something may be missing that stops this boot, however the run ended: with no lock, with
 * no memory, or by a signal. */
static bool may_stop_boot(const struct run *run)
{
	const struct layout *layout = run->layout;
	bool required = false;

	for (size_t i = 0; i < layout->n_regions; i++)
		required |= layout->regions[i].required;
	return required && !run->options.look_only && !boot_is_rescue(run->cmdline);
}

/* What this boot's report says of what is there stands: a later run would take what this boot has
 * made for what it found. */
static void report_unseen(const struct run *run)
{
	_cleanup_(text_release) struct text earlier = {0}, out = {0};
	_cleanup_(freep) char *boot_id = record_boot_id(run->fs);
	int r = record_text(run->fs, &earlier);

	if (r == 0 && report_json_amend(&earlier, boot_id, STATUS_FAILED, &out)) {
		record_write(&out);
	} else if (r == -ENOENT || boot_record_is_old(text_str(&earlier), earlier.len, boot_id)) {
		struct machine *unseen = MEM_NEW(struct machine);

		if (strlen(boot_id) < sizeof(unseen->boot_id))
			strcpy(unseen->boot_id, boot_id);
		report(run->in, run->fs, unseen, NULL, NULL, NULL, STATUS_FAILED);
		machine_free(unseen);
	}
}

/* The child waits for another run, or is stuck in the kernel and keeps the lock; the machine cannot
 * be looked at either. */
static enum status report_stuck(const struct run *run)
{
	diag_error(
		"not done after %u s and more, the boot goes on without; see what \"dmesg\" says "
		"of it; if it was only slow, give it a greater boot_timeout in the layout",
		run->layout->boot_timeout);
	report_unseen(run);
	return STATUS_FAILED;
}

/* A boot must end: the work is done by a child that this process waits for only so long. */
static enum status apply_supervised(struct run *run)
{
	uint64_t ms = boot_ms(run->layout);
	int status = STATUS_FAILED, r;

	notify_extend_start(ms + 2 * STUCK_MS);
	run->options.deadline = deadline_in(ms);
	r = deadline_supervise(deadline_in(ms + STUCK_MS), apply_layout, run, &status);
	if (r == -ETIMEDOUT)
		return report_stuck(run);
	if (r < 0)
		diag_error("cannot supervise: %s; run \"ramdax apply\" once the system is up",
			   strerror(-r));
	else if (status < 0)
		diag_error("it did not come to its end; see what \"dmesg\" says of it, then run "
			   "\"ramdax apply\"");
	if (r == 0 && status >= 0)
		return (enum status)status;
	report_unseen(run);
	return STATUS_FAILED;
}

static enum status apply(const struct invocation *in, struct sysfs *fs, const char *cmdline)
{
	struct run run = {
		.in = in,
		.fs = fs,
		.cmdline = cmdline,
		.options.plan = command_plan_options(in),
		.options.look_only = in->boot && boot_only_checks(cmdline),
	};
	struct layout *layout = NULL;
	enum status status = command_load_trusted(in, fs, &layout);

	if (status != STATUS_OK)
		return report_no_layout(in, fs, status);
	run.layout = layout;
	run.options.plan.recreate |= in->boot && cmdline_bool(cmdline, "rd.ramdax.recreate", false);
	status = command_check_recreate(in, layout);
	if (status == STATUS_OK) {
		status = in->boot && fs->live ? apply_supervised(&run)
					      : (enum status)apply_layout(&run);
		if (in->boot && !may_stop_boot(&run))
			status = STATUS_OK;
	}
	run_release(&run);
	layout_free(layout);
	return status;
}

static enum status run(const struct invocation *in)
{
	_cleanup_(text_release) struct text cmdline = {0};
	const char *why = NULL;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	if (sysfs_read_all(&fs, &cmdline, SYSFS_VALUE_MAX, "proc/cmdline") < 0)
		text_release(&cmdline);
	if (in->boot) {
		diag_open_kmsg();
		if (cmdline_bool(text_str(&cmdline), "rd.ramdax.debug", false))
			diag_set_level(DIAG_DEBUG);
		why = stay_out(&fs, text_str(&cmdline));
	}
	if (why)
		diag_notice("nothing is done: %s", why);
	else if (fs.live && !command_is_root("apply"))
		status = STATUS_FAILED;
	else
		status = apply(in, &fs, text_str(&cmdline));
	sysfs_close(&fs);
	return status;
}

const struct command command_apply = {
	.name = "apply",
	.summary = "make the machine as the layout says",
	.options = options,
	.run = run,
};
