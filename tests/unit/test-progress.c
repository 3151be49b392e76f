// SPDX-License-Identifier: GPL-2.0-or-later
/* How far something is: what is said of it, and where. */
#include <pty.h>
#include <sys/ioctl.h>

#include "diag.h"
#include "progress.h"
#include "unit.h"
#include "units.h"

static const struct progress zeroing = {.doing = "zeroing namespace", .name = "a"};

static char *bar(const struct progress *p, uint64_t done, uint64_t ms, size_t columns)
{
	struct text out = {0};

	progress_bar(p, done, 64 * GIB, ms, columns, &out);
	return text_take(&out);
}

#define CHECK_BAR(done, ms, columns, expected)                                   \
	do {                                                                     \
		_cleanup_(freep) char *found = bar(&zeroing, done, ms, columns); \
		CHECK_STR(found, expected);                                      \
	} while (0)

static void a_bar_has_rate_and_time_left(void)
{
	CHECK_BAR(24 * GIB, 6000, 100,
		  "zeroing namespace \"a\" [===============>                        ] 37 %, "
		  "4 GiB/s, 0:10 left");
	CHECK_BAR(0, 6000, 80,
		  "zeroing namespace \"a\" [>                                       ] "
		  "0 %");
	CHECK_BAR(64 * GIB, 6000, 100,
		  "zeroing namespace \"a\" "
		  "[========================================] 100 %, 10.7 "
		  "GiB/s, 0:00 left");
	CHECK_BAR(GIB, 600000, 200,
		  "zeroing namespace \"a\" [>                                       ] 1 %, "
		  "1.7 MiB/s, 10:30:00 left");
}

/* Never wider than the terminal: first the bar goes, then the name. */
static void a_bar_fits_into_any_terminal(void)
{
	static const struct progress named = {
		.doing = "zeroing namespace",
		.name = "\xc3\xa4 name that is as long as names may be, which is 63 bytes, no",
	};

	CHECK_BAR(24 * GIB, 6000, 50, "zeroing namespace \"a\" 37 %, 4 GiB/s, 0:10 left");
	CHECK_BAR(24 * GIB, 6000, 40, " [====>      ] 37 %, 4 GiB/s, 0:10 left");
	for (size_t columns = 0; columns < 300; columns++) {
		_cleanup_(freep) char *line = bar(&named, 24 * GIB, 6000, columns);

		CHECK(text_columns(line) <= (columns ? columns - 1 : 0));
	}
}

/* What has come to the terminal. */
static const char *shown_on(int terminal)
{
	static char shown[4096];
	ssize_t n = read(terminal, shown, sizeof(shown) - 1);

	shown[n > 0 ? n : 0] = '\0';
	return shown;
}

static void of_unknown_length_the_time_is_told(void)
{
	static const struct progress making = {.doing = "making xfs in namespace", .name = "a"};
	static const struct progress loading = {.doing = "loading kernel modules"};
	_cleanup_(text_release) struct text text = {0}, line = {0};

	progress_still_text(&making, 15999, &text);
	CHECK_STR(text_str(&text), "making xfs in namespace \"a\": 0:15 so far");
	progress_still_line(&loading, 3600000, 80, &line);
	CHECK_STR(text_str(&line), "loading kernel modules 1:00:00");
	for (size_t columns = 0; columns < 50; columns++) {
		_cleanup_(text_release) struct text narrow = {0};

		progress_still_line(&making, 15000, columns, &narrow);
		CHECK(text_columns(text_str(&narrow)) <= (columns ? columns - 1 : 0));
	}
}

/* Standard error on a real terminal, for what follows. */
static void a_terminal_is_written_over_and_left_clean(void)
{
	int terminal, end, errors = dup(STDERR_FILENO);
	struct winsize size = {.ws_row = 25, .ws_col = 60};
	struct progress p;
	const char *shown;

	if (!CHECK(openpty(&terminal, &end, NULL, NULL, &size) == 0))
		return;
	dup2(end, STDERR_FILENO);
	p = progress_start("zeroing namespace", "a");
	progress_tell(&p, GIB, 4 * GIB); /* the first second is not worth a word */
	CHECK(!p.shown);
	p.started -= 5000;
	p.told -= 5000;
	progress_tell(&p, GIB, 4 * GIB);
	progress_tell(&p, 2 * GIB, 4 * GIB); /* too soon again */
	shown = shown_on(terminal);
	CHECK(!strncmp(shown, "\r\033[Kzeroing namespace \"a\" 25 %, 20", 33));
	CHECK(strstr(shown, " MiB/s, 0:15 left"));
	CHECK(!strchr(shown, '\n'));
	CHECK_INT(strlen(shown) <= 60 + strlen("\r\033[K"), true);
	progress_end(&p);
	CHECK_STR(shown_on(terminal), "\r\033[K");
	progress_end(&p);
	p = progress_start("making xfs in namespace", "a");
	progress_still(&p); /* nor here */
	CHECK(!p.shown);
	p.started -= 3000;
	p.told -= 3000;
	progress_still(&p);
	progress_still(&p);
	CHECK_STR(shown_on(terminal), "\r\033[Kmaking xfs in namespace \"a\" 0:03");
	progress_end(&p);
	CHECK_STR(shown_on(terminal), "\r\033[K");
	diag_set_level(DIAG_WARNING); /* --quiet */
	p = progress_start("zeroing namespace", "a");
	CHECK(!p.terminal);
	diag_set_level(DIAG_NOTICE);
	dup2(errors, STDERR_FILENO);
	close(errors);
	close(end);
	close(terminal);
}

/* In a log a line every ten seconds is enough. */
static void elsewhere_it_is_a_notice(void)
{
	_cleanup_(text_release) struct text text = {0};
	const struct diag_message *messages;
	struct progress p = zeroing;

	p.terminal = false;
	p.started = p.told = 0;
	progress_tell(&p, GIB, 4 * GIB);
	progress_tell(&p, GIB, 4 * GIB);
	CHECK_INT(diag_messages(&messages), 1);
	progress_text(&p, GIB, 4 * GIB, 500, &text);
	CHECK_STR(text_str(&text), "zeroing namespace \"a\": 1 GiB of 4 GiB (25 %), 2 GiB/s");
}

UNIT_TESTS(UNIT(a_bar_has_rate_and_time_left), UNIT(a_bar_fits_into_any_terminal),
	   UNIT(of_unknown_length_the_time_is_told),
	   UNIT(a_terminal_is_written_over_and_left_clean), UNIT(elsewhere_it_is_a_notice))
