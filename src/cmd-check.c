// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>
#include <sys/stat.h>

#include "apply.h"
#include "evidence.h"
#include "image.h"
#include "installed.h"
#include "kdump.h"
#include "mem.h"
#include "memmap.h"
#include "observe.h"
#include "stored.h"

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
static enum status check_cmdline(const struct sysfs *fs, const struct machine *machine,
				 const struct layout *layout)
{
	static const struct memmap_options none;
	_cleanup_(freep) char *fault = evidence_fault(fs, machine);
	struct memmap_choice *choice;
	_cleanup_(text_release) struct text line = {0};
	enum status status = STATUS_OK;
	struct range *ranges = NULL;
	size_t n = 0;

	if (fault) {
		diag_warning("gen-cmdline would print nothing: %s; " MEMMAP_NEXT_TABLES, fault);
		return STATUS_OK;
	}
	choice = memmap_choose(layout, machine, &none);
	if (choice->refusal)
		diag_warning("gen-cmdline would print nothing: %s; %s", choice->refusal,
			     choice->refusal_next);
	for (size_t i = 0; i < choice->n_ranges; i++) {
		*MEM_APPEND(ranges, n) = choice->ranges[i].range;
		if (choice->ranges[i].origin != MEMMAP_KEPT)
			status = STATUS_MACHINE;
	}
	memmap_print(ranges, n, &line);
	if (status != STATUS_OK)
		diag_error("the kernel was not started with the carveouts of this layout: "
			   "\"ramdax gen-cmdline\" prints %s; run \"ramdax update-bootloader\" and "
			   "reboot",
			   text_str(&line));
	free(ranges);
	memmap_choice_free(choice);
	return status;
}

/* What is compared with images: the layout as they store it, and when it was written. */
struct stored {
	struct text resolved;
	int64_t changed; /* nanoseconds since 1970 */
};

static void stored_make(const struct sysfs *fs, struct layout *layout, struct stored *stored)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};

	stored_print(layout, fs->root_fd, &faults, &stored->resolved);
	for (size_t i = 0; i < layout->files.n; i++)
		if (layout->files.items[i].changed > stored->changed)
			stored->changed = layout->files.items[i].changed;
}

/* What is wrong with an image; NULL if nothing is. Where it cannot be read, its age must do. */
static const char *image_fault(const struct sysfs *fs, const struct installed_image *image,
			       const struct stored *stored)
{
	_cleanup_(freep) char *path = mem_printf("/%s", image->path);
	enum image_layout held =
		fs->live ? image_look(path, text_str(&stored->resolved)) : IMAGE_UNREADABLE;

	if (held == IMAGE_WITHOUT)
		return "does not hold the layout";
	if (held == IMAGE_OTHER)
		return "holds another layout";
	if (held != IMAGE_SAME && image->changed < stored->changed)
		return "is older than the layout";
	return NULL;
}

static void say_image(const struct installed_kernel *kernel, const struct installed_image *image,
		      const char *fault)
{
	_cleanup_(freep) char *again = installed_remake(kernel, image);

	diag_warning("image \"/%s\" %s: run \"%s\"", image->path, fault, again);
}

/* Kernels that may boot next. Only warnings: the one that runs is judged by the plan. */
static void check_installed(const struct sysfs *fs, const struct stored *stored,
			    const char *running)
{
	_cleanup_(installed_release) struct installed installed = {0};

	installed_observe(fs, &installed);
	for (size_t i = 0; i < installed.n; i++) {
		const struct installed_kernel *kernel = &installed.kernels[i];

		if (!kernel->has_driver && !(running && !strcmp(kernel->release, running)))
			diag_warning("kernel \"%s\" has no ramdax driver: nothing of the layout "
				     "will exist when it boots; install a kernel 6.19 or later "
				     "with CONFIG_RAMDAX",
				     kernel->release);
		for (size_t j = 0; kernel->has_driver && j < kernel->n_images; j++) {
			const char *fault = image_fault(fs, &kernel->images[j], stored);

			if (fault)
				say_image(kernel, &kernel->images[j], fault);
		}
	}
}

/* What will go wrong later: at the next boot, or when this kernel crashes. */
static void check_later(const struct sysfs *fs, struct layout *layout,
			const struct machine *machine)
{
	struct stored stored = {0};
	const char *fault = kdump_fault(fs, machine->cmdline);

	stored_make(fs, layout, &stored);
	check_installed(fs, &stored, machine->release);
	text_release(&stored.resolved);
	if (fault)
		diag_warning("crash kernels get the carveouts of this one, which their memory does "
			     "not suffice for: %s",
			     fault);
}

/* What stands against the layout on this machine; what is merely different is apply's concern.
 * @stored: the layout as images have it, for whatever machine. */
static enum status check_machine(const struct sysfs *fs, const struct layout *layout,
				 struct layout *stored)
{
	static const struct plan_options none;
	struct machine *machine = observe(fs);
	struct plan *plan = plan_make(layout, machine, &none);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < plan->n_problems; i++) {
		const struct problem *p = &plan->problems[i];

		if (p->status != STATUS_MACHINE)
			continue;
		apply_say_problem(layout, p);
		status = STATUS_MACHINE;
	}
	if (layout->n_regions) {
		status = status_worse(status, check_cmdline(fs, machine, layout));
		check_later(fs, stored, machine);
	}
	plan_free(plan);
	machine_free(machine);
	return status;
}

/* Whether the root knows the owners and groups, whose numbers its images store. One without a
 * database, a captured machine, tells nothing. */
static enum status check_owners(const struct invocation *in, const struct sysfs *fs,
				struct layout *layout)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};

	if ((!in->machine && !in->root) || !sysfs_exists(fs, "etc/passwd"))
		return STATUS_OK;
	layout_resolve_owners(layout, fs->root_fd, &faults);
	layout_files_say(&layout->files, &faults);
	return faults.n ? STATUS_LAYOUT : STATUS_OK;
}

static enum status run(const struct invocation *in)
{
	struct layout *layout = NULL, *here = NULL;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	status = command_load_layout(in, NULL, &layout);
	if (status == STATUS_OK)
		status = check_owners(in, &fs, layout);
	if (status == STATUS_OK && shows_a_machine(in, &fs)) {
		status = command_load_layout(in, &fs, &here);
		if (status == STATUS_OK)
			status = check_machine(&fs, here, layout);
	}
	if (layout)
		stored_digest(layout, fs.root_fd);
	if (in->json) {
		_cleanup_(text_release) struct text out = {0};

		report_json_check(layout, status, &out);
		status = status_worse(status, command_print(&out));
	}
	layout_free(layout);
	layout_free(here);
	sysfs_close(&fs);
	return status;
}

const struct command command_check = {
	.name = "check",
	.summary = "say everything that is wrong with the layout",
	.options = options,
	.run = run,
};
