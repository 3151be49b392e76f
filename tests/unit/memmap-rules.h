/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of gen-cmdline, once more and in their plainest form, to judge lines by. */
#ifndef RAMDAX_MEMMAP_RULES_H
#define RAMDAX_MEMMAP_RULES_H

#include "carveout.h"
#include "memmap-tools.h"
#include "request.h"

static inline bool inside_one(const struct range *ranges, size_t n, struct range r)
{
	for (size_t i = 0; i < n; i++)
		if (ranges[i].start <= r.start && r.size <= ranges[i].size &&
		    r.start - ranges[i].start <= ranges[i].size - r.size)
			return true;
	return false;
}

/* Every byte in ranges of one node, none of them hot-pluggable. */
static inline bool on_one_node(const struct machine *m, struct range r, int *node)
{
	uint64_t at = r.start;
	bool moved = true;

	*node = -1;
	if (!m->n_node_ranges)
		return true;
	while (at < range_end(r) && moved) {
		moved = false;
		for (size_t i = 0; i < m->n_node_ranges && !moved; i++) {
			const struct seen_node_range *n = &m->node_ranges[i];

			if (at < n->range.start || at >= range_end(n->range))
				continue;
			if (n->hotplug || (*node >= 0 && n->node != *node))
				return false;
			*node = n->node;
			at = range_end(n->range);
			moved = true;
		}
	}
	return at >= range_end(r);
}

static inline bool is_safe(const struct machine *m, struct range r, int *node)
{
	return is_aligned(r.start, 4096) && is_aligned(r.size, 4096) &&
	       (!m->has_firmware_map || inside_one(m->firmware_ram, m->n_firmware_ram, r)) &&
	       (!m->has_e820 || inside_one(m->e820_ram, m->n_e820_ram, r)) &&
	       on_one_node(m, r, node);
}

static inline uint64_t bytes_in(const struct range *ranges, size_t n, struct range window)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t start = ranges[i].start > window.start ? ranges[i].start : window.start;
		uint64_t end = range_end(ranges[i]) < range_end(window) ? range_end(ranges[i])
									: range_end(window);

		bytes += end > start ? end - start : 0;
	}
	return bytes;
}

/* RAM of @node (-1: of all) that may not vanish, by the smaller of the maps: they differ at the end
 * of the last entry only. */
static inline uint64_t ram_of(const struct machine *m, int node)
{
	const struct range *ram = m->has_e820 ? m->e820_ram : m->firmware_ram;
	size_t n = m->has_e820 ? m->n_e820_ram : m->n_firmware_ram;
	uint64_t bytes = 0;

	if (!m->n_node_ranges)
		return bytes_in(ram, n, (struct range){0, UINT64_MAX});
	for (size_t i = 0; i < m->n_node_ranges; i++)
		if (!m->node_ranges[i].hotplug && (node < 0 || m->node_ranges[i].node == node))
			bytes += bytes_in(ram, n, m->node_ranges[i].range);
	return bytes;
}

static inline uint64_t needs_of(const struct layout_region *region, const struct machine *m,
				uint64_t start)
{
	uint64_t share;

	if (region->size.kind != SIZE_PERCENT)
		return region_needs(region, start);
	share = (uint64_t)((long double)ram_of(m, m->n_node_ranges ? region->node : -1) *
			   region->size.percent / 100);
	return align_down(share, 2 * MIB);
}

static inline bool runs(const struct machine *m, struct range r)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (m->carveouts[i].range.start == r.start && m->carveouts[i].range.size == r.size)
			return true;
	return false;
}

static inline bool ends_as_another(const struct machine *m, struct range r)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (range_end(m->carveouts[i].range) == range_end(r) &&
		    m->carveouts[i].range.start != r.start)
			return true;
	return false;
}

static inline uint64_t highest_end(const struct machine *m)
{
	uint64_t end = 0;

	for (size_t i = 0; i < m->n_firmware_ram; i++)
		if (range_end(m->firmware_ram[i]) > end)
			end = range_end(m->firmware_ram[i]);
	return m->has_e820 && range_end(m->e820_ram[m->n_e820_ram - 1]) < end
		       ? range_end(m->e820_ram[m->n_e820_ram - 1])
		       : end;
}

/* What must stay of @node. */
static inline uint64_t reserve_of(const struct machine *m, int node)
{
	uint64_t part = ram_of(m, node) / 64;

	return part > 256 * MIB ? part : 256 * MIB;
}

static inline uint64_t taken_of(const struct memmap_choice *choice, int node)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < choice->n_ranges; i++)
		if (choice->ranges[i].node == node)
			bytes += choice->ranges[i].range.size + choice->ranges[i].maps;
	return bytes;
}

/* Whether @r could have been chosen instead of what was, with all others where they are. */
static inline bool is_possible(const struct memmap_choice *choice, const struct machine *m,
			       const struct memmap_range *chosen, struct range r)
{
	int node;

	if (!is_safe(m, r, &node) || ends_as_another(m, r) ||
	    (chosen->region->node >= 0 && node >= 0 && node != chosen->region->node) ||
	    range_end(r) > highest_end(m) - GIB)
		return false;
	for (size_t i = 0; i < choice->n_ranges; i++)
		if (&choice->ranges[i] != chosen && range_overlaps(choice->ranges[i].range, r))
			return false;
	return node == chosen->node ||
	       taken_of(choice, node) + reserve_of(m, node) + r.size + chosen->maps <=
		       ram_of(m, node);
}

/* Any start above 4 GiB, in steps of @step, of which there are not too many to try. */
static inline bool room_above(const struct memmap_choice *choice, const struct machine *m,
			      const struct memmap_range *chosen, uint64_t limit, uint64_t step)
{
	for (uint64_t start = 4 * GIB; start < limit; start += step) {
		uint64_t needs = needs_of(chosen->region, m, start);
		const struct range r = {start, align_up(needs + LABEL_AREA_SIZE, 2 * MIB)};

		if (r.size <= chosen->range.size && is_possible(choice, m, chosen, r))
			return true;
	}
	return false;
}

static inline bool has_huge(const struct layout_region *region)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		if (region->namespaces[i].align == GIB)
			return true;
	return false;
}

#endif
