/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that carveouts may be cut from: what firmware and boot loader both call RAM, divided
 * where the nodes are, without what the firmware may unplug and what the administrator's own
 * memmap= words change (memmap-words.h). Pure; tables that contradict themselves are refused, not
 * interpreted.
 */
#ifndef RAMDAX_MEMMAP_SPACE_H
#define RAMDAX_MEMMAP_SPACE_H

#include "machine.h"
#include "memmap-words.h"

/* A carveout lies inside one of these: one System RAM entry, one node, not hot-pluggable. */
struct memmap_area {
	struct range range;
	int node; /* -1: nothing is known of nodes */
};

struct memmap_node {
	int node;
	uint64_t ram; /* bytes of its areas that the system uses */
};

struct memmap_space {
	struct memmap_area *areas; /* by start */
	size_t n_areas;
	struct memmap_node *nodes;
	size_t n_nodes;
	uint64_t ram;              /* of all nodes */
	struct range highest;      /* the highest System RAM entry */
	struct memmap_words words; /* of the kernel command line */
};

/*
 * Reads the space of @m. Returns NULL, or why nothing may be carved out of this machine, part of a
 * sentence which the caller frees; release @space in both cases.
 */
char *memmap_space_read(struct memmap_space *space, const struct machine *m);
void memmap_space_release(struct memmap_space *space);

/* Bytes of @r that the system would use as RAM if it were no carveout: those below a limit. */
uint64_t memmap_system_part(const struct memmap_space *space, struct range r);

/* Bytes of RAM of @node that the system uses, or of all nodes if it is negative. */
uint64_t memmap_space_ram(const struct memmap_space *space, int node);

/* The area that holds @r whole, or NULL. */
const struct memmap_area *memmap_space_find(const struct memmap_space *space, struct range r);

/* What is left of @whole without the ranges @holes, which may lie anywhere. Returns the number of
 * ranges in *@left, which the caller frees. */
size_t memmap_subtract(struct range whole, const struct range *holes, size_t n_holes,
		       struct range **left);

/* Whether memory of @area serves a region declared for @node (-1: any). Where nothing is known of
 * nodes there is only node 0. */
bool memmap_area_serves(const struct memmap_area *area, int node);

#endif
