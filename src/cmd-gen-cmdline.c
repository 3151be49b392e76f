// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

#include "cmdline-store.h"
#include "container.h"
#include "evidence.h"
#include "mem.h"
#include "memmap.h"
#include "observe.h"
#include "report-memmap.h"

/* arch/x86/boot/compressed/kaslr.c, MAX_MEMMAP_REGIONS: ranges of one list that it avoids. */
#define KASLR_RANGES_MAX 4

static const struct option_spec options[] = {
	{"fresh", 0, NULL, "choose anew, and give up what is in running carveouts",
	 offsetof(struct invocation, fresh)},
	{"store", 0, NULL, "also store the line below /var/lib/ramdax, for installers",
	 offsetof(struct invocation, store)},
	{"stored", 0, NULL, "print the stored line, if it is this machine's",
	 offsetof(struct invocation, stored)},
	{"kexec", 0, NULL, "print what a kexec command line must repeat",
	 offsetof(struct invocation, kexec)},
	{0},
};

static bool combine(const struct invocation *in)
{
	if (in->fresh + in->stored + in->kexec <= 1 && in->store + in->stored + in->kexec <= 1 &&
	    in->json + in->stored + in->kexec <= 1)
		return true;
	diag_error("%s cannot be combined with other options, see \"ramdax gen-cmdline --help\"",
		   in->kexec ? "--kexec" : "--stored");
	return false;
}

/* Whether this is the machine the line is for, and all of it can be seen. */
static enum status check_place(const struct sysfs *fs)
{
	_cleanup_(freep) char *evidence = fs->live ? container_evidence(fs) : NULL;

	if (fs->live && !command_is_root("gen-cmdline"))
		return STATUS_FAILED;
	if (!evidence)
		return STATUS_OK;
	diag_error("this is a container or chroot, where /sys is another machine's: %s; --root "
		   "names the root directory of a machine to be looked at",
		   evidence);
	return STATUS_MACHINE;
}

static enum status print_line(const char *line)
{
	_cleanup_(text_release) struct text out = {0};

	if (!*line)
		return STATUS_OK;
	text_addf(&out, "%s\n", line);
	return command_print(&out);
}

static enum status run_kexec(const struct machine *m)
{
	_cleanup_(freep) struct range *ranges = mem_calloc(m->n_carveouts, sizeof(*ranges));
	_cleanup_(text_release) struct text line = {0};
	size_t n = 0;

	for (size_t i = 0; i < m->n_carveouts; i++)
		if (!m->devices[m->carveouts[i].device].devicetree)
			ranges[n++] = m->carveouts[i].range;
	if (!n)
		diag_notice("no carveouts run: a kexec command line needs no memmap=");
	else
		diag_notice("only kexec -s (kexec_file_load) is safe: without it the new kernel is "
			    "put into the carveouts");
	memmap_print(ranges, n, &line);
	return print_line(text_str(&line));
}

static enum status run_stored(const struct sysfs *fs, const char *fingerprint)
{
	_cleanup_(freep) char *line = NULL;
	int r = cmdline_stored(fs, fingerprint, &line);

	if (r == 0)
		return print_line(line);
	if (r == -ESTALE)
		diag_error("the line stored in \"/" CMDLINE_STORE_PATH "\" was made for another "
			   "machine, or for other memory; run \"ramdax update-bootloader\"");
	else if (r == -EBADMSG)
		diag_error("\"/" CMDLINE_STORE_PATH
			   "\" is damaged; run \"ramdax update-bootloader\"");
	else
		diag_error("cannot read \"/" CMDLINE_STORE_PATH
			   "\": %s; run \"ramdax update-bootloader\"",
			   strerror(-r));
	return STATUS_MACHINE;
}

/* What any such line costs on this machine. */
static void add_notes(const struct sysfs *fs, struct report_memmap *report)
{
	size_t n = report->choice->n_ranges;

	if (!n)
		return;
	if (sysfs_exists(fs, "sys/firmware/efi"))
		report->notes[report->n_notes++] =
			"under UEFI any memmap= ends physical KASLR: the kernel will lie where it "
			"lies by default";
	else if (n + report->choice->n_others > KASLR_RANGES_MAX)
		report->notes[report->n_notes++] =
			"more than four ranges of memmap= end physical KASLR: the kernel will lie "
			"where it lies by default";
}

static void say(const struct report_memmap *report)
{
	const struct memmap_choice *choice = report->choice;
	const struct layout_files *files = &report->layout->files;

	for (size_t i = 0; i < choice->n_warnings; i++) {
		const struct memmap_warning *w = &choice->warnings[i];

		if (w->line)
			diag_warning("%s (%s:%u)", w->text, LAYOUT_AT(files, w->line));
		else
			diag_warning("%s", w->text);
	}
	for (size_t i = 0; i < choice->n_ranges; i++)
		for (size_t j = 0; j < choice->ranges[i].n_reasons; j++)
			diag_debug("region \"%s\": %s", choice->ranges[i].region->name,
				   choice->ranges[i].reasons[j]);
	for (size_t i = 0; i < report->n_notes; i++)
		diag_notice("%s", report->notes[i]);
	if (choice->refusal && choice->refusal_line)
		diag_error("%s (%s:%u); %s", choice->refusal,
			   LAYOUT_AT(files, choice->refusal_line), choice->refusal_next);
	else if (choice->refusal)
		diag_error("%s; %s", choice->refusal, choice->refusal_next);
	else if (!choice->n_ranges)
		diag_notice("the layout has no regions: no memmap= is needed");
}

/* The choice for a machine whose tables can be believed; otherwise a refusal. */
static struct memmap_choice *choose(const struct invocation *in, const struct sysfs *fs,
				    const struct layout *layout, const struct machine *m)
{
	const struct memmap_options how = {.fresh = in->fresh};
	char *fault = layout->n_regions ? evidence_fault(fs, m) : NULL;
	struct memmap_choice *choice;

	if (!fault)
		return memmap_choose(layout, m, &how);
	choice = MEM_NEW(struct memmap_choice);
	choice->refusal = mem_printf("no memory of this machine can be given away: %s", fault);
	choice->refusal_next = MEMMAP_NEXT_TABLES;
	free(fault);
	return choice;
}

static enum status run_choice(const struct invocation *in, const struct sysfs *fs,
			      const struct layout *layout, const struct machine *m,
			      const char *fingerprint)
{
	struct memmap_choice *choice = choose(in, fs, layout, m);
	_cleanup_(freep) struct range *ranges = mem_calloc(choice->n_ranges, sizeof(*ranges));
	_cleanup_(text_release) struct text line = {0}, json = {0};
	struct report_memmap report = {.layout = layout, .choice = choice};
	enum status status = choice->refusal ? STATUS_MACHINE : STATUS_OK;

	for (size_t i = 0; i < choice->n_ranges; i++)
		ranges[i] = choice->ranges[i].range;
	memmap_print(ranges, choice->n_ranges, &line);
	add_notes(fs, &report);
	say(&report);
	if (status == STATUS_OK && in->store) {
		int r = cmdline_store(fs, fingerprint, text_str(&line));

		if (r < 0) {
			diag_error("cannot store \"/" CMDLINE_STORE_PATH
				   "\": %s; see that its directory can be written to",
				   strerror(-r));
			status = STATUS_FAILED;
		}
	}
	if (in->json) {
		report.status = (int)status;
		report.line = text_str(&line);
		report.fingerprint = fingerprint;
		report_json_memmap(&report, &json);
		status = status_worse(status, command_print(&json));
	} else if (!choice->refusal) {
		status = status_worse(status, print_line(text_str(&line)));
	}
	memmap_choice_free(choice);
	return status;
}

static enum status run_on(const struct invocation *in, const struct sysfs *fs,
			  const struct layout *layout)
{
	char fingerprint[SHA256_HEX_SIZE];
	struct machine *machine;
	enum status status = STATUS_OK;

	/* A layout without regions asks nothing of the machine. */
	if (!layout || layout->n_regions || in->store)
		status = check_place(fs);
	if (status != STATUS_OK)
		return status;
	machine = observe(fs);
	evidence_fingerprint(fs, machine, fingerprint);
	if (in->kexec)
		status = run_kexec(machine);
	else if (in->stored)
		status = run_stored(fs, fingerprint);
	else
		status = run_choice(in, fs, layout, machine, fingerprint);
	machine_free(machine);
	return status;
}

static enum status run(const struct invocation *in)
{
	struct layout *layout = NULL;
	struct sysfs fs;
	enum status status;

	if (!combine(in))
		return STATUS_USAGE;
	status = command_open_root(in, &fs);
	if (status != STATUS_OK)
		return status;
	if (!in->kexec && !in->stored)
		status = command_load_layout(in, &fs, &layout);
	if (status == STATUS_OK)
		status = run_on(in, &fs, layout);
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}

const struct command command_gen_cmdline = {
	.name = "gen-cmdline",
	.summary = "print the memmap= argument that makes the carveouts",
	.options = options,
	.run = run,
};
