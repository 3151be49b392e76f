// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

#include "apply.h"
#include "boot.h"
#include "mem.h"
#include "observe.h"
#include "record.h"

static const struct option_spec options[] = {
	{"boot", 0, NULL, "as the boot does: kernel log, report, status 0 unless required",
	 offsetof(struct invocation, boot)},
	{"no-format", 0, NULL, "make no file systems", offsetof(struct invocation, no_format)},
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

static bool only_checks(const char *cmdline)
{
	_cleanup_(freep) char *value = cmdline_value(cmdline, "rd.ramdax");

	return value && !strcmp(value, "check");
}

/* Whoever boots into these wants a shell, not a reason to get none. */
static bool is_rescue(const char *cmdline)
{
	static const char *const words[] = {
		"rescue",
		"single",
		"emergency",
		"s",
		"S",
		"1",
		"-s",
		"-b",
		"systemd.unit=rescue.target",
		"systemd.unit=emergency.target",
		"rd.systemd.unit=rescue.target",
		"rd.systemd.unit=emergency.target",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (cmdline_has(cmdline, words[i]))
			return true;
	return false;
}

/* The report of this boot, and with --json of this run. */
static enum status report(const struct invocation *in, const struct sysfs *fs,
			  const struct machine *machine, const struct plan *plan,
			  const struct outcome *outcome, enum status status)
{
	struct boot_record *record = record_read(fs, machine->boot_id);
	_cleanup_(text_release) struct text out = {0};
	enum status printed = STATUS_OK;
	int r = 0;

	report_json_status(machine, plan, outcome, record, status, &out);
	boot_record_free(record);
	if (fs->live)
		r = record_write(&out);
	if (r < 0)
		diag_warning("cannot write the report \"%s\": %s", RECORD_PATH, strerror(-r));
	if (in->json)
		printed = command_print(&out);
	return printed;
}

/* An unreadable layout requires nothing; the report says what is wrong. */
static enum status report_no_layout(const struct invocation *in, const struct sysfs *fs,
				    enum status status)
{
	struct machine *machine = observe(fs);

	report(in, fs, machine, NULL, NULL, status);
	machine_free(machine);
	return in->boot ? STATUS_OK : status;
}

static enum status apply(const struct invocation *in, struct sysfs *fs, const char *cmdline)
{
	struct apply_options apply_options = {
		.plan.no_format = in->no_format,
		.look_only = in->boot && only_checks(cmdline),
	};
	_cleanup_(closep) int lock = apply_lock(fs);
	struct layout *layout = NULL;
	struct outcome *outcome;
	enum status status, printed;

	if (lock < 0) {
		diag_error("cannot take the lock: %s", strerror(-lock));
		return STATUS_FAILED;
	}
	status = command_load_layout(in, &layout);
	if (status != STATUS_OK)
		return report_no_layout(in, fs, status);
	outcome = apply_run(fs, layout, &apply_options);
	status = outcome->status;
	printed = report(in, fs, outcome->machine, outcome->plan, outcome, status);
	if (in->boot &&
	    (apply_options.look_only || is_rescue(cmdline) || !outcome_required_missing(outcome)))
		status = STATUS_OK;
	outcome_free(outcome);
	layout_free(layout);
	return status_worse(status, printed);
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
