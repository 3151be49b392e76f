// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "memmap-parts.h"

#define RESERVE_TOP GIB         /* above new ranges in the highest entry */
#define NODE_MIN    (256 * MIB) /* of every node, or this part of it: */
#define NODE_PART   64
#define LOW_END     (4 * GIB)

void memmap_refuse(struct choosing *c, unsigned line, const char *format, ...)
{
	struct text text = {0};
	va_list args;

	if (c->choice->refusal)
		return;
	va_start(args, format);
	text_vaddf(&text, format, args);
	va_end(args);
	c->choice->refusal = text_take(&text);
	c->choice->refusal_line = line;
}

void memmap_next(struct choosing *c, const char *sentence)
{
	if (!c->choice->refusal_next)
		c->choice->refusal_next = sentence;
}

void memmap_warn(struct choosing *c, unsigned line, const char *format, ...)
{
	struct memmap_warning *warning = MEM_APPEND(c->choice->warnings, c->choice->n_warnings);
	struct text text = {0};
	va_list args;

	va_start(args, format);
	text_vaddf(&text, format, args);
	va_end(args);
	*warning = (struct memmap_warning){line, text_take(&text)};
}

void memmap_reason(struct memmap_range *range, const char *format, ...)
{
	struct text text = {0};
	va_list args;

	va_start(args, format);
	text_vaddf(&text, format, args);
	va_end(args);
	*MEM_APPEND(range->reasons, range->n_reasons) = text_take(&text);
}

bool memmap_ends_as_running(const struct choosing *c, const struct layout_region *region,
			    struct range r)
{
	size_t own = c->running[region - c->layout->regions];

	for (size_t i = 0; i < c->machine->n_carveouts; i++) {
		struct range running = c->machine->carveouts[i].range;

		if (range_end(running) == range_end(r) && (i != own || running.start != r.start))
			return true;
	}
	return false;
}

uint64_t memmap_node_reserve(const struct choosing *c, int node)
{
	uint64_t part = memmap_space_ram(&c->space, node) / NODE_PART;

	return part > NODE_MIN ? part : NODE_MIN;
}

uint64_t memmap_node_taken(const struct choosing *c, int node)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->layout->n_regions; i++)
		if (c->ranges[i].range.size && c->ranges[i].node == node)
			bytes += memmap_system_part(&c->space, c->ranges[i].range) +
				 c->ranges[i].maps;
	return bytes;
}

uint64_t memmap_ceiling(const struct choosing *c)
{
	uint64_t end = range_end(c->space.highest);

	return end > LOW_END ? end - RESERVE_TOP : UINT64_MAX;
}

/* Whether carveouts come from the kernel command line here at all. False if refused. */
static bool check_machine(struct choosing *c)
{
	const struct machine *m = c->machine;

	if (m->guest) {
		memmap_refuse(
			c, 0,
			"this is a %s guest, where a carveout's memory is not the guest's own",
			m->guest);
		memmap_next(c, REMEDY_GUEST);
	}
	for (size_t i = 0; i < m->n_devices; i++) {
		if (!m->devices[i].devicetree)
			continue;
		memmap_refuse(c, 0,
			      "this machine's carveouts are in its device tree (\"%s\"), not on "
			      "the kernel command line",
			      m->devices[i].name);
		memmap_next(c, "describe them there; \"ramdax plan\" says which region each fits");
	}
	return !c->choice->refusal;
}

static bool read_space(struct choosing *c)
{
	_cleanup_(freep) char *why = memmap_space_read(&c->space, c->machine);
	struct memmap_choice *choice = c->choice;

	for (size_t i = 0; i < c->space.words.n_others; i++) {
		const char *part = c->space.words.others[i].text;

		*MEM_APPEND(choice->others, choice->n_others) = mem_strdup(part);
		memmap_warn(
			c, 0,
			"the running kernel was also told \"memmap=%s\": it is not part of this "
			"line, and must stand in the same list",
			part);
	}
	choice->ram = c->space.ram;
	choice->system_memory = c->layout->has_system_memory ? c->layout->system_memory
							     : memmap_system_default(choice->ram);
	if (why)
		memmap_refuse(c, 0, "no memory of this machine can be given away: %s", why);
	if (why)
		memmap_next(c, c->machine->has_firmware_map || c->machine->has_e820
				       ? MEMMAP_NEXT_TABLES
				       : REMEDY_MAPLESS);
	return !why;
}

static int compare_starts(const void *a, const void *b)
{
	const struct memmap_range *x = a, *y = b;

	return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

static void range_release(struct memmap_range *range)
{
	for (size_t i = 0; i < range->n_reasons; i++)
		free(range->reasons[i]);
	free(range->reasons);
}

/* Hands the ranges over, unless there is a refusal. */
static void finish(struct choosing *c)
{
	size_t n = c->layout->n_regions;

	if (c->choice->refusal) {
		for (size_t i = 0; i < n; i++)
			range_release(&c->ranges[i]);
		free(c->ranges);
	} else {
		qsort(c->ranges, n, sizeof(*c->ranges), compare_starts);
		c->choice->ranges = c->ranges;
		c->choice->n_ranges = n;
	}
	free(c->unclaimed);
	free(c->running);
	memmap_space_release(&c->space);
}

struct memmap_choice *memmap_choose(const struct layout *layout, const struct machine *m,
				    const struct memmap_options *options)
{
	struct choosing c = {
		.layout = layout,
		.machine = m,
		.options = options,
		.ranges = mem_calloc(layout->n_regions, sizeof(*c.ranges)),
		.running = mem_calloc(layout->n_regions, sizeof(*c.running)),
		.choice = MEM_NEW(struct memmap_choice),
	};

	for (size_t i = 0; i < layout->n_regions; i++)
		c.ranges[i].region = &layout->regions[i];
	/* Without regions nothing is asked of the machine. */
	if (layout->n_regions && check_machine(&c) && read_space(&c) && memmap_keep(&c) &&
	    memmap_check_system(&c) && memmap_place(&c) && memmap_check_system(&c) &&
	    memmap_check_nodes(&c))
		memmap_check_recognition(&c);
	finish(&c);
	return c.choice;
}

void memmap_choice_free(struct memmap_choice *choice)
{
	if (!choice)
		return;
	for (size_t i = 0; i < choice->n_ranges; i++)
		range_release(&choice->ranges[i]);
	for (size_t i = 0; i < choice->n_warnings; i++)
		free(choice->warnings[i].text);
	for (size_t i = 0; i < choice->n_others; i++)
		free(choice->others[i]);
	free(choice->ranges);
	free(choice->warnings);
	free(choice->others);
	free(choice->refusal);
	free(choice);
}
