// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What holds of every line gen-cmdline prints, for layouts and machines nobody wrote: small and
 * TiB machines, one to four nodes, holes, memory that may vanish, running carveouts that fit or
 * do not, words of the administrator's. The rules are checked here in their own way, without the
 * code that follows them. RAMDAX_LONG: more of them.
 */
#include "memmap-random.h"
#include "memmap-rules.h"
#include "plan.h"

#define RUNS      1000
#define RUNS_LONG 20000
#define RANGES    64

/* How often each thing was seen: a generator that never makes it proves nothing. */
static struct {
	unsigned lines, refused, kept, surplus, pinned, low, nodes, boundary, odd, fresh, running;
} seen;

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
