/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where namespaces go in the free space of a region, so that least is lost. Pure.
 *
 * Namespaces whose data is aligned to 1 GiB are placed first, each just below a boundary; the
 * others fill the gaps and what follows in the order given, or largest first if only that fits;
 * raw ones of odd size come after them, and the one that takes the rest last.
 */
#ifndef RAMDAX_PLACE_H
#define RAMDAX_PLACE_H

#include "capacity.h"

struct place_request {
	struct shape shape;
	enum {
		PLACE_CAPACITY, /* the device shall offer @bytes */
		PLACE_RAW,      /* @bytes of the region */
		PLACE_REST, /* as much as there is, at most @bytes less what the others take raw */
	} kind;
	uint64_t bytes;

	bool placed;
	struct range where; /* physical */
	struct parts parts;
};

/*
 * Places what can be placed of @requests in the @n_free free ranges @free (physical, by start; they
 * are not changed). Returns how many were; each request says whether it was among them.
 */
size_t place(const struct range *free, size_t n_free, struct place_request *requests, size_t n);

/*
 * The bytes from @start that @requests take when there is nothing else; 0 if that exceeds what any
 * machine has, or a PLACE_REST is among them.
 */
uint64_t place_extent(uint64_t start, struct place_request *requests, size_t n);

/*
 * What is left of @whole without the @n_used ranges @used (any order, may overlap). Returns the
 * number of ranges in *@free, which the caller frees.
 */
size_t place_free(struct range whole, const struct range *used, size_t n_used, struct range **free);

#endif
