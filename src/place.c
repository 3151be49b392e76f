// SPDX-License-Identifier: GPL-2.0-or-later
#include "place.h"

#include <string.h>

#include "machine.h"
#include "mem.h"

/* More than any machine has, and far enough from 2^64 for sums. */
#define PLACE_SPACE_MAX (UINT64_C(1) << 56)

/* The passes, in this order; every request belongs to one. */
enum pass {
	PASS_LARGE_ALIGN,
	PASS_ORDINARY,
	PASS_ODD, /* raw, not a multiple of 2 MiB: after them starts are no longer 2 MiB-aligned */
	PASS_REST,
};
#define PASSES 4

static enum pass pass_of(const struct place_request *r)
{
	if (r->kind == PLACE_REST)
		return PASS_REST;
	if (r->shape.align > PLACE_ALIGN)
		return PASS_LARGE_ALIGN;
	if (r->shape.mode == MODE_RAW && !is_aligned(r->bytes, PLACE_ALIGN))
		return PASS_ODD;
	return PASS_ORDINARY;
}

/* The raw size @r takes at @start, or false if it cannot be there at all. */
static bool raw_at(const struct place_request *r, uint64_t start, uint64_t *raw)
{
	if (r->kind == PLACE_CAPACITY)
		return capacity_raw(&r->shape, start, r->bytes, raw);
	*raw = r->bytes;
	return true;
}

/*
 * The start in @space that loses least to an alignment of data above 2 MiB: as close below a
 * boundary as info block and map allow, unless what would stay free before it is of no use.
 */
static uint64_t start_below_boundary(const struct place_request *r, uint64_t first)
{
	uint64_t align = r->shape.align, raw, start, boundary, lead;
	struct parts parts;

	if (!raw_at(r, first, &raw) || !capacity_parts(&r->shape, first, raw, &parts))
		return first;
	boundary = first + parts.data;
	lead = align_up(PAGE_BYTES * 2 + parts.map, PLACE_ALIGN);
	if (lead > parts.data)
		return first;
	start = boundary - lead;
	/* The map of the smaller raw size is no larger, so the data still starts at @boundary. */
	return is_aligned(boundary, align) && start - first >= CLAIMED_RAW_MIN ? start : first;
}

static bool fits(const struct place_request *r, struct range space, struct range *where,
		 struct parts *parts)
{
	enum pass pass = pass_of(r);
	uint64_t start = align_up(space.start, pass == PASS_ODD ? PAGE_BYTES : PLACE_ALIGN), raw;

	if (start >= range_end(space))
		return false;
	if (r->shape.align > PLACE_ALIGN)
		start = start_below_boundary(r, start);
	if (start >= range_end(space))
		return false;
	if (r->kind == PLACE_REST) {
		uint64_t unit = PLACE_ALIGN, room = range_end(space) - start;

		raw = align_down(room < r->bytes ? room : r->bytes, unit);
	} else if (!raw_at(r, start, &raw)) {
		return false;
	}
	*where = (struct range){start, raw};
	return raw <= range_end(space) - start && capacity_parts(&r->shape, start, raw, parts);
}

/* Free space while requests are being placed. */
struct space {
	struct range *ranges;
	size_t n;
};

/* Takes @where, which lies in range @i, out of @space. */
static void space_take(struct space *space, size_t i, struct range where)
{
	struct range old = space->ranges[i];
	struct range before = {old.start, where.start - old.start};
	struct range after = {range_end(where), range_end(old) - range_end(where)};

	space->ranges[i] = before.size ? before : after;
	if (!before.size || !after.size)
		return;
	MEM_APPEND(space->ranges, space->n);
	memmove(space->ranges + i + 2, space->ranges + i + 1,
		(space->n - i - 2) * sizeof(*space->ranges));
	space->ranges[i + 1] = after;
}

/* First fit; the rest goes where it becomes largest. */
static bool place_one(struct space *space, struct place_request *r)
{
	size_t at = 0;

	for (size_t i = 0; i < space->n; i++) {
		struct range where;
		struct parts parts;

		if (!fits(r, space->ranges[i], &where, &parts))
			continue;
		if (r->placed && parts.capacity <= r->parts.capacity)
			continue;
		r->placed = true;
		r->where = where;
		r->parts = parts;
		at = i;
		if (r->kind != PLACE_REST)
			break;
	}
	if (r->placed)
		space_take(space, at, r->where);
	return r->placed;
}

/* The index of the request of @pass to be placed next, @n if there is none: the first from @from
 * on, or the largest that is not @done. */
static size_t next_of(const struct place_request *requests, size_t n, const bool *done,
		      enum pass pass, bool largest_first, size_t from)
{
	size_t best = n;

	for (size_t i = largest_first ? 0 : from; i < n; i++) {
		if (done[i] || pass_of(&requests[i]) != pass)
			continue;
		if (!largest_first)
			return i;
		if (best == n || requests[i].bytes > requests[best].bytes)
			best = i;
	}
	return best;
}

static size_t place_in_order(const struct range *free_ranges, size_t n_free,
			     struct place_request *requests, size_t n, bool largest_first)
{
	_cleanup_(freep) bool *done = mem_calloc(n, sizeof(*done));
	struct space space = {0};
	uint64_t taken = 0;
	size_t placed = 0;

	for (size_t i = 0; i < n_free; i++)
		*MEM_APPEND(space.ranges, space.n) = free_ranges[i];
	for (size_t i = 0; i < n; i++)
		requests[i].placed = false;
	for (int pass = 0; pass < PASSES; pass++) {
		size_t i, from = 0;

		while ((i = next_of(requests, n, done, (enum pass)pass, largest_first, from)) < n) {
			struct place_request r = requests[i];

			done[i] = true;
			from = i + 1;
			if (pass == PASS_REST)
				r.bytes -= taken < r.bytes ? taken : r.bytes;
			if (!place_one(&space, &r))
				continue;
			r.bytes = requests[i].bytes;
			requests[i] = r;
			taken += r.where.size;
			placed++;
		}
	}
	free(space.ranges);
	return placed;
}

size_t place(const struct range *free_ranges, size_t n_free, struct place_request *requests,
	     size_t n)
{
	size_t in_order = place_in_order(free_ranges, n_free, requests, n, false), largest_first;

	if (in_order == n)
		return n;
	largest_first = place_in_order(free_ranges, n_free, requests, n, true);
	if (largest_first > in_order)
		return largest_first;
	return place_in_order(free_ranges, n_free, requests, n, false);
}

uint64_t place_extent(uint64_t start, struct place_request *requests, size_t n)
{
	struct range space = {start, PLACE_SPACE_MAX};
	uint64_t end = start;

	if (start > PLACE_SPACE_MAX || place_in_order(&space, 1, requests, n, false) < n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (requests[i].kind == PLACE_REST)
			return 0;
		if (range_end(requests[i].where) > end)
			end = range_end(requests[i].where);
	}
	return end - start;
}

size_t place_free(struct range whole, const struct range *used, size_t n_used,
		  struct range **free_ranges)
{
	struct range *sorted = NULL, *left = NULL;
	uint64_t at = whole.start;
	size_t n = 0, n_left = 0;

	for (size_t i = 0; i < n_used; i++)
		*MEM_APPEND(sorted, n) = used[i];
	n = ranges_join(sorted, n);
	for (size_t i = 0; i < n && sorted[i].start < range_end(whole); i++) {
		if (sorted[i].start > at)
			*MEM_APPEND(left, n_left) = (struct range){at, sorted[i].start - at};
		if (range_end(sorted[i]) > at)
			at = range_end(sorted[i]);
	}
	if (at < range_end(whole))
		*MEM_APPEND(left, n_left) = (struct range){at, range_end(whole) - at};
	free(sorted);
	*free_ranges = left;
	return n_left;
}
