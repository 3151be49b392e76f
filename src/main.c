// SPDX-License-Identifier: GPL-2.0-or-later
/* Which command, with which options, and what --help says of them. */
#include <getopt.h>
#include <string.h>

#include "command.h"
#include "mem.h"

#define OPTION_HELP    1001
#define OPTION_VERSION 1002
#define OPTION_FIRST   2000 /* of those in tables */
#define OPTIONS_MAX    24

static const struct command *const commands[] = {
	&command_check,  &command_plan,        &command_apply,
	&command_status, &command_wipe,        &command_scrub,
	&command_export, &command_gen_cmdline, &command_update_bootloader,
	&command_needs,  &command_cat,         &command_resolve,
	&command_fstab,  &command_udev,
};

const struct option_spec global_options[] = {
	{"layout", 0, "FILE", "the layout (default " LAYOUT_PATH ", below --root)",
	 offsetof(struct invocation, layout)},
	{"root", 0, "DIR", "look at /sys, /proc and /etc below DIR, not at this machine",
	 offsetof(struct invocation, root)},
	{"json", 0, NULL, "report as JSON", offsetof(struct invocation, json)},
	{0},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* Without --json for a command that has no report. */
static void help_options(const struct option_spec *options, const struct command *command,
			 struct text *out)
{
	for (; options && options->name; options++) {
		struct text left = {0};

		if (command && command->text_only && !strcmp(options->name, "json"))
			continue;
		text_addf(&left, "--%s", options->name);
		if (options->argument && *options->argument == '[')
			text_addf(&left, "[=%s", options->argument + 1);
		else if (options->argument)
			text_addf(&left, " %s", options->argument);
		text_addf(out, "      %-16s %s\n", text_str(&left), options->help);
		text_release(&left);
	}
}

static void help_globals(const struct command *command, struct text *out)
{
	help_options(global_options, command, out);
	text_add(out, "  -v, --verbose        say more\n"
		      "  -q, --quiet          say errors and warnings only\n"
		      "  -h, --help           show this\n"
		      "  -V, --version        show the version\n");
}

static enum status help(const struct command *command)
{
	_cleanup_(text_release) struct text out = {0};

	if (command) {
		text_addf(&out, "usage: ramdax %s [OPTIONS]%s%s\n\n%s\n\nOptions:\n", command->name,
			  command->arguments ? " " : "",
			  command->arguments ? command->arguments : "", command->summary);
		help_options(command->options, command, &out);
	} else {
		text_add(
			&out,
			"usage: ramdax [OPTIONS] COMMAND [OPTIONS]\n\n"
			"Provisions namespaces of the RAMDAX driver from a layout. Their medium is\n"
			"RAM: whatever is stored in them is gone when the power is.\n\n"
			"Commands:\n");
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
			text_addf(&out, "  %-17s %s\n", commands[i]->name, commands[i]->summary);
		text_add(&out, "\nOptions:\n");
	}
	help_globals(command, &out);
	text_add(&out, "\nSee ramdax(8) and ramdax-layout(5).\n");
	return command_print(&out);
}

static enum status show_version(void)
{
	_cleanup_(text_release) struct text out = {0};

	text_add(&out, "ramdax " RAMDAX_VERSION "\n");
	return command_print(&out);
}

/* The options of one round of parsing, and the specs behind their numbers. */
struct option_set {
	struct option options[OPTIONS_MAX];
	const struct option_spec *specs[OPTIONS_MAX];
	size_t n;
};

static void add_options(struct option_set *set, const struct option_spec *specs)
{
	for (; specs && specs->name && set->n < OPTIONS_MAX - 5; specs++) {
		set->specs[set->n] = specs;
		set->options[set->n] = (struct option){
			specs->name,
			!specs->argument          ? no_argument
			: *specs->argument == '[' ? optional_argument
						  : required_argument,
			NULL,
			OPTION_FIRST + (int)set->n,
		};
		set->n++;
	}
}

static struct option_set option_set(const struct command *command)
{
	static const struct option common[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{"verbose", no_argument, NULL, 'v'},
		{"quiet", no_argument, NULL, 'q'},
	};
	struct option_set set = {0};

	add_options(&set, global_options);
	if (command)
		add_options(&set, command->options);
	memcpy(set.options + set.n, common, sizeof(common));
	return set;
}

/* False, said, if the argument is empty: of an unset variable in a script, which means nothing. */
static bool take(struct invocation *in, const struct option_spec *spec, const char *argument)
{
	char *field = (char *)in + spec->offset;

	if (argument && !*argument) {
		diag_error("the argument of \"--%s\" is empty", spec->name);
		return false;
	}
	if (spec->argument)
		*(const char **)field = argument ? argument : "";
	else
		*(bool *)field = true;
	return true;
}

enum parsed {
	PARSED,
	PARSED_HELP,
	PARSED_VERSION,
	PARSED_WRONG,
};

/* Parses options up to the first argument, with @command past all arguments too. */
static enum parsed parse(struct invocation *in, const struct command *command, int argc,
			 char **argv)
{
	static char name[] = "ramdax"; /* as getopt's own messages begin */
	struct option_set set = option_set(command);
	const char *letters = command ? "hVvq" : "+hVvq";
	int c;

	optind = 0;
	if (argc)
		argv[0] = name;
	while ((c = getopt_long(argc, argv, letters, set.options, NULL)) != -1) {
		if (c == 'h')
			return PARSED_HELP;
		else if (c == 'V')
			return PARSED_VERSION;
		else if (c == 'v')
			diag_set_level(DIAG_DEBUG);
		else if (c == 'q')
			diag_set_level(DIAG_WARNING);
		else if (c < OPTION_FIRST || !take(in, set.specs[c - OPTION_FIRST], optarg))
			return PARSED_WRONG;
	}
	return PARSED;
}

static enum status wrong_usage(const struct command *command)
{
	diag_error("try \"ramdax %s%s--help\"", command ? command->name : "", command ? " " : "");
	return STATUS_USAGE;
}

static enum status unknown_command(const char *word)
{
	const char *names[ARRAY_SIZE(commands)], *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i]->name;
	nearest = text_nearest(word, names, ARRAY_SIZE(names));
	if (nearest)
		diag_error("unknown command \"%s\", did you mean \"%s\"?", word, nearest);
	else
		diag_error("unknown command \"%s\"", word);
	return wrong_usage(NULL);
}

static enum status run_command(struct invocation *in, const struct command *command, int argc,
			       char **argv)
{
	switch (parse(in, command, argc, argv)) {
	case PARSED_HELP:
		return help(command);
	case PARSED_VERSION:
		return show_version();
	case PARSED_WRONG:
		return wrong_usage(command);
	case PARSED:
		break;
	}
	in->arguments = argv + optind;
	in->n_arguments = (size_t)(argc - optind);
	if (in->n_arguments && !command->arguments) {
		diag_error("\"%s\" takes no argument \"%s\"", command->name, in->arguments[0]);
		return wrong_usage(command);
	}
	if (in->json && command->text_only) {
		diag_error("\"%s\" has no --json", command->name);
		return wrong_usage(command);
	}
	return command->run(in);
}

int main(int argc, char **argv)
{
	struct invocation in = {0};
	const struct command *command;
	enum parsed parsed;

	if (!strcmp(basename(argc ? argv[0] : ""), command_generator.name))
		return run_command(&in, &command_generator, argc, argv);
	if (!strcmp(basename(argc ? argv[0] : ""), "ramdax-gen-cmdline"))
		return run_command(&in, &command_gen_cmdline, argc, argv);
	parsed = parse(&in, NULL, argc, argv);
	if (parsed == PARSED_HELP)
		return help(NULL);
	if (parsed == PARSED_VERSION)
		return show_version();
	if (parsed == PARSED_WRONG)
		return wrong_usage(NULL);
	if (optind >= argc) {
		diag_error("no command given");
		return wrong_usage(NULL);
	}
	command = find_command(argv[optind]);
	if (!command)
		return unknown_command(argv[optind]);
	return run_command(&in, command, argc - optind, argv + optind);
}
