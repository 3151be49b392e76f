/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: one file each, which exports one struct command. Dispatch, --help and the check of the
 * options read the same tables; commands are the only users of standard output.
 */
#ifndef RAMDAX_COMMAND_H
#define RAMDAX_COMMAND_H

#include "layout.h"
#include "plan.h"
#include "report.h"
#include "sysfs.h"

/* What the command line says, options of all commands together. */
struct invocation {
	const char *layout; /* NULL: the default, below the root */
	const char *root;   /* NULL: the running machine */
	bool json;
	bool check;           /* fstab, plan: */
	bool machine;         /* check: */
	bool boot;            /* apply: */
	bool no_format;       /* apply, plan: */
	const char *recreate; /* apply, plan: a name, "" for all, NULL for none */
	bool prune;           /* apply, plan: */
	bool repair_labels;   /* apply, plan: */
	bool yes;             /* apply, wipe, scrub: */
	bool zero;            /* wipe: */
	bool fresh;           /* gen-cmdline, update-bootloader: */
	bool store;           /* gen-cmdline: */
	bool stored;          /* gen-cmdline: */
	bool kexec;           /* gen-cmdline: */
	bool dry_run;         /* update-bootloader: */
	bool trial;           /* update-bootloader: */
	bool confirm;         /* update-bootloader: */
	bool remove;          /* update-bootloader: */
	bool modules;         /* needs: */
	bool programs;        /* needs: */
	char **arguments;     /* NAME... */
	size_t n_arguments;
};

/* An option: sets a bool of struct invocation, or with @argument a string; "" if the argument is
 * optional, "[NAME]", and not given. */
struct option_spec {
	const char *name;
	char letter;          /* 0: none */
	const char *argument; /* "FILE", "[NAME]"; NULL for a bool */
	const char *help;
	size_t offset; /* in struct invocation */
};

struct command {
	const char *name;
	const char *arguments; /* "[NAME...]"; NULL: none are taken */
	const char *summary;
	const struct option_spec *options; /* of its own; ends with a NULL name; NULL: none */
	bool text_only;                    /* there is no report for --json */
	enum status (*run)(const struct invocation *in);
};

extern const struct command command_apply;
extern const struct command command_cat;
extern const struct command command_check;
extern const struct command command_export;
extern const struct command command_fstab;
extern const struct command command_gen_cmdline;
extern const struct command command_generator; /* not one of ramdax's: see cmd-generator.c */
extern const struct command command_needs;
extern const struct command command_plan;
extern const struct command command_resolve;
extern const struct command command_scrub;
extern const struct command command_status;
extern const struct command command_udev;
extern const struct command command_update_bootloader;
extern const struct command command_wipe;

/* The options that every command takes. */
extern const struct option_spec global_options[];

/* The options of plan and apply as plan_make() takes them. */
struct plan_options command_plan_options(const struct invocation *in);

/* STATUS_OK, or STATUS_USAGE, said, when --recreate names nothing that @layout has. */
enum status command_check_recreate(const struct invocation *in, const struct layout *layout);

/* Opens the root of @in. STATUS_OK, or STATUS_FAILED, said. */
enum status command_open_root(const struct invocation *in, struct sysfs *fs);

/* Reads the files of the layout. STATUS_OK, or STATUS_LAYOUT when one cannot be read, said. */
enum status command_find_layout(const struct invocation *in, struct layout_files *files);

/*
 * Reads the layout as it is for @machine, with a region on each of its nodes where the layout says
 * so; NULL: as it is for any. STATUS_OK; STATUS_LAYOUT when it is invalid, all faults said, or
 * cannot be read, said.
 */
enum status command_load_layout(const struct invocation *in, const struct sysfs *machine,
				struct layout **layout);

/* The same for what changes the machine: on the running one, a layout that others than root can
 * write is refused, STATUS_LAYOUT, said. */
enum status command_load_trusted(const struct invocation *in, const struct sysfs *fs,
				 struct layout **layout);

/* One of these, as @trusted says, where a layout need not be there: STATUS_OK and none, unless one
 * was named. */
enum status command_load_optional(const struct invocation *in, const struct sysfs *fs, bool trusted,
				  struct layout **layout);

/* The style of standard output: colour on a terminal (and not with NO_COLOR), its width. */
struct report_style command_style(void);

/* Warns if the initramfs of this boot held another layout, as @record has it, and says what makes
 * its image again, unless that was done. */
void command_warn_image(const struct sysfs *fs, const struct machine *machine,
			const struct layout *layout, const struct boot_record *record);

/* Prints @text to standard output. STATUS_OK, or STATUS_FAILED when that fails (said). */
enum status command_print(const struct text *text);

/* Whether somebody sits there who can be asked. */
bool command_can_ask(void);

/* Prints @what will be destroyed, and asks. True if the answer is yes. */
bool command_ask(struct text *what);

/* Whether this process is root; if not, says that @what needs it. */
bool command_is_root(const char *what);

#endif
