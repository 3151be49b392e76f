/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of memmap_choose(), for its own files only: first what stays or is pinned
 * (memmap-keep.c), then a place for each of the others (memmap-place.c), and what must hold of all
 * of them (memmap-check.c).
 */
#ifndef RAMDAX_MEMMAP_PARTS_H
#define RAMDAX_MEMMAP_PARTS_H

#include "memmap-fit.h"
#include "memmap.h"

struct choosing {
	const struct layout *layout;
	const struct machine *machine;
	const struct memmap_options *options;
	struct memmap_space space;
	struct memmap_range *ranges; /* as many as regions; size 0: not chosen yet */
	size_t *running;             /* as many: the carveout that is the region's now */
	struct range *unclaimed;     /* running, and nobody's: avoided while there is other room */
	size_t n_unclaimed;
	struct memmap_choice *choice;
};

/* Gives running ranges that may stay to their regions, and regions their declared addresses.
 * False if refused. */
bool memmap_keep(struct choosing *c);

/* Finds a range for every region that has none yet. False if refused. */
bool memmap_place(struct choosing *c);

/* Whether what stays is enough for the system, and for each node; regions without a range count
 * with the least they will take. False if refused. */
bool memmap_check_system(struct choosing *c);
bool memmap_check_nodes(struct choosing *c);

/* Whether apply will know all ranges again after a power cycle, when only addresses and sizes tell
 * them apart. False if refused. */
bool memmap_check_recognition(struct choosing *c);

/* What stays the system's if the layout says nothing, of @ram bytes. */
uint64_t memmap_system_default(uint64_t ram);

/* The first refusal is the one that is told. Both name @line of the layout. */
void memmap_refuse(struct choosing *c, unsigned line, const char *format, ...) _printf_(3, 4);

/* What somebody can do about the refusal. The first counts, as with that; it is not copied. */
void memmap_next(struct choosing *c, const char *sentence);
void memmap_warn(struct choosing *c, unsigned line, const char *format, ...) _printf_(3, 4);
void memmap_reason(struct memmap_range *range, const char *format, ...) _printf_(2, 3);

/* Whether a running range ends where @r does, and is not that very range of @region itself. */
bool memmap_ends_as_running(const struct choosing *c, const struct layout_region *region,
			    struct range r);

/* What of @node must stay the system's. */
uint64_t memmap_node_reserve(const struct choosing *c, int node);

/* Bytes of @node (-1 is a node like others here) that ranges and page maps take so far. */
uint64_t memmap_node_taken(const struct choosing *c, int node);

/* Nothing new lies above this in the highest entry; UINT64_MAX where that does not matter. */
uint64_t memmap_ceiling(const struct choosing *c);

#endif
