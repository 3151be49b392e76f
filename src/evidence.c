// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence.h"

#include <string.h>

#include "mem.h"
#include "srat.h"

#define MEMMAP_DIR "sys/firmware/memmap"
#define SRAT_PATH  "sys/firmware/acpi/tables/SRAT"
#define SRAT_MAX   (4 * MIB)
#define NODE_DIR   "sys/devices/system/node"

/* An entry of the memory map of any type, both ends included. */
struct entry {
	uint64_t first;
	uint64_t last;
};

static char *read_entry(const struct sysfs *fs, const char *name, struct entry *entry)
{
	_cleanup_(freep) char *type = NULL;

	if (sysfs_read(fs, &type, MEMMAP_DIR "/%s/type", name) < 0 ||
	    sysfs_read_number(fs, &entry->first, MEMMAP_DIR "/%s/start", name) < 0 ||
	    sysfs_read_number(fs, &entry->last, MEMMAP_DIR "/%s/end", name) < 0)
		return mem_printf("entry %s of the firmware's memory map cannot be read", name);
	if (entry->last < entry->first)
		return mem_printf("entry %s of the firmware's memory map ends before it starts",
				  name);
	return NULL;
}

/* The kernel has sorted out what overlaps before it shows the map; a map that overlaps is none. */
static char *memory_map_fault(const struct sysfs *fs)
{
	_cleanup_(freep) struct entry *entries = NULL;
	char **names = NULL, *why = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, MEMMAP_DIR) < 0)
		return NULL;
	entries = mem_calloc(n, sizeof(*entries));
	for (size_t i = 0; i < n && !why; i++) {
		why = read_entry(fs, names[i], &entries[i]);
		for (size_t j = 0; j < i && !why; j++)
			if (entries[i].first <= entries[j].last &&
			    entries[j].first <= entries[i].last)
				why = mem_printf("entries %s and %s of the firmware's memory map "
						 "overlap",
						 names[j], names[i]);
	}
	sysfs_free_names(names, n);
	return why;
}

static char *srat_fault(const struct sysfs *fs)
{
	_cleanup_(text_release) struct text table = {0};
	_cleanup_(srat_release) struct srat srat = {0};
	int r = sysfs_read_all(fs, &table, SRAT_MAX, SRAT_PATH);

	if (r == -ENOENT)
		return NULL;
	if (r < 0)
		return mem_printf("the SRAT cannot be read: %s", strerror(-r));
	if (srat_parse(text_str(&table), table.len, &srat) < 0)
		return mem_strdup("the SRAT is damaged");
	return NULL;
}

static char *nodes_fault(const struct sysfs *fs, const struct machine *m)
{
	char **names = NULL;
	size_t n = 0, nodes = 0;

	if (m->n_node_ranges || sysfs_list(fs, &names, &n, NODE_DIR) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		nodes += !strncmp(names[i], "node", 4) && strspn(names[i] + 4, "0123456789") &&
			 !names[i][4 + strspn(names[i] + 4, "0123456789")];
	sysfs_free_names(names, n);
	if (nodes < 2)
		return NULL;
	return mem_printf(
		"there are %zu NUMA nodes, and neither an SRAT nor memory blocks tell which memory is whose",
		nodes);
}

char *evidence_fault(const struct sysfs *fs, const struct machine *m)
{
	char *why = memory_map_fault(fs);

	if (!why)
		why = srat_fault(fs);
	if (!why)
		why = nodes_fault(fs, m);
	return why;
}

void evidence_fingerprint(const struct sysfs *fs, const struct machine *m,
			  char hex[SHA256_HEX_SIZE])
{
	_cleanup_(text_release) struct text text = {0};
	_cleanup_(freep) char *uuid = NULL;
	const struct range *ram = m->has_firmware_map ? m->firmware_ram : m->e820_ram;
	size_t n = m->has_firmware_map ? m->n_firmware_ram : m->n_e820_ram;

	if (sysfs_read(fs, &uuid, "sys/class/dmi/id/product_uuid") < 0)
		uuid = NULL;
	for (size_t i = 0; i < n; i++)
		text_addf(&text, "ram 0x%llx 0x%llx\n", (unsigned long long)ram[i].start,
			  (unsigned long long)ram[i].size);
	text_addf(&text, "uuid %s\n", uuid ? uuid : "");
	sha256_hex(text_str(&text), text.len, hex);
}
