// SPDX-License-Identifier: GPL-2.0-or-later
#include "memmap-space.h"

#include <string.h>

#include "mem.h"
#include "place.h"

/* No processor that ramdax runs on has wider physical addresses. */
#define PHYSICAL_MAX (UINT64_C(1) << 52)
/* How much RAM the SRAT may leave out before the kernel ignores it and has a single node
 * (arch/x86/mm/numa.c, numa_register_nodes: memblock_validate_numa_coverage). */
#define UNCOVERED_MAX MIB

/* A list of ranges that is being computed. */
struct ranges {
	struct range *items;
	size_t n;
};

static void ranges_add(struct ranges *list, struct range r)
{
	if (r.size)
		*MEM_APPEND(list->items, list->n) = r;
}

static void ranges_release(struct ranges *list)
{
	free(list->items);
	*list = (struct ranges){0};
}

static struct range common(struct range a, struct range b)
{
	uint64_t start = a.start > b.start ? a.start : b.start;
	uint64_t end = range_end(a) < range_end(b) ? range_end(a) : range_end(b);

	return end > start ? (struct range){start, end - start} : (struct range){0};
}

/* What the @n_a ranges @a and the @n_b ranges @b have in common, pair by pair. */
static struct ranges intersection(const struct range *a, size_t n_a, const struct range *b,
				  size_t n_b)
{
	struct ranges result = {0};

	for (size_t i = 0; i < n_a; i++)
		for (size_t j = 0; j < n_b; j++)
			ranges_add(&result, common(a[i], b[j]));
	return result;
}

size_t memmap_subtract(struct range whole, const struct range *holes, size_t n_holes,
		       struct range **left)
{
	struct ranges inside = intersection(&whole, 1, holes, n_holes);
	size_t n = place_free(whole, inside.items, inside.n, left);

	ranges_release(&inside);
	return n;
}

static void subtract(struct ranges *list, struct range hole)
{
	struct ranges left = {0};

	for (size_t i = 0; i < list->n; i++) {
		_cleanup_(freep) struct range *pieces = NULL;
		size_t n = memmap_subtract(list->items[i], &hole, 1, &pieces);

		for (size_t j = 0; j < n; j++)
			ranges_add(&left, pieces[j]);
	}
	ranges_release(list);
	*list = left;
}

static uint64_t sum(const struct ranges *list)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < list->n; i++)
		bytes += list->items[i].size;
	return bytes;
}

/* System RAM as all maps that there are have it. NULL, or what is wrong with them. */
static char *read_entries(const struct machine *m, struct ranges *entries)
{
	if (!m->has_firmware_map && !m->has_e820)
		return mem_strdup("the firmware's memory map cannot be read");
	if (m->has_firmware_map && m->has_e820)
		*entries = intersection(m->firmware_ram, m->n_firmware_ram, m->e820_ram,
					m->n_e820_ram);
	else if (m->has_firmware_map)
		*entries = intersection(m->firmware_ram, m->n_firmware_ram, m->firmware_ram,
					m->n_firmware_ram);
	else
		*entries = intersection(m->e820_ram, m->n_e820_ram, m->e820_ram, m->n_e820_ram);
	for (size_t i = 0; i < entries->n; i++)
		if (range_end(entries->items[i]) > PHYSICAL_MAX)
			return mem_printf("the memory map shows RAM at 0x%llx, which no processor "
					  "can address",
					  (unsigned long long)range_end(entries->items[i]) - 1);
	if (!entries->n)
		return mem_strdup("the memory maps of firmware and boot loader have no System RAM "
				  "in common");
	return NULL;
}

/* What the memory layout of the nodes says against itself and against the @entries; or NULL. */
static char *check_nodes(const struct machine *m, const struct ranges *entries)
{
	struct ranges left = {0};
	uint64_t uncovered;

	for (size_t i = 0; i < m->n_node_ranges; i++) {
		const struct seen_node_range *a = &m->node_ranges[i];

		for (size_t j = 0; j < i; j++) {
			const struct seen_node_range *b = &m->node_ranges[j];

			if (a->node != b->node && range_overlaps(a->range, b->range))
				return mem_printf(
					"the SRAT gives memory at 0x%llx to node %d and to node %d",
					(unsigned long long)common(a->range, b->range).start,
					b->node, a->node);
		}
	}
	if (!m->n_node_ranges)
		return NULL;
	left = intersection(entries->items, entries->n, entries->items, entries->n);
	for (size_t i = 0; i < m->n_node_ranges; i++)
		subtract(&left, m->node_ranges[i].range);
	uncovered = sum(&left);
	ranges_release(&left);
	if (uncovered > UNCOVERED_MAX)
		return mem_printf("the SRAT, or what there is instead, leaves out %s of RAM: of "
				  "which node that is cannot be told",
				  SIZE_HUMAN(uncovered));
	return NULL;
}

static void add_area(struct memmap_space *space, struct range range, int node)
{
	struct memmap_node *known = NULL;

	*MEM_APPEND(space->areas, space->n_areas) = (struct memmap_area){range, node};
	space->ram += memmap_system_part(space, range);
	for (size_t i = 0; i < space->n_nodes; i++)
		if (space->nodes[i].node == node)
			known = &space->nodes[i];
	if (!known) {
		known = MEM_APPEND(space->nodes, space->n_nodes);
		known->node = node;
	}
	known->ram += memmap_system_part(space, range);
}

static bool is_first_of_node(const struct machine *m, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (m->node_ranges[j].node == m->node_ranges[i].node)
			return false;
	return true;
}

/* The areas of the node of the range @first in @usable, its adjacent ranges taken as one. */
static void add_node(struct memmap_space *space, const struct machine *m, size_t first,
		     const struct ranges *usable)
{
	int node = m->node_ranges[first].node;
	struct ranges memory = {0}, areas;

	for (size_t i = first; i < m->n_node_ranges; i++)
		if (m->node_ranges[i].node == node)
			ranges_add(&memory, m->node_ranges[i].range);
	memory.n = ranges_join(memory.items, memory.n);
	areas = intersection(usable->items, usable->n, memory.items, memory.n);
	for (size_t i = 0; i < areas.n; i++)
		add_area(space, areas.items[i], node);
	ranges_release(&areas);
	ranges_release(&memory);
}

static int compare_areas(const void *a, const void *b)
{
	const struct memmap_area *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/* Divides @entries, which lose what may be unplugged. */
static char *add_areas(struct memmap_space *space, const struct machine *m, struct ranges *entries)
{
	if (!entries->n)
		return mem_strdup("the memmap= words of the running kernel leave no System RAM");
	space->highest = entries->items[entries->n - 1];
	for (size_t i = 0; i < m->n_node_ranges; i++)
		if (m->node_ranges[i].hotplug)
			subtract(entries, m->node_ranges[i].range);
	for (size_t i = 0; i < m->n_node_ranges; i++)
		if (is_first_of_node(m, i))
			add_node(space, m, i, entries);
	for (size_t i = 0; !m->n_node_ranges && i < entries->n; i++)
		add_area(space, entries->items[i], -1);
	if (!space->n_areas)
		return mem_strdup("the SRAT calls all memory hot-pluggable");
	qsort(space->areas, space->n_areas, sizeof(*space->areas), compare_areas);
	return NULL;
}

char *memmap_space_read(struct memmap_space *space, const struct machine *m)
{
	struct ranges entries = {0};
	char *why;

	*space = (struct memmap_space){0};
	why = read_entries(m, &entries);
	if (!why)
		why = check_nodes(m, &entries);
	if (!why)
		why = memmap_words_read(&space->words, m->cmdline ? m->cmdline : "");
	for (size_t i = 0; i < space->words.n_cut; i++)
		subtract(&entries, space->words.cut[i]);
	if (!why)
		why = add_areas(space, m, &entries);
	ranges_release(&entries);
	return why;
}

void memmap_space_release(struct memmap_space *space)
{
	free(space->areas);
	free(space->nodes);
	memmap_words_release(&space->words);
	*space = (struct memmap_space){0};
}

uint64_t memmap_system_part(const struct memmap_space *space, struct range r)
{
	return common(r, (struct range){0, space->words.limit}).size;
}

uint64_t memmap_space_ram(const struct memmap_space *space, int node)
{
	if (node < 0)
		return space->ram;
	for (size_t i = 0; i < space->n_areas; i++)
		if (memmap_area_serves(&space->areas[i], node))
			for (size_t j = 0; j < space->n_nodes; j++)
				if (space->nodes[j].node == space->areas[i].node)
					return space->nodes[j].ram;
	return 0;
}

const struct memmap_area *memmap_space_find(const struct memmap_space *space, struct range r)
{
	for (size_t i = 0; i < space->n_areas; i++)
		if (range_within(r, space->areas[i].range))
			return &space->areas[i];
	return NULL;
}

bool memmap_area_serves(const struct memmap_area *area, int node)
{
	return node < 0 || area->node == node || (area->node < 0 && node == 0);
}
