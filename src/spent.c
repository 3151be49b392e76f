// SPDX-License-Identifier: GPL-2.0-or-later
#include "spent.h"

#include <time.h>

#include "text.h"

#define SHOWN_US 10000 /* a hundredth of a second */

static struct spent spent;
static enum spent_phase current;
static uint64_t since; /* 0: nothing is counted yet */

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

enum spent_phase spent_enter(enum spent_phase phase)
{
	enum spent_phase before = current;
	uint64_t now = now_us();

	if (since)
		spent.us[current] += now - since;
	since = now;
	current = phase;
	return before;
}

void spent_leave(const enum spent_phase *before)
{
	spent_enter(*before);
}

struct spent spent_so_far(void)
{
	if (since)
		spent_enter(current);
	return spent;
}

uint64_t spent_total(const struct spent *s)
{
	uint64_t total = 0;

	for (size_t i = 0; i < SPENT_PHASES; i++)
		total += s->us[i];
	return total;
}

const char *spent_name(enum spent_phase phase)
{
	static const char *const names[] = {
		[SPENT_OTHER] = "other",
		[SPENT_LOOKING] = "looking",
		[SPENT_MODULES] = "modules",
		[SPENT_BIND] = "bind",
		[SPENT_UNBIND] = "unbind",
		[SPENT_LABELS] = "labels",
		[SPENT_ENUMERATION] = "enumeration",
		[SPENT_WIPE] = "wipe",
		[SPENT_SCRUB] = "scrub",
		[SPENT_MKFS] = "mkfs",
	};

	return names[phase];
}

static void add_seconds(struct text *out, uint64_t us)
{
	unsigned long long hundredths = (us + SHOWN_US / 2) / SHOWN_US;

	text_addf(out, "%llu.%02llu", hundredths / 100, hundredths % 100);
}

void spent_describe(const struct spent *s, struct text *out)
{
	struct spent left = *s;
	const char *separator = ": ";

	add_seconds(out, spent_total(s));
	text_add(out, " s");
	for (;;) {
		size_t most = 0;

		for (size_t i = 1; i < SPENT_PHASES; i++)
			if (left.us[i] > left.us[most])
				most = i;
		if (left.us[most] < SHOWN_US)
			return;
		text_addf(out, "%s%s ", separator, spent_name((enum spent_phase)most));
		add_seconds(out, left.us[most]);
		left.us[most] = 0;
		separator = ", ";
	}
}
