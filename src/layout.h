/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout: what /etc/ramdax/layout.toml says shall exist, checked and complete.
 *
 * Reading resolves [defaults], count, defaults of keys and derived UUIDs; what is left open is
 * only what depends on the machine (its nodes, unless they are given; shares of RAM, where a
 * namespace is put).
 */
#ifndef RAMDAX_LAYOUT_H
#define RAMDAX_LAYOUT_H

#include <sys/types.h>
#include <uuid/uuid.h>

#include "diag.h"
#include "layout-files.h"
#include "units.h"

#define LAYOUT_VERSION       1
#define BOOT_TIMEOUT_DEFAULT 60 /* seconds */

/* Slots of the label area that namespaces may take: 510, of which the kernel keeps one free for
 * updates (drivers/nvdimm/label.c, nd_label_alloc_slot; a 510th namespace wedges the area). */
#define REGION_NAMESPACES_MAX 509
/* NSLABEL_NAME_LEN (drivers/nvdimm/label.h) less the NUL. */
#define NAME_BYTES_MAX 63
/* Smaller namespaces cannot be fsdax, devdax or sector (drivers/nvdimm/claim.c,
 * nd_namespace_store: SZ_16M). */
#define CLAIMED_RAW_MIN (16 * MIB)

enum ns_mode {
	MODE_FSDAX,
	MODE_DEVDAX,
	MODE_SECTOR,
	MODE_RAW,
};

/* Where the page map (struct page array) of fsdax and devdax lives. */
enum ns_map {
	MAP_NONE, /* sector and raw have none */
	MAP_DEV,  /* in the namespace itself */
	MAP_MEM,  /* in ordinary memory */
};

enum fs_type {
	FS_NONE,
	FS_EXT4,
	FS_XFS,
	FS_EXT2,
	FS_BTRFS,
	FS_VFAT,
};

enum on_conflict {
	CONFLICT_KEEP,
	CONFLICT_RECREATE,
};

/* The strongest event that the contents outlive; after any stronger one they are made anew. */
enum survives {
	SURVIVES_RESET,
	SURVIVES_KEXEC,
	SURVIVES_NONE,
};

enum size_kind {
	SIZE_BYTES,   /* namespaces: capacity; regions: capacity for namespaces */
	SIZE_RAW,     /* namespaces: bytes taken from the region */
	SIZE_PERCENT, /* namespaces: of the region's size, raw; regions: of RAM (of the node's) */
	SIZE_REST,    /* namespaces: what the others leave of the region's size, raw */
	SIZE_SUM,     /* regions: what the namespaces need */
};

struct layout_size {
	enum size_kind kind;
	uint64_t bytes; /* SIZE_BYTES, SIZE_RAW */
	double percent; /* SIZE_PERCENT: above 0, at most 100 */
};

struct layout_filesystem {
	enum fs_type type; /* FS_NONE: none is declared */
	unsigned line;
	char *label;        /* NULL if none */
	uuid_t uuid;        /* declared or derived; vfat: the first four bytes count */
	bool uuid_declared; /* and not merely what would have been derived */
	char **options;     /* more arguments for mkfs */
	size_t n_options;
	char *mount_point; /* NULL if none */
	char **mount_options;
	size_t n_mount_options;
};

struct layout_namespace {
	char *comment; /* printed before its name; NULL */
	char *name;
	unsigned line; /* of its [[region.namespace]] */
	enum ns_mode mode;
	struct layout_size size;
	uint64_t align; /* fsdax, devdax: bytes; else 0 */
	bool align_declared;
	enum ns_map map;
	bool map_declared;
	uint32_t sector_size; /* sector: bytes; else 0 */
	bool sector_size_declared;
	uuid_t uuid; /* the label's */
	bool uuid_declared;
	enum on_conflict on_conflict;
	enum survives survives;
	bool scrub;
	char *owner; /* names or numbers as declared, NULL if not */
	char *group;
	mode_t access; /* 0600 if not declared */
	bool access_declared;
	bool required;
	struct layout_filesystem fs;
};

#define NODE_ANY  (-1)
#define NODE_EACH (-2)

struct layout_region {
	char *comment; /* printed before its name; NULL */
	char *name;
	unsigned line;
	struct layout_size size;
	int node; /* NODE_ANY, NODE_EACH (one region a node), or the kernel's number */
	bool has_address;
	uint64_t address;
	bool foreign;
	bool required; /* declared, or one of its namespaces is */
	struct layout_namespace *namespaces;
	size_t n_namespaces;
};

struct layout {
	struct layout_files files; /* without their text */
	char sha256[65];           /* of their bytes, lower-case hexadecimal */
	/* The same of what images of the initramfs store, which is the same for layouts that mean
	 * the same; "" until stored_digest() */
	char resolved[65];
	uuid_t seed;
	bool seed_declared;
	bool has_system_memory;
	uint64_t system_memory;
	unsigned boot_timeout; /* seconds */
	struct layout_region *regions;
	size_t n_regions;
};

/*
 * Reads and checks the layout that @files hold together. Everything that is wrong is added to
 * @faults, sorted. Returns the layout, or NULL if there was any fault.
 */
struct layout *layout_read(const struct layout_files *files, struct fault_list *faults);

/*
 * The same on a machine with these NUMA nodes, ascending: a region with NODE_EACH is read as one of
 * each, "NAME-nodeN", and so are the names, labels and mount points in it.
 */
struct layout *layout_read_on(const struct layout_files *files, const int *nodes, size_t n_nodes,
			      struct fault_list *faults);

/* Whether that makes a difference. */
bool layout_spreads(const struct layout *layout);

/* The same of one file with this text; @path is for messages. */
struct layout *layout_read_text(const char *text, size_t n, const char *path,
				struct fault_list *faults);

/* The main file's path. */
const char *layout_path(const struct layout *layout);

/*
 * The files as one tree of TOML, not checked, in which every line tells where it is from. Faults
 * are added to @faults. The caller releases it.
 */
struct toml;
struct toml *layout_tree(const struct layout_files *files, struct fault_list *faults);

/*
 * Writes the layout as TOML that reads back as the same layout, everything derived or inherited
 * made explicit (but for regions of each node, whose names are the machine's): count expanded,
 * [defaults] spread, UUIDs. What is neither declared nor inherited but must be matched once it is
 * (align, map, sector_size, access) is written as a comment; a file system's UUID is left out where
 * it will be random. Owner and group are written as they stand in the layout; see
 * layout_resolve_owners().
 */
struct text;
void layout_print(const struct layout *layout, struct text *out);

/*
 * Replaces names of owners and groups by numbers from ROOT/etc/passwd and ROOT/etc/group (parsed
 * here: a static program has no NSS). @root_fd is the root directory. Unknown names are faults at
 * the namespace's line.
 */
void layout_resolve_owners(struct layout *layout, int root_fd, struct fault_list *faults);

void layout_free(struct layout *layout);

/* The bytes that @percent of @of are, rounded down; exact for all percentages a layout can hold. */
uint64_t layout_share(uint64_t of, double percent);

/* The @i-th key that a layout may hold, and the title of its table ("[[region]]"); NULL behind
 * the last. What documents the file is compared with this. */
const char *layout_key(size_t i, const char **title);

/* Says that neither a namespace nor a region bears @name, and in *@next, how to find the one that
 * is meant: the nearest name. NULL, and nothing there, if one bears it; the caller frees both. */
char *layout_name_fault(const struct layout *layout, const char *name, char **next);

/* Words of the layout file and of every report. */
const char *mode_name(enum ns_mode mode);
const char *map_name(enum ns_map map);  /* "dev", "mem"; "" for MAP_NONE */
const char *fs_name(enum fs_type type); /* "none" for FS_NONE */
const char *survives_name(enum survives survives);

/* The reverse of fs_name() for what libblkid calls a type; FS_NONE if it is none of ours. */
enum fs_type fs_from_name(const char *name);

/* The file system with what belongs to it that a whole device can hold, bytes (smallest size at
 * which mkfs makes one with a journal where it has one; measured). */
uint64_t fs_size_min(enum fs_type type);

#endif
