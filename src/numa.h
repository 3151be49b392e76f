/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which memory belongs to which NUMA node, by the kernel's numbers.
 */
#ifndef RAMDAX_NUMA_H
#define RAMDAX_NUMA_H

#include "machine.h"
#include "sysfs.h"

/*
 * Fills node_ranges from the SRAT. A proximity domain gets the number of the node in which the
 * kernel shows a memory block of that domain; where it shows none (all of it carved out, no
 * memory hotplug in the kernel), the number that the order of the table gives. Without an SRAT
 * all addresses are the kernel's only node's; where it has several, the memory blocks in them say
 * what is whose, and what they leave out belongs to none.
 */
void numa_observe(const struct sysfs *fs, struct machine *m);

/* The nodes that have memory of their own which cannot be unplugged, ascending: *@nodes, which the
 * caller frees. Their number; 1, node 0, where nothing is known of nodes. */
size_t numa_nodes(const struct sysfs *fs, int **nodes);

#endif
