// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "crew.h"
#include "mem.h"

/* A thread costs more than it does below this, and memory has no more bandwidth for more. */
#define THREAD_SHARE (8 * MIB)
#define THREADS_MAX  32

/* A part on its way. */
struct course {
	size_t first; /* the number of its first piece, among all of all parts */
	_Atomic uint64_t done;
	_Atomic int result;
	_Atomic uint64_t failed_at;
};

struct sweeping {
	struct sweep_part *parts;
	struct course *courses;
	size_t n;
	size_t pieces; /* of all parts */
	size_t lanes;  /* how many of them are taken in turn */
	sweep_piece *work;
	sweep_progress *progress;
	void *context;
	pthread_t teller;
	uint64_t total;
	_Atomic uint64_t done;
	_Atomic bool stopped;
};

/* Which piece is the @i-th: as many lanes as there are devices, each a run of pieces, in turn. */
static size_t piece_at(const struct sweeping *s, size_t i)
{
	size_t run = s->pieces / s->lanes, longer = s->pieces % s->lanes;
	size_t lane = i % s->lanes;

	/* The first lanes have a piece more than the others. */
	return lane * run + (lane < longer ? lane : longer) + i / s->lanes;
}

/* The number of the part that piece @piece is of. */
static size_t part_of(const struct sweeping *s, size_t piece)
{
	size_t first = 0, end = s->n;

	while (end - first > 1) {
		size_t middle = first + (end - first) / 2;

		if (s->courses[middle].first <= piece)
			first = middle;
		else
			end = middle;
	}
	return first;
}

static void tell(struct sweeping *s)
{
	if (s->progress && pthread_equal(pthread_self(), s->teller) &&
	    !s->progress(s->context, atomic_load(&s->done), s->total))
		atomic_store(&s->stopped, true);
}

static void do_piece(void *context, size_t number)
{
	struct sweeping *s = context;
	size_t piece = piece_at(s, number);
	size_t i = part_of(s, piece);
	const struct sweep_part *part = &s->parts[i];
	struct course *course = &s->courses[i];
	uint64_t at = (piece - course->first) * SWEEP_PIECE, done;
	uint64_t n = part->n - at < SWEEP_PIECE ? part->n - at : SWEEP_PIECE;
	int r, none = 0;

	if (atomic_load(&s->stopped) || atomic_load(&course->result) < 0)
		return;
	done = n;
	r = s->work(part->device, part->offset + at, n, &done);
	if (r < 0 && atomic_compare_exchange_strong(&course->result, &none, r))
		atomic_store(&course->failed_at, part->offset + at + done);
	atomic_fetch_add(&course->done, r < 0 ? done : n);
	atomic_fetch_add(&s->done, n);
	tell(s);
}

static void conclude(struct sweeping *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct course *course = &s->courses[i];
		struct sweep_part *part = &s->parts[i];

		part->result = atomic_load(&course->result);
		part->failed_at = atomic_load(&course->failed_at);
		if (part->result == 0 && atomic_load(&course->done) < part->n) {
			part->result = -ECANCELED;
			part->failed_at = part->offset + atomic_load(&course->done);
		}
	}
}

void sweep(struct sweep_part *parts, size_t n, sweep_piece *work, sweep_progress *progress,
	   void *context)
{
	struct sweeping s = {.parts = parts,
			     .courses = mem_calloc(n + 1, sizeof(*s.courses)),
			     .n = n,
			     .lanes = 1,
			     .work = work,
			     .progress = progress,
			     .context = context,
			     .teller = pthread_self()};
	size_t most;

	for (size_t i = 0; i < n; i++) {
		s.courses[i].first = s.pieces;
		s.pieces += (size_t)((parts[i].n + SWEEP_PIECE - 1) / SWEEP_PIECE);
		s.total += parts[i].n;
		s.lanes += i && parts[i].device != parts[i - 1].device;
	}
	most = s.total / THREAD_SHARE < THREADS_MAX ? (size_t)(s.total / THREAD_SHARE)
						    : THREADS_MAX;
	crew_run(crew_size(most), s.pieces, do_piece, &s);
	conclude(&s);
	free(s.courses);
}
