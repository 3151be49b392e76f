/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as libndctl and libblkid see it: all regions of the RAMDAX driver and what is in
 * them. A value; nothing here judges.
 */
#ifndef RAMDAX_VERIFY_FOUND_H
#define RAMDAX_VERIFY_FOUND_H

#include "layout.h"

/* alt_name of a namespace that ramdax has not finished begins with this. */
#define SCAFFOLD_PREFIX ".ramdax-"

struct found_filesystem {
	enum {
		FOUND_NOT_LOOKED, /* no block device, or it could not be read */
		FOUND_NOTHING,
		FOUND_ONE,
		FOUND_UNCLEAR, /* several signatures, or one with a wrong checksum */
	} state;
	char *type; /* as libblkid has them, or NULL; a partition table's type stands there, too */
	char *uuid;
	char *label;
};

struct found_namespace {
	char *kernel_name; /* "namespace0.1" */
	char *name;        /* alt_name, "" if none */
	uuid_t uuid;
	bool has_uuid;
	bool has_mode; /* or its mode is none that a layout can declare */
	enum ns_mode mode;
	uint64_t start;    /* physical */
	uint64_t raw;      /* what it takes of the region */
	uint64_t capacity; /* what its device offers; 0 if there is none */
	uint64_t align;    /* fsdax, devdax, else 0 */
	enum ns_map map;
	uint32_t sector_size; /* sector, else 0 */
	bool enabled;
	bool system_ram; /* devdax given to the system as memory */
	char *device;    /* below /dev, or NULL */
	struct found_filesystem fs;
	bool claimed; /* by a namespace of the layout: see match.h */
};

struct found_region {
	char *kernel_name; /* "region0" */
	uint64_t start;    /* physical */
	uint64_t size;     /* with the label area */
	uint64_t usable;   /* bytes for namespaces */
	uint64_t free;     /* of them, what no namespace has */
	int node;          /* -1: none */
	bool enabled;
	struct found_namespace *namespaces; /* those that have a size; by start */
	size_t n_namespaces;
	bool claimed; /* by a region of the layout: see match.h */
};

struct found {
	struct found_region *regions; /* by start */
	size_t n_regions;
};

/* Looks at the running machine. 0, or -errno when libndctl fails; writes nothing. */
int look(struct found *found);

/* The NUMA nodes that have memory, ascending: *@nodes, which the caller frees. Their number; 1,
 * node 0, where the kernel tells of none. */
size_t look_nodes(int **nodes);

/* Looks with libblkid at what is on /dev/@device, which is a block device. */
void look_filesystem(const char *device, struct found_filesystem *fs);

void found_release(struct found *found);

#endif
