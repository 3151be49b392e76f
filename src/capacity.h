/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of a namespace its device offers, and how large a namespace must be: the kernel's
 * arithmetic, as pure functions.
 *
 * Raw is what is taken from the region; capacity is what the device offers. Sources:
 * drivers/nvdimm/pfn_devs.c:nd_pfn_init (fsdax, devdax), drivers/nvdimm/btt.c:alloc_arena and
 * create_arenas (sector).
 */
#ifndef RAMDAX_CAPACITY_H
#define RAMDAX_CAPACITY_H

#include "layout.h"

/* What namespaces are placed and sized by: struct page's size is fixed to 64 by the kernel's
 * MAX_STRUCT_PAGE_SIZE, whatever the configuration. */
#define PAGE_BYTES       UINT64_C(4096)
#define STRUCT_PAGE_SIZE UINT64_C(64)
#define PLACE_ALIGN      (2 * MIB) /* memremap_compat_align() on x86 and arm64 with 4 KiB pages */

/* Of a namespace, all that its capacity depends on. */
struct shape {
	enum ns_mode mode;
	uint64_t align;       /* fsdax, devdax */
	enum ns_map map;      /* fsdax, devdax */
	uint32_t sector_size; /* sector */
};

/* Where the parts of a namespace lie, bytes from its start. */
struct parts {
	uint64_t data;     /* offset of the first byte of the device (fsdax, devdax, raw) */
	uint64_t capacity; /* what the device offers */
	uint64_t map;      /* bytes the page map takes at most; 0 if it lives elsewhere */
	uint64_t trimmed;  /* bytes lost at the end for alignment */
};

struct shape shape_of(const struct layout_namespace *ns);

/*
 * The parts of a namespace of @raw bytes that starts at the physical address @start.
 * False if the kernel would refuse to enable it (too small for map and alignment).
 */
bool capacity_parts(const struct shape *shape, uint64_t start, uint64_t raw, struct parts *parts);

/*
 * The smallest raw size, in whole units of capacity_unit(), of a namespace starting at the
 * physical address @start whose device offers at least @capacity bytes.
 * False if there is none below 2^63.
 */
bool capacity_raw(const struct shape *shape, uint64_t start, uint64_t capacity, uint64_t *raw);

/* What raw sizes are multiples of: 2 MiB; in raw mode, which needs no more, 4 KiB. */
uint64_t capacity_unit(const struct shape *shape);

/*
 * Whether a namespace found with @found bytes of capacity satisfies a declaration of @declared:
 * at least that, and less than an alignment unit plus what its overhead may round to more.
 */
bool capacity_satisfies(const struct shape *shape, uint64_t declared, uint64_t found);

#endif
