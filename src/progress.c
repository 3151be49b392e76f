// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress.h"

#include "deadline.h"
#include "diag.h"
#include "units.h"

#define FIRST_MS    1000 /* what is done sooner is not worth a word */
#define TERMINAL_MS 200

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

void progress_text(const struct progress *p, uint64_t done, uint64_t total, uint64_t ms,
		   struct text *out)
{
	text_addf(out, "%s \"%s\": %s of %s", p->doing, p->name, SIZE_HUMAN(done),
		  SIZE_HUMAN(total));
	if (total)
		text_addf(out, " (%u %%)", (unsigned)((double)done * 100 / (double)total));
	if (ms)
		text_addf(out, ", %s/s", SIZE_HUMAN((uint64_t)((double)done * 1000 / (double)ms)));
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
	progress_text(p, done, total, now - p->started, &line);
	if (p->terminal)
		show(p, text_str(&line));
	else
		diag_notice("%s", text_str(&line));
}

void progress_end(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}
