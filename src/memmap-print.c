// SPDX-License-Identifier: GPL-2.0-or-later
#include "memmap.h"
#include "units.h"

/* The largest unit of which @bytes, whole pages, is a multiple. The kernel's memparse() knows
 * more of them, but not every tool that edits command lines does. */
static void print_size(uint64_t bytes, struct text *out)
{
	static const struct {
		uint64_t bytes;
		char letter;
	} units[] = {{GIB, 'G'}, {MIB, 'M'}, {KIB, 'K'}};
	size_t i = 0;

	while (i < 2 && !is_aligned(bytes, units[i].bytes))
		i++;
	text_addf(out, "%llu%c", (unsigned long long)(bytes / units[i].bytes), units[i].letter);
}

void memmap_print(const struct range *ranges, size_t n, struct text *out)
{
	for (size_t i = 0; i < n; i++) {
		text_add(out, i ? "," : "memmap=");
		print_size(ranges[i].size, out);
		text_addf(out, "!0x%llx", (unsigned long long)ranges[i].start);
	}
}

const char *memmap_origin_name(enum memmap_origin origin)
{
	switch (origin) {
	case MEMMAP_KEPT:
		return "kept";
	case MEMMAP_PINNED:
		return "pinned";
	case MEMMAP_NEW:
		return "new";
	}
	return "new";
}
