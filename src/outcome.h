/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What came of doing the steps of plans.
 */
#ifndef RAMDAX_OUTCOME_H
#define RAMDAX_OUTCOME_H

#include "cover.h"
#include "index.h"
#include "machine.h"
#include "plan.h"
#include "spent.h"
#include "text.h"

/* A step that was tried. */
struct done_step {
	enum step_kind kind;
	char *object;                      /* the name of the namespace, region or device */
	const struct layout_namespace *ns; /* of a creation: what was to be made */
	int result;                        /* 0, TAKEDOWN_KEPT, or -errno */
	char *why;                         /* unless it is 0; NULL */
	uint64_t ms;                       /* spent for it alone */
	bool required;
};

/* What came of it. */
struct outcome {
	struct done_step *done;
	size_t n_done;
	struct index objects;    /* of what was done, by object */
	struct machine *machine; /* as it is afterwards */
	struct plan *plan;       /* what is left */
	/* Over regions of @machine that were found empty: scaffolds through which they may be
	 * filled now. */
	struct cover *covers;
	size_t n_covers;
	enum status status;
	bool modules_loaded;
	bool unwanted; /* somebody who was asked said no to the plan */
	bool told;     /* journald knows of all namespaces */
	struct spent spent;
};

/* Notes @done, of which all is taken. */
void outcome_add(struct outcome *outcome, const struct done_step *done);

/* Notes that @step was tried with the result @r, a sentence part about it in @why, which is taken,
 * and that it took @ms. */
void outcome_record(struct outcome *outcome, const struct step *step, int r, struct text *why,
		    uint64_t ms);

/* The last try of a step of @kind for @object, or NULL. */
const struct done_step *outcome_last(const struct outcome *outcome, enum step_kind kind,
				     const char *object);

/* The same of @step. */
const struct done_step *outcome_last_try(const struct outcome *outcome, const struct step *step);

/* Whether @step was tried, and is not worth another try. What was kept is. */
bool outcome_was_tried(const struct outcome *outcome, const struct step *step);

/* Whether @step was not done at the last try, because of who uses what it concerns. */
bool outcome_was_kept(const struct outcome *outcome, const struct step *step);

/* Milliseconds spent for @object alone. False if nothing was done for it. */
bool outcome_took(const struct outcome *outcome, const char *object, uint64_t *ms);

/* Whether anything failed. */
bool outcome_any_failed(const struct outcome *outcome);

void outcome_free(struct outcome *outcome);

/* Whether this run did a step of @kind to @object. */
bool outcome_did(const struct outcome *outcome, enum step_kind kind, const char *object);

/* Whether this run has made @seen, as it is declared: *@shape is how. A known_written.tell of
 * @outcome. */
bool outcome_wrote(const void *outcome, const struct seen_namespace *seen, struct shape *shape);

/* The failure of the step that concerns @object, or NULL. What was kept is none. */
const struct done_step *outcome_failure(const struct outcome *outcome, const char *object);

/* Whether something that is required is not there. */
bool outcome_required_missing(const struct outcome *outcome);

#endif
