// SPDX-License-Identifier: GPL-2.0-or-later
#include "numa.h"

#include <string.h>

#include "mem.h"
#include "srat.h"

#define SRAT_MAX  (4 * MIB)
#define SRAT_PATH "sys/firmware/acpi/tables/SRAT"
#define NODE_DIR  "sys/devices/system/node"

/* A memory block as /sys shows it below its node. */
struct block {
	struct range range;
	int node;
};

struct blocks {
	struct block *items;
	size_t n;
};

/* "node12" with @prefix "node": 12. False if it is no such name. */
static bool numbered(const char *name, const char *prefix, uint64_t *n)
{
	size_t len = strlen(prefix);

	return !strncmp(name, prefix, len) && number_parse(name + len, n) == 0;
}

static void node_blocks(const struct sysfs *fs, const char *node, uint64_t block_size,
			struct blocks *blocks)
{
	char **names = NULL;
	uint64_t number, index, start, end;
	size_t n = 0;

	if (!numbered(node, "node", &number) || number > INT32_MAX ||
	    sysfs_list(fs, &names, &n, NODE_DIR "/%s", node) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (numbered(names[i], "memory", &index) &&
		    checked_multiply(index, block_size, &start) &&
		    checked_add(start, block_size, &end))
			*MEM_APPEND(blocks->items, blocks->n) = (struct block){
				.range = {.start = start, .size = block_size},
				.node = (int)number,
			};
	}
	sysfs_free_names(names, n);
}

static void blocks_observe(const struct sysfs *fs, struct blocks *blocks)
{
	_cleanup_(freep) char *text = NULL;
	char **names = NULL;
	uint64_t size;
	size_t n = 0;

	/* The only number in /sys that is hexadecimal without 0x. */
	if (sysfs_read(fs, &text, "sys/devices/system/memory/block_size_bytes") < 0)
		return;
	size = strtoull(text, NULL, 16);
	if (!size || sysfs_list(fs, &names, &n, NODE_DIR) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		node_blocks(fs, names[i], size, blocks);
	sysfs_free_names(names, n);
}

/* The node of a block that lies wholly in memory of @domain, else @domain's place in the table. */
static int node_of_domain(const struct srat *srat, const struct blocks *blocks, uint32_t domain)
{
	int node = 0;

	for (size_t i = 0; i < srat->n_memory; i++) {
		const struct srat_memory *memory = &srat->memory[i];

		if (memory->domain != domain)
			continue;
		for (size_t j = 0; j < blocks->n; j++) {
			if (range_within(blocks->items[j].range, memory->range))
				return blocks->items[j].node;
		}
	}
	while ((size_t)node < srat->n_domains && srat->domains[node] != domain)
		node++;
	return node;
}

static int compare_node_ranges(const void *a, const void *b)
{
	const struct seen_node_range *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

static int compare_blocks(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/*
 * Without a table: what the memory blocks of the nodes say. A block that two nodes share proves
 * nothing, nor does what lies between blocks of two nodes; between those of one, carveouts perhaps,
 * it is that node's.
 */
static void nodes_by_blocks(const struct sysfs *fs, struct machine *m)
{
	struct blocks blocks = {0};
	struct seen_node_range *last = NULL;

	blocks_observe(fs, &blocks);
	if (blocks.n)
		qsort(blocks.items, blocks.n, sizeof(*blocks.items), compare_blocks);
	for (size_t i = 0; i < blocks.n; i++) {
		const struct block *block = &blocks.items[i];

		if ((i && block[-1].range.start == block->range.start) ||
		    (i + 1 < blocks.n && block[1].range.start == block->range.start)) {
			last = NULL;
			continue;
		}
		if (!last || last->node != block->node) {
			last = MEM_APPEND(m->node_ranges, m->n_node_ranges);
			*last = (struct seen_node_range){.range = block->range,
							 .node = block->node};
		}
		last->range.size = range_end(block->range) - last->range.start;
	}
	free(blocks.items);
}

/* The node, if the kernel knows one and no other. */
static bool only_node(const struct sysfs *fs, struct machine *m)
{
	char **names = NULL;
	uint64_t number = 0, other;
	size_t n = 0, nodes = 0;

	if (sysfs_list(fs, &names, &n, NODE_DIR) < 0)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (numbered(names[i], "node", &other) && other <= INT32_MAX) {
			number = other;
			nodes++;
		}
	}
	sysfs_free_names(names, n);
	if (nodes == 1)
		*MEM_APPEND(m->node_ranges, m->n_node_ranges) = (struct seen_node_range){
			.range = {.size = UINT64_MAX},
			.node = (int)number,
		};
	return nodes < 2;
}

void numa_observe(const struct sysfs *fs, struct machine *m)
{
	_cleanup_(text_release) struct text table = {0};
	_cleanup_(srat_release) struct srat srat = {0};
	struct blocks blocks = {0};

	if (sysfs_read_all(fs, &table, SRAT_MAX, SRAT_PATH) < 0 ||
	    srat_parse(text_str(&table), table.len, &srat) < 0 || !srat.n_memory) {
		if (!only_node(fs, m))
			nodes_by_blocks(fs, m);
		return;
	}
	blocks_observe(fs, &blocks);
	for (size_t i = 0; i < srat.n_memory; i++) {
		const struct srat_memory *memory = &srat.memory[i];

		*MEM_APPEND(m->node_ranges, m->n_node_ranges) = (struct seen_node_range){
			.range = memory->range,
			.node = node_of_domain(&srat, &blocks, memory->domain),
			.hotplug = memory->hotplug,
		};
	}
	qsort(m->node_ranges, m->n_node_ranges, sizeof(*m->node_ranges), compare_node_ranges);
	free(blocks.items);
}

static int compare_numbers(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

size_t numa_nodes(const struct sysfs *fs, int **nodes)
{
	struct machine m = {0};
	size_t n = 0, unique = 0;

	numa_observe(fs, &m);
	*nodes = mem_calloc(m.n_node_ranges + 1, sizeof(**nodes));
	for (size_t i = 0; i < m.n_node_ranges; i++)
		if (!m.node_ranges[i].hotplug)
			(*nodes)[n++] = m.node_ranges[i].node;
	free(m.node_ranges);
	if (!n)
		return 1;
	qsort(*nodes, n, sizeof(**nodes), compare_numbers);
	for (size_t i = 0; i < n; i++)
		if (!i || (*nodes)[i] != (*nodes)[unique - 1])
			(*nodes)[unique++] = (*nodes)[i];
	return unique;
}
