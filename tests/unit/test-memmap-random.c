// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What holds of every line gen-cmdline prints, for layouts and machines nobody wrote: small and
 * TiB machines, one to four nodes, holes, memory that may vanish, running carveouts that fit or
 * do not, words of the administrator's. The rules are checked here in their own way, without the
 * code that follows them. RAMDAX_LONG: more of them.
 */
#include "capacity.h"
#include "carveout.h"
#include "memmap-random.h"
#include "plan.h"
#include "request.h"

#define RUNS      1000
#define RUNS_LONG 20000
#define RANGES    64

/* ---- the rules ----------------------------------------------------------------------------- */

/* How often each thing was seen: a generator that never makes it proves nothing. */
static struct {
	unsigned lines, refused, kept, surplus, pinned, low, nodes, boundary, odd, fresh, running;
} seen;

static bool inside_one(const struct range *ranges, size_t n, struct range r)
{
	for (size_t i = 0; i < n; i++)
		if (ranges[i].start <= r.start && r.size <= ranges[i].size &&
		    r.start - ranges[i].start <= ranges[i].size - r.size)
			return true;
	return false;
}

/* Every byte in ranges of one node, none of them hot-pluggable. */
static bool on_one_node(const struct machine *m, struct range r, int *node)
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

static bool is_safe(const struct machine *m, struct range r, int *node)
{
	return is_aligned(r.start, 4096) && is_aligned(r.size, 4096) &&
	       (!m->has_firmware_map || inside_one(m->firmware_ram, m->n_firmware_ram, r)) &&
	       (!m->has_e820 || inside_one(m->e820_ram, m->n_e820_ram, r)) &&
	       on_one_node(m, r, node);
}

static uint64_t bytes_in(const struct range *ranges, size_t n, struct range window)
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
static uint64_t ram_of(const struct machine *m, int node)
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

static uint64_t needs_of(const struct layout_region *region, const struct machine *m,
			 uint64_t start)
{
	uint64_t share;

	if (region->size.kind != SIZE_PERCENT)
		return region_needs(region, start);
	share = (uint64_t)((long double)ram_of(m, m->n_node_ranges ? region->node : -1) *
			   region->size.percent / 100);
	return align_down(share, 2 * MIB);
}

static bool runs(const struct machine *m, struct range r)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (m->carveouts[i].range.start == r.start && m->carveouts[i].range.size == r.size)
			return true;
	return false;
}

static bool ends_as_another(const struct machine *m, struct range r)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (range_end(m->carveouts[i].range) == range_end(r) &&
		    m->carveouts[i].range.start != r.start)
			return true;
	return false;
}

static uint64_t highest_end(const struct machine *m)
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
static uint64_t reserve_of(const struct machine *m, int node)
{
	uint64_t part = ram_of(m, node) / 64;

	return part > 256 * MIB ? part : 256 * MIB;
}

static uint64_t taken_of(const struct memmap_choice *choice, int node)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < choice->n_ranges; i++)
		if (choice->ranges[i].node == node)
			bytes += choice->ranges[i].range.size + choice->ranges[i].maps;
	return bytes;
}

/* Whether @r could have been chosen instead of what was, with all others where they are. */
static bool is_possible(const struct memmap_choice *choice, const struct machine *m,
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
static bool room_above(const struct memmap_choice *choice, const struct machine *m,
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

static bool has_huge(const struct layout_region *region)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		if (region->namespaces[i].align == GIB)
			return true;
	return false;
}

static void check_new(const struct memmap_choice *choice, const struct machine *m,
		      const struct memmap_range *chosen)
{
	const struct range r = chosen->range;
	uint64_t needs = needs_of(chosen->region, m, r.start), end = highest_end(m);
	bool huge = has_huge(chosen->region);

	CHECK(is_aligned(r.start, 2 * MIB));
	CHECK_INT(r.size, align_up(needs + 128 * KIB, 2 * MIB));
	CHECK(!ends_as_another(m, r));
	if (chosen->origin == MEMMAP_PINNED)
		return;
	seen.odd += !is_aligned(r.start, 16 * MIB);
	seen.boundary += huge && !is_aligned(r.start, GIB);
	if (r.start >= 4 * GIB) {
		CHECK(range_end(r) <= end - GIB);
		/* With a single region nothing below is free, to 16 MiB. */
		if (choice->n_ranges == 1 && !huge && !m->n_carveouts)
			CHECK(!room_above(choice, m, chosen, align_down(r.start, 16 * MIB),
					  16 * MIB));
	} else {
		seen.low++;
		CHECK(range_end(r) <= 4 * GIB);
		if (end > 5 * GIB && end < 20 * GIB && !huge)
			CHECK(!room_above(choice, m, chosen, end, 2 * MIB));
	}
}

static void check_range(const struct memmap_choice *choice, const struct machine *m, size_t i)
{
	const struct memmap_range *chosen = &choice->ranges[i];
	const struct range r = chosen->range;
	uint64_t needs = needs_of(chosen->region, m, r.start);
	int node;

	CHECK(is_safe(m, r, &node));
	CHECK_INT(chosen->node, node);
	CHECK(chosen->region->node < 0 || chosen->region->node == (node < 0 ? 0 : node));
	CHECK(!chosen->region->has_address || chosen->region->address == r.start);
	CHECK(r.size - LABEL_AREA_SIZE >= needs && needs > 0);
	CHECK(chosen->n_reasons > 0);
	for (size_t j = 0; j < i; j++) {
		CHECK(range_end(choice->ranges[j].range) <= r.start);
		CHECK(choice->ranges[j].region != chosen->region);
	}
	seen.nodes += node > 0;
	if (chosen->origin == MEMMAP_KEPT) {
		seen.kept++;
		seen.surplus += r.size > align_up(needs + 4 * MIB, 2 * MIB);
		CHECK(runs(m, r));
	} else {
		seen.pinned += chosen->origin == MEMMAP_PINNED;
		CHECK(chosen->origin == MEMMAP_PINNED || !runs(m, r));
		if (chosen->origin == MEMMAP_NEW || !m->n_carveouts)
			check_new(choice, m, chosen);
	}
}

static void check_memory(const struct layout *layout, const struct machine *m,
			 const struct memmap_choice *choice)
{
	uint64_t ram = ram_of(m, -1), taken = 0, must = ram / 4;

	if (ram < 4 * GIB)
		must = ram / 2;
	else if (must < 2 * GIB)
		must = 2 * GIB;
	else if (must > 32 * GIB)
		must = 32 * GIB;
	if (layout->has_system_memory)
		must = layout->system_memory;
	for (size_t i = 0; i < choice->n_ranges; i++) {
		const struct memmap_range *c = &choice->ranges[i];

		taken += c->range.size + c->maps;
		CHECK(taken_of(choice, c->node) + reserve_of(m, c->node) <= ram_of(m, c->node));
	}
	CHECK(taken + must <= ram);
	CHECK_INT(choice->ram, ram);
	CHECK_INT(choice->left, ram - taken);
}

/* A running range that apply gives to a region, that is safe and large enough, is in the line. */
static void check_kept(const struct layout *layout, const struct machine *m,
		       const struct memmap_choice *choice)
{
	size_t of_region[RANGES];
	int node;

	carveout_match(layout, m, of_region);
	for (size_t i = 0; i < layout->n_regions; i++) {
		const struct layout_region *region = &layout->regions[i];
		const struct seen_carveout *c;
		struct range whole;
		struct place_request *requests;
		bool holds;

		if (of_region[i] == NO_CARVEOUT)
			continue;
		c = &m->carveouts[of_region[i]];
		if (!is_safe(m, c->range, &node) || (region->node >= 0 && node != region->node) ||
		    carveout_usable(c) < needs_of(region, m, c->range.start) ||
		    (region->has_address && region->address != c->range.start))
			continue;
		whole = (struct range){c->range.start, carveout_usable(c)};
		requests = requests_of(region, whole.size);
		holds = place(&whole, 1, requests, region->n_namespaces) == region->n_namespaces;
		free(requests);
		for (size_t j = 0; holds && j < choice->n_ranges; j++)
			if (choice->ranges[j].region == region)
				CHECK(choice->ranges[j].range.start == c->range.start &&
				      choice->ranges[j].range.size == c->range.size);
	}
}

/* Boots @m with the line. */
static void boot(struct machine *m, const struct memmap_choice *choice)
{
	_cleanup_(freep) char *line = line_of(choice);

	clear_carveouts(m);
	for (size_t i = 0; i < choice->n_ranges; i++)
		machine_carveout(m, choice->ranges[i].range.start, choice->ranges[i].range.size);
	set_cmdline(m, line);
}

/* On the machine that runs with the line apply does all of it, and the line stays what it is. */
static void check_boot(const struct layout *layout, struct machine *m,
		       const struct memmap_choice *choice)
{
	static const struct plan_options none;
	_cleanup_(freep) char *before = line_of(choice), *after = NULL;
	struct memmap_choice *again;
	struct plan *plan;

	boot(m, choice);
	plan = plan_make(layout, m, &none);
	CHECK_INT(plan_status(plan), STATUS_OK);
	for (size_t i = 0; i < plan->n_problems; i++)
		CHECK_STR(plan->problems[i].text, NULL);
	plan_free(plan);
	again = choose(layout, m);
	after = line_of(again);
	CHECK_STR(after, before);
	for (size_t i = 0; i < again->n_ranges; i++)
		CHECK_INT(again->ranges[i].origin, MEMMAP_KEPT);
	memmap_choice_free(again);
}

/* Checks @choice. Whether it is a line. */
static bool check_choice(const struct layout *layout, const struct machine *m,
			 const struct memmap_choice *choice)
{
	if (choice->refusal) {
		seen.refused++;
		CHECK_INT(choice->n_ranges, 0);
		CHECK(!strchr(choice->refusal, '\n') && strlen(choice->refusal) > 20);
		CHECK(choice->refusal_next && strlen(choice->refusal_next) > 20);
		return false;
	}
	seen.lines++;
	CHECK_INT(choice->n_ranges, layout->n_regions);
	for (size_t i = 0; i < choice->n_ranges; i++)
		check_range(choice, m, i);
	check_memory(layout, m, choice);
	return true;
}

static void one_pair(void)
{
	static const struct memmap_options fresh_options = {.fresh = true};
	unsigned nodes;
	struct machine *m = random_machine(&nodes);
	struct layout *layout = random_layout(m, nodes);
	struct memmap_choice *choice, *again, *fresh;
	_cleanup_(freep) char *first = NULL, *second = NULL;

	if (!layout) {
		machine_free(m);
		return;
	}
	choice = choose(layout, m);
	check_choice(layout, m, choice);
	random_carveouts(m, choice);
	seen.running += m->n_carveouts > 0;
	memmap_choice_free(choice);

	choice = choose(layout, m);
	again = choose(layout, m);
	first = line_of(choice);
	second = line_of(again);
	CHECK_STR(first, second);
	memmap_choice_free(again);
	if (check_choice(layout, m, choice))
		check_kept(layout, m, choice);
	fresh = memmap_choose(layout, m, &fresh_options);
	if (check_choice(layout, m, fresh)) {
		seen.fresh++;
		if (choice->refusal)
			check_boot(layout, m, fresh);
	}
	memmap_choice_free(fresh);
	if (!choice->refusal)
		check_boot(layout, m, choice);
	memmap_choice_free(choice);
	layout_free(layout);
	machine_free(m);
}

static void lines_keep_the_rules(void)
{
	unsigned runs_wanted = getenv("RAMDAX_LONG") ? RUNS_LONG : RUNS;

	state = UINT64_C(88172645463325252);
	for (unsigned i = 0; i < runs_wanted; i++) {
		unsigned failed = unit_failed;
		uint64_t before = state;

		one_pair();
		if (unit_failed == failed)
			continue;
		printf("# pair %u, state %" PRIu64 "\n", i, before);
		return;
	}
	printf("# %u lines, %u refusals; ranges: %u kept, %u with surplus, %u pinned, %u low, %u "
	       "off node 0, %u below a boundary, %u at 2 MiB; %u with --fresh, %u machines with "
	       "carveouts\n",
	       seen.lines, seen.refused, seen.kept, seen.surplus, seen.pinned, seen.low, seen.nodes,
	       seen.boundary, seen.odd, seen.fresh, seen.running);
	CHECK(seen.lines >= runs_wanted && seen.refused >= runs_wanted / 10);
	CHECK(seen.kept > 20 && seen.surplus > 5 && seen.pinned > 5 && seen.low > 5);
	CHECK(seen.nodes > 20 && seen.boundary > 20 && seen.fresh > 50);
	CHECK(seen.running > 100);
}

UNIT_TESTS(UNIT(lines_keep_the_rules))
