/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was seen, planned and done, joined object by object: the rows of which tables, pictures and
 * documents are made. Pure.
 */
#ifndef RAMDAX_REPORT_ROWS_H
#define RAMDAX_REPORT_ROWS_H

#include "compare.h"
#include "report.h"

/* What an object is to the layout and to this boot; the words of the documents. */
enum report_state {
	STATE_CREATED,  /* there, as declared, made by this boot */
	STATE_ADOPTED,  /* there, as declared, and was before */
	STATE_ABSENT,   /* not there */
	STATE_CONFLICT, /* there, differs, kept */
	STATE_FOREIGN,  /* not in the layout */
	STATE_DAMAGED,  /* there, but what is in it cannot be trusted or read */
	STATE_FAILED,   /* was tried, and refused */
	STATE_DEFERRED, /* will be made or finished by a later run */
};

/* Pointers are into layout, machine and plan. */
struct row_namespace {
	const char *name;                     /* "" if it has none */
	const struct plan_namespace *planned; /* NULL: the layout does not name it */
	const struct seen_namespace *seen;    /* NULL: not there */
	enum report_state state;
	const char *reason; /* or NULL */
	bool made;          /* in this boot, by whomever */
	bool unproven;      /* adopted, and nothing tells whether memory was kept as it was */
	bool has_took;      /* this boot did something for it */
	uint64_t took;      /* and that took so many milliseconds */
};

struct row_region {
	const char *name;                     /* the layout's, else the kernel's, else NULL */
	const struct plan_region *planned;    /* NULL: no region of the layout */
	const struct seen_region *seen;       /* NULL: not bound, or not up */
	const struct seen_carveout *carveout; /* NULL: there is none */
	struct range range;                   /* physical, size 0 if there is no carveout */
	int node;                             /* -1: unknown */
	enum report_state state;
	const char *reason;               /* or NULL */
	struct row_namespace *namespaces; /* the layout's in its order, then others by address */
	size_t n_namespaces;
};

struct rows {
	struct row_region *regions; /* the layout's in its order, then others by address */
	size_t n_regions;
};

/* @plan, @outcome and @record may be NULL. */
void rows_make(struct rows *rows, const struct machine *machine, const struct plan *plan,
	       const struct outcome *outcome, const struct boot_record *record);
void rows_release(struct rows *rows);

/* "created" and so on. */
const char *report_state_name(enum report_state state);

/* The device a user opens, "pmem0.1" or "dax0.1", of what is below /dev; NULL if there is none. */
const char *row_device(const struct row_namespace *row);

/* Where a namespace lies and what it consists of: as found, else as planned; all zero where neither
 * is known (parts also while it is not enabled). */
struct place {
	struct range where; /* physical */
	struct parts parts;
};
struct place row_place(const struct row_namespace *row);

/* The platform device of its carveout, or NULL. */
const struct seen_device *row_platform_device(const struct row_region *row,
					      const struct machine *machine);

/* Bytes for namespaces, from the start; 0 if there is no carveout. */
uint64_t row_usable(const struct row_region *row);

/* What no namespace that is there takes of them. False if it cannot be known: not bound or not up.
 */
bool row_free(const struct row_region *row, uint64_t *bytes);

#endif
