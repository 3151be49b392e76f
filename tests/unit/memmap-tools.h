/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines for tests of gen-cmdline, made by hand: RAM, nodes, what runs. */
#ifndef RAMDAX_MEMMAP_TOOLS_H
#define RAMDAX_MEMMAP_TOOLS_H

#include "layout-tools.h"
#include "memmap.h"

#define FSDAX_1G  "size = \"1GiB\"" /* raw: 1 GiB + 16 MiB of map + 8 KiB, rounded: 1042 MiB */
#define DEVDAX_8G "mode = \"devdax\"\nsize = \"8GiB\"" /* aligned to 1 GiB, map = "mem" */

#define TWO_REGIONS(first, second) \
	"version = 1\n[[region]]\nname = \"a\"\n" first "[[region]]\nname = \"b\"\n" second

static inline struct machine *machine_new(const char *cmdline)
{
	struct machine *m = MEM_NEW(struct machine);

	m->cmdline = mem_strdup(cmdline);
	m->driver = DRIVER_READY;
	m->has_iomem = true;
	return m;
}

/* System RAM from @start to @end, in both maps. */
static inline void machine_ram(struct machine *m, uint64_t start, uint64_t end)
{
	const struct range r = {start, end - start};

	*MEM_APPEND(m->firmware_ram, m->n_firmware_ram) = r;
	*MEM_APPEND(m->e820_ram, m->n_e820_ram) = r;
	m->has_firmware_map = m->has_e820 = true;
}

static inline void machine_node(struct machine *m, uint64_t start, uint64_t end, int node,
				bool hotplug)
{
	*MEM_APPEND(m->node_ranges, m->n_node_ranges) =
		(struct seen_node_range){{start, end - start}, node, hotplug};
}

static inline void machine_carveout(struct machine *m, uint64_t start, uint64_t size)
{
	struct seen_carveout *c;

	if (!m->n_devices)
		MEM_APPEND(m->devices, m->n_devices)->name = mem_strdup("e820_pmem");
	c = MEM_APPEND(m->carveouts, m->n_carveouts);
	c->range = (struct range){start, size};
	c->node = machine_node_of(m, c->range);
}

/* A machine of usual shape: 3 GiB below 4 GiB, @high bytes above, one node. */
static inline struct machine *machine_usual(uint64_t high)
{
	struct machine *m = machine_new("quiet");

	machine_ram(m, 0, 0x9fc00);
	machine_ram(m, MIB, 3 * GIB);
	machine_ram(m, 4 * GIB, 4 * GIB + high);
	return m;
}

/* A layout with one region: "name = ..." and more of it, and one namespace. */
static inline struct layout *layout_one(const char *region, const char *namespace)
{
	_cleanup_(text_release) struct text t = {0};

	text_addf(&t,
		  "version = 1\n[[region]]\nname = \"r\"\n%s\n[[region.namespace]]\nname = \"n\"\n"
		  "%s\n",
		  region, namespace);
	return layout_of(text_str(&t));
}

/* The same with what stands before the region. */
static inline struct layout *layout_system(const char *top, const char *region,
					   const char *namespace)
{
	_cleanup_(text_release) struct text t = {0};

	text_addf(&t,
		  "version = 1\n%s\n[[region]]\nname = \"r\"\n%s\n[[region.namespace]]\n"
		  "name = \"n\"\n%s\n",
		  top, region, namespace);
	return layout_of(text_str(&t));
}

static inline struct memmap_choice *choose(const struct layout *layout, const struct machine *m)
{
	static const struct memmap_options none;

	return memmap_choose(layout, m, &none);
}

/* The line of @choice, or what it was refused for; the caller frees it. */
static inline char *line_of(const struct memmap_choice *choice)
{
	_cleanup_(freep) struct range *ranges = mem_calloc(choice->n_ranges, sizeof(*ranges));
	struct text line = {0};

	for (size_t i = 0; i < choice->n_ranges; i++)
		ranges[i] = choice->ranges[i].range;
	memmap_print(ranges, choice->n_ranges, &line);
	if (choice->refusal)
		text_add(&line, choice->refusal);
	return text_take(&line);
}

/* Chooses for @layout on @m, which are freed; the line or the refusal. */
static inline char *line_for(struct layout *layout, struct machine *m, bool fresh)
{
	const struct memmap_options options = {.fresh = fresh};
	struct memmap_choice *choice = memmap_choose(layout, m, &options);
	char *line = line_of(choice);

	memmap_choice_free(choice);
	layout_free(layout);
	machine_free(m);
	return line;
}

/* The same, compared; @expected may be the beginning of a refusal. */
#define CHECK_LINE(layout, m, fresh, expected)                                                   \
	({                                                                                       \
		char *_line = line_for((layout), (m), (fresh));                                  \
		unit_check(!strncmp(_line, (expected), strlen(expected)) &&                      \
				   (!strncmp(_line, "memmap=", 7) ? unit_same(_line, (expected)) \
								  : !!*(expected)),              \
			   __FILE__, __LINE__, "got\n#   \"%s\", expected\n#   \"%s\"", _line,   \
			   (expected));                                                          \
		free(_line);                                                                     \
	})

#endif
