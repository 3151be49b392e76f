/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The namespaces of a region as the plan shows them: what will happen to each, where it lies, and
 * the letter that stands for it in picture and table. Pure.
 */
#ifndef RAMDAX_REPORT_ITEMS_H
#define RAMDAX_REPORT_ITEMS_H

#include "picture.h"
#include "report-rows.h"

/* What happens to a namespace, as a sign, a word and a colour. */
struct action {
	char sign; /* of a line of a diff: + - ~ ! = */
	const char *word;
	enum ink ink;
};

/* What doing @step means. */
struct action step_action(const struct step *step);

/* One namespace as it is shown: of the layout, or found. */
struct item {
	const struct row_namespace *row;
	const struct step *step;        /* that concerns it, or NULL */
	struct picture_namespace drawn; /* where.size 0: it has no place */
	struct parts parts;
	struct action action;
};

/* By address, those without a place last; the caller frees them. *@n_placed have a place. */
struct item *items_make(const struct plan *plan, const struct row_region *region, size_t *n_placed);

#endif
