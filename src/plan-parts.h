/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a plan is put together; for the files that make plans only.
 */
#ifndef RAMDAX_PLAN_PARTS_H
#define RAMDAX_PLAN_PARTS_H

#include "plan.h"

/* A new step of @kind; the reason is a format. The caller fills in what else belongs to it. */
struct step *plan_step(struct plan *plan, enum step_kind kind, const char *reason, ...)
	_printf_(3, 4);

/* A problem, after which plan_next() must be called; the sentence is a format. */
void plan_problem(struct plan *plan, enum status status, unsigned line, bool required,
		  const char *sentence, ...) _printf_(5, 6);

/* What somebody can do about the problem that was added last; the sentence is a format. */
void plan_next(struct plan *plan, const char *sentence, ...) _printf_(2, 3);

/*
 * Steps that make the devices carry RAMDAX, and the state and reason of every region as far as it
 * depends on them. The regions' carveouts are already known.
 */
void plan_devices(struct plan *plan, const struct plan_options *options);

/* A step of @kind for all of @r, which is bound. */
struct step *plan_region_step(struct plan *plan, const struct plan_region *r, enum step_kind kind,
			      const char *reason);

/* Whether --recreate means all of @region: it names nothing, or the region and no namespace, whose
 * a name is first. */
bool plan_means_region(const struct plan *plan, const struct plan_options *options,
		       const struct layout_region *region);

/* Whether all that may be in a region of unreadable labels has been declared disposable, as far as
 * they can be read. */
bool plan_may_reset(const struct plan *plan, const struct plan_region *r,
		    const struct plan_options *options);

/* Whether the contents of @ns are to be kept over the kind of boot that this one is. */
bool plan_outlives(const struct plan *plan, const struct layout_namespace *ns);

/* What is to be done first about @r, which is up, if it has no labels. */
void plan_labels(struct plan *plan, struct plan_region *r, const struct plan_options *options);

/* Steps and verdicts of the namespaces of one region. */
void plan_namespaces(struct plan *plan, struct plan_region *region,
		     const struct plan_options *options);

#endif
