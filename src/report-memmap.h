/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The document of "ramdax gen-cmdline --json", version 1. Keys are never missing, what is not
 * known is null; sizes and addresses are integers, bytes:
 *
 *   version        1
 *   status         exit status
 *   layout         {path, sha256}
 *   cmdline        the line; "" if no region needs one, null if refused
 *   refusal        {text, file, line, next} or null
 *   fingerprint    of the machine, as --store writes it
 *   ranges         [{
 *     region       its name
 *     start, size  physical, with the label area
 *     usable       for namespaces
 *     node         null if nothing is known of nodes
 *     state        kept (it runs), pinned (new, at its declared address) or new
 *     page_maps    ordinary memory that page maps of map = "mem" will take
 *     reasons      [text]
 *     line         of the layout
 *   }]             by start
 *   other_memmap   ["4G$0x200000000"]: other parts of memmap= words the kernel runs with
 *   memory         {ram, left, system_memory}: RAM that counts, what of it the system keeps, and
 *                  what it must keep
 *   warnings       [{text, line}]
 *   notes          [text]: what any such line costs
 */
#ifndef RAMDAX_REPORT_MEMMAP_H
#define RAMDAX_REPORT_MEMMAP_H

#include "memmap.h"

/* @notes holds @n_notes strings. */
struct report_memmap {
	const struct layout *layout;
	const struct memmap_choice *choice;
	int status;
	const char *line;
	const char *fingerprint;
	const char *notes[4];
	size_t n_notes;
};

void report_json_memmap(const struct report_memmap *report, struct text *out);

#endif
