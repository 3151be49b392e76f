// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress.h"

#include <stdatomic.h>
#include <sys/ioctl.h>

#include "deadline.h"
#include "diag.h"
#include "units.h"

#define FIRST_MS    1000 /* what is done sooner is not worth a word */
#define TERMINAL_MS 200
#define BAR_MIN     10
#define BAR_MAX     40
#define BAR_FRAME   3 /* a space and brackets */

/* One speaks at a time. */
static atomic_flag speaking = ATOMIC_FLAG_INIT;

struct progress progress_start(const char *doing, const char *name)
{
	uint64_t now = clock_ms();

	return (struct progress){
		.doing = doing,
		.name = name,
		.started = now,
		.told = now,
		.terminal = diag_on_terminal(),
	};
}

static void add_what(const struct progress *p, struct text *out)
{
	text_add(out, p->doing);
	if (p->name)
		text_addf(out, " \"%s\"", p->name);
}

void progress_text(const struct progress *p, uint64_t done, uint64_t total, uint64_t ms,
		   struct text *out)
{
	add_what(p, out);
	text_addf(out, ": %s of %s", SIZE_HUMAN(done), SIZE_HUMAN(total));
	if (total)
		text_addf(out, " (%u %%)", (unsigned)((double)done * 100 / (double)total));
	if (ms)
		text_addf(out, ", %s/s", SIZE_HUMAN((uint64_t)((double)done * 1000 / (double)ms)));
}

/* "0:15", "2:07:33" */
static void add_clock(struct text *out, uint64_t seconds)
{
	if (seconds >= 3600)
		text_addf(out, "%llu:%02u", (unsigned long long)(seconds / 3600),
			  (unsigned)(seconds / 60 % 60));
	else
		text_addf(out, "%u", (unsigned)(seconds / 60));
	text_addf(out, ":%02u", (unsigned)(seconds % 60));
}

/* " 37 %, 4.0 GiB/s, 0:15 left" */
static void add_rate(struct text *out, uint64_t done, uint64_t total, uint64_t ms)
{
	double rate = ms ? (double)done * 1000 / (double)ms : 0;

	text_addf(out, " %u %%", (unsigned)((double)done * 100 / (double)total));
	if (rate < 1)
		return;
	text_addf(out, ", %s/s, ", SIZE_HUMAN((uint64_t)rate));
	add_clock(out, (uint64_t)((double)(total - done) / rate + 0.5));
	text_add(out, " left");
}

static void add_bar(struct text *out, uint64_t done, uint64_t total, size_t width)
{
	size_t n = (size_t)((double)done * (double)width / (double)total);

	text_add(out, " [");
	text_add_repeated(out, "=", n);
	text_add(out, n < width ? ">" : "");
	text_add_repeated(out, " ", n < width ? width - n - 1 : 0);
	text_add(out, "]");
}

void progress_bar(const struct progress *p, uint64_t done, uint64_t total, uint64_t ms,
		  size_t columns, struct text *out)
{
	_cleanup_(text_release) struct text name = {0}, rate = {0};
	size_t taken;

	if (!total || done > total)
		return;
	/* In the last column some terminals begin a new line. */
	columns -= columns > 0;
	add_what(p, &name);
	add_rate(&rate, done, total, ms);
	taken = text_columns(text_str(&name)) + rate.len;
	if (taken <= columns)
		text_add(out, text_str(&name));
	else
		taken -= text_columns(text_str(&name));
	if (taken + BAR_MIN + BAR_FRAME <= columns) {
		size_t width = columns - taken - BAR_FRAME;

		add_bar(out, done, total, width < BAR_MAX ? width : BAR_MAX);
	}
	if (taken <= columns)
		text_add(out, text_str(&rate));
}

void progress_still_text(const struct progress *p, uint64_t ms, struct text *out)
{
	add_what(p, out);
	text_add(out, ": ");
	add_clock(out, ms / 1000);
	text_add(out, " so far");
}

void progress_still_line(const struct progress *p, uint64_t ms, size_t columns, struct text *out)
{
	_cleanup_(text_release) struct text name = {0}, clock = {0};

	add_what(p, &name);
	text_add(&clock, " ");
	add_clock(&clock, ms / 1000);
	if (text_columns(text_str(&name)) + clock.len < columns)
		text_add(out, text_str(&name));
	if (clock.len < columns)
		text_add(out, text_str(&clock));
}

/* Of the terminal. */
static size_t columns_now(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static void show(struct progress *p, const char *line)
{
	p->shown = true;
	fprintf(stderr, "\r\033[K%s", line);
	fflush(stderr);
}

void progress_tell(struct progress *p, uint64_t done, uint64_t total)
{
	_cleanup_(text_release) struct text line = {0};
	uint64_t now = clock_ms();
	uint64_t pause = p->terminal ? TERMINAL_MS : PROGRESS_SECONDS * 1000;

	if (now - p->started < FIRST_MS || now - p->told < pause || done == total)
		return;
	p->told = now;
	if (p->terminal) {
		progress_bar(p, done, total, now - p->started, columns_now(), &line);
		show(p, text_str(&line));
	} else {
		progress_text(p, done, total, now - p->started, &line);
		diag_notice("%s", text_str(&line));
	}
}

static void tell_still(struct progress *p)
{
	_cleanup_(text_release) struct text line = {0};
	uint64_t now = clock_ms();
	uint64_t pause = p->terminal ? FIRST_MS : PROGRESS_STILL_SECONDS * 1000;

	if (now - p->told < pause)
		return;
	p->told = now;
	if (p->terminal) {
		progress_still_line(p, now - p->started, columns_now(), &line);
		show(p, text_str(&line));
	} else {
		progress_still_text(p, now - p->started, &line);
		diag_notice("%s", text_str(&line));
	}
}

void progress_still(struct progress *p)
{
	if (atomic_flag_test_and_set(&speaking))
		return;
	tell_still(p);
	atomic_flag_clear(&speaking);
}

void progress_end(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}
