// SPDX-License-Identifier: GPL-2.0-or-later
/* What is done while something else is waited for. */
#include "later.h"

#include <unistd.h>

#include "unit.h"

static void double_it(void *context)
{
	usleep(20000);
	*(int *)context *= 2;
}

static void it_is_done_when_it_has_been_waited_for(void)
{
	struct later later = {0};
	int number = 21;

	later_start(&later, double_it, &number);
	later_wait(&later);
	CHECK_INT(number, 42);
	later_wait(&later);
	CHECK_INT(number, 42);
}

static void nothing_is_waited_for_that_was_not_started(void)
{
	struct later later = {0};

	later_wait(&later);
	CHECK(!later.running);
}

UNIT_TESTS(UNIT(it_is_done_when_it_has_been_waited_for),
	   UNIT(nothing_is_waited_for_that_was_not_started))
