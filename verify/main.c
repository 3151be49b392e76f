// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ramdax-verify: compares the machine, as libndctl and libblkid see it, with the layout. Of ramdax
 * itself it has the reader of layouts and what that stands on, so that it can be its judge.
 */
#include <getopt.h>
#include <string.h>
#include <sys/ioctl.h>

#include "show.h"

enum output {
	OUTPUT_TABLE,
	OUTPUT_JSON,
	OUTPUT_NAGIOS,
	OUTPUT_METRICS,
};

struct invocation {
	const char *layout; /* NULL: the machine's */
	enum output output;
	bool several_outputs;
	bool help;
	bool version;
	bool wrong;
};

static const char help_text[] =
	"usage: ramdax-verify [OPTIONS]\n\n"
	"Compares the machine, as libndctl and libblkid see it, with the layout, and changes\n"
	"nothing: 0 equal, 5 different, 4 nothing there.\n\n"
	"Options:\n"
	"      --layout FILE    the layout (default " LAYOUT_PATH ")\n"
	"      --json           report as JSON\n"
	"      --nagios         report as a Nagios plugin does, exit status included\n"
	"      --openmetrics    report as OpenMetrics, for Prometheus' node_exporter\n"
	"  -h, --help           show this\n"
	"  -V, --version        show the version\n\n"
	"See ramdax-verify(8) and ramdax-layout(5).\n";

static void choose(struct invocation *in, enum output output)
{
	if (in->output != OUTPUT_TABLE && in->output != output)
		in->several_outputs = true;
	in->output = output;
}

/* Goes on behind what is wrong: with --nagios anywhere, statuses are its own. */
static struct invocation parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"layout", required_argument, NULL, 'l'},
		{"json", no_argument, NULL, 'j'},
		{"nagios", no_argument, NULL, 'n'},
		{"openmetrics", no_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	static char name[] = "ramdax-verify"; /* as getopt's own messages begin */
	struct invocation in = {0};
	bool nagios = false;
	int c;

	if (argc)
		argv[0] = name;
	while ((c = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		nagios |= c == 'n';
		in.help |= c == 'h';
		in.version |= c == 'V';
		in.wrong |= c == '?';
		if (c == 'l')
			in.layout = optarg;
		else if (c == 'j' || c == 'n' || c == 'o')
			choose(&in, c == 'j'   ? OUTPUT_JSON
				    : c == 'n' ? OUTPUT_NAGIOS
					       : OUTPUT_METRICS);
	}
	if (in.several_outputs)
		diag_error("only one of --json, --nagios and --openmetrics can be had");
	if (optind < argc)
		diag_error("there is no argument \"%s\"", argv[optind]);
	in.wrong |= in.several_outputs || optind < argc;
	if (in.wrong) {
		diag_error("try \"ramdax-verify --help\"");
		in.output = nagios ? OUTPUT_NAGIOS : OUTPUT_TABLE;
	}
	return in;
}

static bool print(const struct text *out)
{
	if (fwrite(text_str(out), 1, out->len, stdout) == out->len && fflush(stdout) == 0)
		return true;
	diag_error("cannot write to standard output: %s", strerror(errno));
	return false;
}

/* Where it is no terminal, a row is one line, for grep. */
static struct paper standard_output(void)
{
	struct paper paper = {.columns = SIZE_MAX};
	const char *no_color = getenv("NO_COLOR");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return paper;
	paper.colour = !no_color || !*no_color;
	paper.columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		paper.columns = size.ws_col;
	return paper;
}

/* The files that @path names, or those of the machine if it is NULL. 0 or -errno. */
static int find_layout(const char *path, struct layout_files *files)
{
	struct sysfs root;
	int r;

	if (path)
		return layout_files_open(files, path);
	r = sysfs_open(&root, NULL);
	if (r < 0)
		return r;
	r = layout_files_find(files, &root, "");
	sysfs_close(&root);
	return r;
}

/* The layout, on this machine's nodes if they matter. */
static struct layout *read_here(const struct layout_files *files, struct fault_list *faults)
{
	struct layout *layout = layout_read(files, faults);
	_cleanup_(freep) int *nodes = NULL;
	size_t n_nodes;

	if (!layout || !layout_spreads(layout))
		return layout;
	layout_free(layout);
	n_nodes = look_nodes(&nodes);
	return layout_read_on(files, nodes, n_nodes, faults);
}

static enum verify_status read_layout(const char *path, struct layout **layout)
{
	_cleanup_(layout_files_release) struct layout_files files = {0};
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	int r = find_layout(path, &files);

	if (r < 0)
		diag_error(
			"cannot read the layout \"%s\": %s%s",
			files.n ? files.items[files.n - 1].path : LAYOUT_PATH, strerror(-r),
			r == -ENOENT
				? "; write one, see ramdax-layout(5), or name another with --layout"
				: "");
	else
		*layout = read_here(&files, &faults);
	layout_files_say(&files, &faults);
	return *layout ? VERIFY_EQUAL : VERIFY_LAYOUT;
}

static enum verify_status look_and_judge(const char *path, struct layout **layout,
					 struct found *found, struct judgement *j)
{
	enum verify_status status = read_layout(path, layout);
	int r;

	if (status != VERIFY_EQUAL)
		return status;
	if (geteuid() != 0) {
		diag_error("ramdax-verify must be run as root");
		return VERIFY_FAILED;
	}
	r = look(found);
	if (r < 0) {
		diag_error("libndctl cannot look at this machine: %s", strerror(-r));
		return VERIFY_FAILED;
	}
	judge(j, *layout, found);
	return j->status;
}

/* The first thing that went wrong. */
static const char *complaint(void)
{
	const struct diag_message *messages;

	return diag_messages(&messages) ? messages[0].text : NULL;
}

/* Without a judgement only those speak whose readers wait for a word. Returns the exit status. */
static int show(const struct judgement *j, enum output output)
{
	_cleanup_(text_release) struct text out = {0};
	bool judged = j->status == VERIFY_EQUAL || j->status == VERIFY_NOTHING ||
		      j->status == VERIFY_DIFFERENT;
	int status = j->status, unwritten = VERIFY_FAILED;
	struct paper paper;
	struct last_run last;

	switch (output) {
	case OUTPUT_TABLE:
		paper = standard_output();
		if (judged)
			show_table(j, &paper, &out);
		break;
	case OUTPUT_JSON:
		if (judged)
			show_json(j, &out);
		break;
	case OUTPUT_NAGIOS:
		status = show_nagios(j, complaint(), &out);
		unwritten = NAGIOS_UNKNOWN;
		break;
	case OUTPUT_METRICS:
		last_run_read(&last);
		show_metrics(j, &last, &out);
		break;
	}
	return print(&out) ? status : unwritten;
}

static int say(const char *s, enum output output)
{
	_cleanup_(text_release) struct text out = {0};

	text_add(&out, s);
	if (print(&out))
		return VERIFY_EQUAL;
	return output == OUTPUT_NAGIOS ? (int)NAGIOS_UNKNOWN : (int)VERIFY_FAILED;
}

int main(int argc, char **argv)
{
	struct judgement judgement = {0};
	struct layout *layout = NULL;
	struct found found = {0};
	struct invocation in;
	int status;

	diag_set_program("ramdax-verify");
	in = parse(argc, argv);
	if (in.wrong)
		judgement.status = VERIFY_USAGE;
	else if (in.help)
		return say(help_text, in.output);
	else if (in.version)
		return say("ramdax-verify " RAMDAX_VERSION "\n", in.output);
	else
		judgement.status = look_and_judge(in.layout, &layout, &found, &judgement);
	status = show(&judgement, in.output);
	judgement_release(&judgement);
	found_release(&found);
	layout_free(layout);
	return status;
}
