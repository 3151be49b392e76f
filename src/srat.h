/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI System Resource Affinity Table: which memory belongs to which proximity domain.
 * Pure; the table is the firmware's, so nothing in it is believed without a look.
 */
#ifndef RAMDAX_SRAT_H
#define RAMDAX_SRAT_H

#include "units.h"

struct srat_memory {
	struct range range;
	uint32_t domain;
	bool hotplug; /* hot-pluggable: may vanish, so no place for a carveout */
};

struct srat {
	struct srat_memory *memory; /* enabled entries, in the table's order */
	size_t n_memory;
	/* Every domain once, in the order in which the kernel meets them and numbers its nodes:
	 * processors first, then memory (drivers/acpi/numa/srat.c, acpi_numa_init). */
	uint32_t *domains;
	size_t n_domains;
};

/*
 * Reads the table in the @size bytes at @table, its header included. 0, or -EBADMSG when it is no
 * SRAT, its length is wrong or an entry does not fit; then *@srat is empty.
 */
int srat_parse(const void *table, size_t size, struct srat *srat);
void srat_release(struct srat *srat);

#endif
