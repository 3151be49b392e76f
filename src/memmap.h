/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice behind "memmap=": which range of RAM becomes the carveout of which region. Pure: a
 * layout and a machine in, ranges or a refusal out; the same input gives the same output, and a
 * machine that runs with the output gets it again.
 *
 * - A running range that obeys the rules and is large enough stays as it is, so that a warm
 *   reboot finds its data. The match of regions and ranges is apply's own.
 * - Each range lies in one System RAM entry and one node (memmap-space.h), above 4 GiB at the
 *   lowest address that is free, 1 GiB below the end of the highest entry: there EFI puts initial
 *   RAM disks. Below 4 GiB only if there is no other way, in the middle of what is free.
 * - It starts at a multiple of 16 MiB, or of 2 MiB where only that fits; 16 MiB below a boundary
 *   of 1 GiB (more, with a page map of its own) where namespaces are aligned to that.
 * - No new range ends where a running one ends: labels are at the end, and old ones would be
 *   believed.
 * - The system keeps system_memory, and every node something.
 * - apply must recognise every range after a power cycle, when there are no labels.
 */
#ifndef RAMDAX_MEMMAP_H
#define RAMDAX_MEMMAP_H

#include "layout.h"
#include "machine.h"
#include "text.h"

enum memmap_origin {
	MEMMAP_KEPT,   /* it runs, and stays as it is */
	MEMMAP_PINNED, /* new, at the declared address */
	MEMMAP_NEW,
};

struct memmap_range {
	const struct layout_region *region;
	struct range range;
	uint64_t maps; /* bytes of ordinary memory for page maps */
	int node;      /* -1: nothing is known of nodes */
	enum memmap_origin origin;
	char **reasons;
	size_t n_reasons;
};

struct memmap_warning {
	unsigned line; /* of the layout; 0 if none asked for it */
	char *text;
};

struct memmap_choice {
	struct memmap_range *ranges; /* by start; none if refused */
	size_t n_ranges;
	struct memmap_warning *warnings;
	size_t n_warnings;
	char **others; /* the administrator's own parts of memmap= words, no carveouts */
	size_t n_others;
	char *refusal; /* why there is no line, or NULL */
	unsigned refusal_line;
	const char *refusal_next; /* what somebody can do about it, for people */
	uint64_t ram;             /* bytes of the space; of it, what stays: */
	uint64_t left;
	uint64_t system_memory; /* what must stay */
};

struct memmap_options {
	bool fresh; /* as if nothing ran, except that no range may end where a running one ends */
};

/* About tables that cannot be believed. */
#define MEMMAP_NEXT_TABLES                                                               \
	"see what \"dmesg\" says of memory, and correct the firmware's settings or the " \
	"\"memmap=\" words of the kernel command line"

struct memmap_choice *memmap_choose(const struct layout *layout, const struct machine *m,
				    const struct memmap_options *options);
void memmap_choice_free(struct memmap_choice *choice);

/*
 * Adds "memmap=SIZE!0xSTART,..." with the sizes in K, M or G; nothing for no ranges. One list:
 * tools that edit command lines replace by key, and the kernel counts ranges per list.
 */
void memmap_print(const struct range *ranges, size_t n, struct text *out);

const char *memmap_origin_name(enum memmap_origin origin); /* "kept", "pinned", "new" */

#endif
