// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every byte of every part is done once, in whatever order; what fails is told of its part alone.
 */
#include "sweep.h"

#include <stdatomic.h>

#include "unit.h"

#define MOST 8 /* pieces of a device */

/* How often each piece of a device was done, and its last bytes. */
struct device {
	_Atomic unsigned done[MOST];
	_Atomic uint64_t bytes;
	uint64_t bad; /* the offset that cannot be done, or 0 */
};

/* In which order devices were at work. */
static const struct device *turns[4 * MOST];
static _Atomic size_t n_turns;

static int work(const void *context, uint64_t offset, uint64_t n, uint64_t *done)
{
	struct device *device = (struct device *)context;

	turns[atomic_fetch_add(&n_turns, 1)] = device;
	atomic_fetch_add(&device->done[offset / SWEEP_PIECE], 1);
	atomic_fetch_add(&device->bytes, n);
	*done = 4 * KIB;
	return device->bad && offset == device->bad ? -EIO : 0;
}

static struct sweep_part part(const struct device *device, uint64_t offset, uint64_t n)
{
	return (struct sweep_part){.device = device, .offset = offset, .n = n};
}

static void check_once(const struct device *device, size_t pieces, uint64_t bytes)
{
	for (size_t i = 0; i < MOST; i++)
		CHECK_INT(device->done[i], i < pieces);
	CHECK_INT(device->bytes, bytes);
}

static void all_is_done_once(void)
{
	static struct device a, b, c;
	struct sweep_part parts[] = {
		part(&a, 0, SWEEP_PIECE),
		part(&a, SWEEP_PIECE, 4 * SWEEP_PIECE),
		part(&b, 0, 2 * SWEEP_PIECE + 4 * KIB),
		part(&c, 0, 4 * KIB),
	};

	sweep(parts, ARRAY_SIZE(parts), work, NULL, NULL);
	check_once(&a, 5, 5 * SWEEP_PIECE);
	check_once(&b, 3, 2 * SWEEP_PIECE + 4 * KIB);
	check_once(&c, 1, 4 * KIB);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		CHECK_INT(parts[i].result, 0);
}

/* Small ones are done by one thread, so that there is an order. */
static void devices_take_turns(void)
{
	static struct device a, b;
	struct sweep_part parts[] = {
		part(&a, 0, 4 * KIB),
		part(&a, SWEEP_PIECE, 4 * KIB),
		part(&b, 0, 4 * KIB),
		part(&b, SWEEP_PIECE, 4 * KIB),
	};

	n_turns = 0;
	sweep(parts, ARRAY_SIZE(parts), work, NULL, NULL);
	CHECK_INT(n_turns, 4);
	CHECK(turns[0] == &a && turns[1] == &b && turns[2] == &a && turns[3] == &b);
}

static void what_fails_is_told(void)
{
	static struct device a, b = {.bad = SWEEP_PIECE};
	struct sweep_part parts[] = {
		part(&a, 0, 2 * SWEEP_PIECE),
		part(&b, 0, 2 * SWEEP_PIECE),
	};

	sweep(parts, ARRAY_SIZE(parts), work, NULL, NULL);
	CHECK_INT(parts[0].result, 0);
	CHECK_INT(parts[1].result, -EIO);
	CHECK_INT(parts[1].failed_at, SWEEP_PIECE + 4 * KIB);
}

UNIT_TESTS(UNIT(all_is_done_once), UNIT(devices_take_turns), UNIT(what_fails_is_told))
