/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout and what was found, joined object by object, and how they differ. Works on values
 * only.
 */
#ifndef RAMDAX_VERIFY_JUDGE_H
#define RAMDAX_VERIFY_JUDGE_H

#include "found.h"

/* Exit statuses; those of ramdax where it has the same. */
enum verify_status {
	VERIFY_EQUAL = 0,
	VERIFY_FAILED = 1, /* could not look */
	VERIFY_USAGE = 2,
	VERIFY_LAYOUT = 3,  /* the layout is invalid */
	VERIFY_NOTHING = 4, /* nothing of it is there */
	VERIFY_DIFFERENT = 5,
};

enum verdict {
	VERDICT_EQUAL,
	VERDICT_DIFFERENT,
	VERDICT_ABSENT,
	VERDICT_UNDECLARED, /* not in the layout, and nobody's fault */
};

/* Pointers are into layout and found. */
struct judged_namespace {
	const struct layout_namespace *declared; /* NULL: not in the layout */
	const struct found_namespace *found;     /* NULL: not there */
	enum verdict verdict;
	char *reason; /* how it differs, or NULL */
};

struct judged_region {
	const char *name;                     /* the layout's, else the kernel's */
	const struct layout_region *declared; /* NULL: not in the layout */
	const struct found_region *found;     /* NULL: not there */
	enum verdict verdict;                 /* of the region itself */
	char *reason;
	struct judged_namespace *namespaces; /* the layout's in its order, then others by start */
	size_t n_namespaces;
};

struct judgement {
	enum verify_status status;
	const struct layout *layout;   /* may be NULL: it was not read */
	struct judged_region *regions; /* the layout's in its order, then others by start */
	size_t n_regions;
	/* Of namespaces: */
	size_t n_declared;
	size_t n_equal;
	size_t n_different; /* of the layout's, and unfinished ones */
	size_t n_absent;
	size_t n_undeclared;
	bool required_differs; /* something that the layout says is required is not as declared */
};

/* Judges; sets what match() sets in @found. */
void judge(struct judgement *j, const struct layout *layout, struct found *found);
void judgement_release(struct judgement *j);

const char *verdict_word(enum verdict verdict); /* "equal", "different", "absent", "undeclared" */

/* Of those of the layout, how many are there in whatever shape. */
size_t judgement_present(const struct judgement *j);

/* How a namespace that was found differs from its declaration; nothing is added if it does not.
 * @region is the one it is in, @others what the other namespaces of the layout take there. */
struct text;
void compare_found(const struct layout_namespace *ns, const struct found_namespace *found,
		   const struct layout_region *declared, const struct found_region *region,
		   uint64_t others, struct text *differences);

/* Adds a part of a sentence, after "; " if it is not the first. */
void differ(struct text *differences, const char *format, ...) _printf_(2, 3);

#endif
