/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts and machines for gen-cmdline that nobody wrote. */
#ifndef RAMDAX_MEMMAP_RANDOM_H
#define RAMDAX_MEMMAP_RANDOM_H

#include "memmap-tools.h"

/* xorshift64: the same machines everywhere. */
static uint64_t state;

static inline uint64_t below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

static inline bool one_in(uint64_t n)
{
	return below(n) == 0;
}

/* ---- layouts ------------------------------------------------------------------------------- */

static inline void add_namespace(struct text *t, unsigned n, bool shares)
{
	static const char *const sizes[] = {"16MiB",   "64MiB", "100MiB", "512MiB",
					    "1536MiB", "1GiB",  "2GiB",   "5GiB"};
	static const char *const modes[] = {"fsdax", "fsdax", "devdax", "sector", "raw"};
	const char *mode = modes[below(ARRAY_SIZE(modes))];

	text_addf(t, "[[region.namespace]]\nname = \"n%u\"\nmode = \"%s\"\n", n, mode);
	if (shares)
		text_addf(t, "size = \"%s\"\n", one_in(2) ? "25%" : "12.5%");
	else
		text_addf(t, "size = \"%s\"\n", sizes[below(ARRAY_SIZE(sizes))]);
	if (strcmp(mode, "fsdax") && strcmp(mode, "devdax"))
		return;
	if (one_in(3))
		text_addf(t, "map = \"%s\"\n", one_in(2) ? "dev" : "mem");
	if (!shares && one_in(6))
		text_add(t, "align = \"1GiB\"\n");
}

static inline void add_region(struct text *t, unsigned r, const struct machine *m, unsigned nodes)
{
	bool shares = one_in(3);

	text_addf(t, "[[region]]\nname = \"r%u\"\n", r);
	if (shares && one_in(2))
		text_addf(t, "size = \"%u%%\"\n", 5 + (unsigned)below(30));
	else if (shares || one_in(6))
		text_addf(t, "size = \"%uMiB\"\n", 256U << below(7));
	if (one_in(4))
		text_addf(t, "node = %u\n", (unsigned)below(nodes + one_in(8)));
	if (one_in(12) && m->n_firmware_ram) {
		const struct range *ram = &m->firmware_ram[below(m->n_firmware_ram)];

		text_addf(t, "address = \"0x%llx\"\n",
			  (unsigned long long)align_up(ram->start + below(ram->size),
						       one_in(8) ? 4 * KIB : 2 * MIB));
	}
	for (unsigned n = 0, end = 1 + (unsigned)below(3); n < end; n++)
		add_namespace(t, r * 10 + n, shares);
}

/* NULL if what came out is no layout. */
static inline struct layout *random_layout(const struct machine *m, unsigned nodes)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(text_release) struct text t = {0};

	text_add(&t, "version = 1\n");
	if (one_in(4))
		text_addf(&t, "system_memory = \"%uMiB\"\n", 128U << below(7));
	for (unsigned r = 0, end = 1 + (unsigned)below(4); r < end; r++)
		add_region(&t, r, m, nodes);
	return layout_read_text(text_str(&t), t.len, "layout.toml", &faults);
}

/* ---- machines ------------------------------------------------------------------------------ */

static inline void random_nodes(struct machine *m, unsigned nodes, uint64_t end)
{
	uint64_t start = 0;

	for (unsigned i = 0; i < nodes; i++) {
		uint64_t next = i + 1 == nodes ? end : end / nodes * (i + 1);

		next = i + 1 == nodes ? end : align_down(next, one_in(8) ? 2 * MIB : 128 * MIB);
		if (next > start)
			machine_node(m, start, next, (int)i, nodes > 1 && one_in(10));
		start = next;
	}
}

static inline struct machine *random_machine(unsigned *nodes)
{
	static const uint64_t highs[] = {0,        GIB / 2,  2 * GIB,   5 * GIB, 12 * GIB,
					 28 * GIB, 60 * GIB, 124 * GIB, 2 * TIB};
	uint64_t high = highs[below(ARRAY_SIZE(highs))], low = (1 + below(6)) * GIB / 2;
	uint64_t end = high ? 4 * GIB + high : low;
	struct machine *m = machine_new("quiet");

	machine_ram(m, 0, 0x9fc00);
	machine_ram(m, MIB, low - below(4) * 128 * KIB);
	if (high && one_in(4)) {
		uint64_t hole = align_down(4 * GIB + below(high), 4 * KIB);

		machine_ram(m, 4 * GIB, hole + 4 * KIB);
		if (hole + 3 * MIB < end)
			machine_ram(m, hole + 3 * MIB, end);
	} else if (high) {
		machine_ram(m, 4 * GIB, end);
	}
	/* The boot loader knows a little less, or nothing is known of what it knows. */
	if (one_in(5) && m->e820_ram[m->n_e820_ram - 1].size > 16 * MIB)
		m->e820_ram[m->n_e820_ram - 1].size -= below(64) * MIB / 4;
	else if (one_in(6))
		m->has_e820 = false, m->n_e820_ram = 0;
	*nodes = 1;
	if (one_in(2)) {
		*nodes = 1 + (unsigned)below(4);
		random_nodes(m, *nodes, end);
	}
	return m;
}

static inline void set_cmdline(struct machine *m, const char *more)
{
	free(m->cmdline);
	m->cmdline = mem_strdup(more);
}

static inline void clear_carveouts(struct machine *m)
{
	free(m->carveouts);
	m->carveouts = NULL;
	m->n_carveouts = 0;
}

static inline int by_start(const void *a, const void *b)
{
	const struct seen_carveout *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/* What runs: what was chosen, sometimes changed; or something else. */
static inline void random_carveouts(struct machine *m, const struct memmap_choice *chosen)
{
	clear_carveouts(m);
	for (size_t i = 0; i < chosen->n_ranges; i++) {
		struct range r = chosen->ranges[i].range;

		if (one_in(4))
			continue;
		if (one_in(4))
			r.start += below(64) * 16 * MIB;
		if (one_in(4))
			r.size += one_in(2) ? below(128) * 2 * MIB : below(64) * 4 * KIB;
		machine_carveout(m, r.start, r.size);
	}
	if (one_in(4))
		machine_carveout(m, 4 * GIB + below(512) * 2 * MIB, (1 + below(300)) * 2 * MIB);
	if (m->n_carveouts)
		qsort(m->carveouts, m->n_carveouts, sizeof(*m->carveouts), by_start);
	/* The kernel's list never overlaps. */
	for (size_t i = 1; i < m->n_carveouts; i++) {
		if (range_end(m->carveouts[i - 1].range) <= m->carveouts[i].range.start)
			continue;
		memmove(&m->carveouts[i], &m->carveouts[i + 1],
			(m->n_carveouts - i - 1) * sizeof(*m->carveouts));
		m->n_carveouts--;
		i--;
	}
	for (size_t i = 0; i < m->n_carveouts; i++)
		m->carveouts[i].node = machine_node_of(m, m->carveouts[i].range);
}

#endif
