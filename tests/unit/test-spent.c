// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the time goes, in words, and that no time is lost or counted twice. */
#include <time.h>

#include "spent.h"
#include "text.h"
#include "unit.h"

static void described_from_the_greatest_on(void)
{
	struct spent spent = {.us = {[SPENT_ENUMERATION] = 904000,
				     [SPENT_MKFS] = 1200000,
				     [SPENT_WIPE] = 9999,
				     [SPENT_OTHER] = 10000}};
	_cleanup_(text_release) struct text text = {0};

	spent_describe(&spent, &text);
	CHECK_STR(text_str(&text), "2.12 s: mkfs 1.20, enumeration 0.90, other 0.01");
}

static void enumerate(void)
{
	SPENT(SPENT_ENUMERATION);
	struct timespec pause = {.tv_nsec = 2000000};

	nanosleep(&pause, NULL);
}

static void look(void)
{
	SPENT(SPENT_LOOKING);

	enumerate();
	CHECK_INT(spent_enter(SPENT_LOOKING), SPENT_LOOKING);
}

static void a_phase_goes_on_when_what_it_began_ends(void)
{
	struct spent spent;

	look();
	CHECK_INT(spent_enter(SPENT_OTHER), SPENT_OTHER);
	spent = spent_so_far();
	CHECK(spent.us[SPENT_ENUMERATION] >= 2000);
	CHECK_INT(spent.us[SPENT_MKFS], 0);
}

UNIT_TESTS(UNIT(described_from_the_greatest_on), UNIT(a_phase_goes_on_when_what_it_began_ends))
