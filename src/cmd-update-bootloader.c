// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

#include "mem.h"
#include "run.h"

#define SCRIPT "ramdax-update-bootloader"

static const struct option_spec options[] = {
	{"dry-run", 0, NULL, "show what would change, change nothing",
	 offsetof(struct invocation, dry_run)},
	{"fresh", 0, NULL, "choose anew, and give up what is in running carveouts",
	 offsetof(struct invocation, fresh)},
	{"trial", 0, NULL, "with GRUB: for the next boot only, unless it completes",
	 offsetof(struct invocation, trial)},
	{"confirm", 0, NULL, "decide about a trial, at the end of a boot",
	 offsetof(struct invocation, confirm)},
	{"remove", 0, NULL, "take the argument away, and keep it away",
	 offsetof(struct invocation, remove)},
	{0},
};

/* Where this program is, "" if nothing tells. The caller frees it. */
static char *own_path(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	return n > 0 && (size_t)n < sizeof(path) ? mem_strndup(path, (size_t)n) : mem_strdup("");
}

/* The script beside this program, as it is installed and as it is in the source; else where
 * helpers are. NULL if there is none. */
static char *find_script(const char *own)
{
	static const char *const places[] = {"", "bootloader/"};
	const char *slash = strrchr(own, '/');

	for (size_t i = 0; slash && i < ARRAY_SIZE(places); i++) {
		char *path = mem_printf("%.*s/%s" SCRIPT, (int)(slash - own), own, places[i]);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return run_find(SCRIPT);
}

/* The script's own options are what this command's are; its words are put together again. */
static void words(const struct invocation *in, const char **argv)
{
	size_t n = 1;

	for (const struct option_spec *o = options; o->name; o++)
		if (*(const bool *)((const char *)in + o->offset))
			argv[n++] = mem_printf("--%s", o->name);
	if (diag_level() != DIAG_NOTICE)
		argv[n++] = diag_level() > DIAG_NOTICE ? "--verbose" : "--quiet";
	if (in->layout) {
		argv[n++] = "--layout";
		argv[n++] = in->layout;
	}
	if (in->root) {
		argv[n++] = "--root";
		argv[n++] = in->root;
	}
}

static enum status run(const struct invocation *in)
{
	/* The options, how much to say, two with a value each, the name, the end. */
	const char *argv[ARRAY_SIZE(options) + 7] = {0};
	_cleanup_(freep) char *own = own_path(), *script = find_script(own);

	if (!script) {
		diag_error("there is no \"" SCRIPT "\" beside this program, nor where helper "
			   "programs are; install ramdax again");
		return STATUS_FAILED;
	}
	argv[0] = script;
	words(in, argv);
	if (*own)
		setenv("RAMDAX", own, false);
	execv(script, (char *const *)argv);
	diag_error("cannot run \"%s\": %s; install ramdax again", script, strerror(errno));
	return STATUS_FAILED;
}

const struct command command_update_bootloader = {
	.name = "update-bootloader",
	.summary = "put that argument into the boot loader's entries",
	.options = options,
	.text_only = true,
	.run = run,
};
