/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One region while its namespaces are being planned; for plan-namespace.c, plan-remove.c and
 * plan-room.c only.
 */
#ifndef RAMDAX_PLAN_WORK_H
#define RAMDAX_PLAN_WORK_H

#include "bearers.h"
#include "plan-parts.h"
#include "request.h"

struct work {
	struct plan *plan;
	struct plan_region *region;
	const struct plan_options *options;
	struct place_request *requests; /* one per declared namespace */
	uint64_t capacity;              /* of the carveout, for namespaces */
	uint64_t start;                 /* physical */
	bool conditional;               /* nothing of it is visible yet */
	char *unsafe;                   /* why nothing may be written there; NULL if it may; */
	enum status unsafe_status;      /* what that amounts to, */
	char *remedy;                   /* and what can be done about that */
	struct bearers bearers;
	bool *gone; /* per namespace seen: a step removes it, so its space and slot are free */
};

static inline const struct layout_region *work_declared(const struct work *w)
{
	return w->region->region;
}

/* A step of @kind for the declared namespace @p. */
struct step *work_step(struct work *w, enum step_kind kind, const struct plan_namespace *p,
		       const char *reason);

/* Keeps what is there of @p and says why it is not what was declared, and what somebody can do
 * @next. Takes both. */
void work_conflict(struct work *w, struct plan_namespace *p, char *reason, char *next);

/* What is there of @p differs: destroyed, to be made again, if that is allowed and nobody uses it;
 * else a conflict, about which somebody can change what is @instead. Takes @reason. */
void work_differs(struct work *w, struct plan_namespace *p, char *reason, const char *instead);

/* The contents of @p do not outlive this boot: destroyed, to be made again, unless in use. */
void work_dispose(struct work *w, struct plan_namespace *p);

/* Whether this boot has already decided about @seen: its contents are of this boot, or kept. */
bool work_is_settled(const struct work *w, const struct seen_namespace *seen);

/* Steps that remove scaffolds, which are nobody's data, and with prune what is not declared. */
void work_remove_others(struct work *w);

/* The free ranges when @but (NULL: none) is not counted; the caller frees them. */
size_t work_free_ranges(const struct work *w, const struct seen_namespace *but,
			struct range **ranges);

/* The budget of the request that takes the rest, less what is there of those declared; @but is the
 * request's own namespace, NULL if it is not there. */
void work_reduce_rest(const struct work *w, const struct seen_namespace *but,
		      struct place_request *rest);

/* Places what is absent, and steps that create it. */
void work_place_absent(struct work *w);

#endif
