/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A region to scale, as a few lines of a terminal:
 *
 *   [::aaaaaaaaaaaaaaaaaaaaaaaaaaaaabb///ccccccccccccccccc.............#]
 *   a-c data 48 GiB, : map and padding 780 MiB, / lost 1 GiB, . free 14 GiB, # labels 128 KiB
 *
 * Every namespace and the label area have a cell at least, however small they are. Pure.
 */
#ifndef RAMDAX_PICTURE_H
#define RAMDAX_PICTURE_H

#include "capacity.h"
#include "table.h"
#include "units.h"

/* What a namespace consists of, in this order, bytes; together its raw size. */
struct anatomy {
	uint64_t head;      /* info block, page map, and padding to the next 2 MiB */
	uint64_t lost_head; /* from there to where an alignment above 2 MiB lets the data begin */
	uint64_t data;      /* what the device offers */
	uint64_t lost_tail; /* cut off at the end for alignment */
	uint64_t tail;      /* other overhead: of the BTT, drawn at the end */
};

/* @parts as capacity_parts() fills it; all zero (it is not known): everything is data. */
struct anatomy anatomy_of(const struct shape *shape, uint64_t raw, const struct parts *parts);

/* What alignment costs. */
uint64_t anatomy_lost(const struct anatomy *a);

struct picture_namespace {
	struct range where; /* physical */
	struct anatomy anatomy;
	char sign; /* of its data, see picture_sign() */
	enum ink ink;
};

/* Letters: a, b, ... z and again for those of the layout; A, B, ... for others. */
char picture_sign(size_t i, bool foreign);

/* What the bytes of a region are. */
struct picture_sums {
	uint64_t data;
	uint64_t overhead;
	uint64_t lost;
	uint64_t free;
	uint64_t free_largest; /* the largest piece */
	uint64_t labels;
};

/* @whole is the carveout, of which the first @usable bytes are for namespaces. @namespaces (@n)
 * come in order of addresses; what overlaps or leaves the region is drawn once, or not. */
struct picture_sums picture_sum(struct range whole, uint64_t usable,
				const struct picture_namespace *namespaces, size_t n);

/* Adds the picture and the legend, each line indented by @indent. */
void picture_add(struct text *out, const struct paper *paper, size_t indent, struct range whole,
		 uint64_t usable, const struct picture_namespace *namespaces, size_t n);

#endif
