/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a layout is read; private to layout-*.c.
 *
 *   files --> tree                 layout-files.c, layout-merge.c (drop-ins)
 *   tree --> drafts --> layout     layout-read.c
 *     layout-keys.c                the keys of each table, and what all tables have in common
 *     layout-value.c, -string.c    values: numbers, words and sizes; strings of every kind
 *     layout-spread.c              regions of each node, and as many namespaces as there is room
 * for layout-check.c, -check-fs.c, -mkfs.c, -check-region.c, -unique.c what must be true of a
 * namespace, its file system, the options of mkfs, a region, and of everything together
 *
 * The keys of the file are data: a table of them drives reading, the search for the nearest known
 * key, inheritance from [defaults] and what the documentation is compared with. A draft is a table
 * of the file with its values read, that remembers where each of them stands; drafts are checked
 * and then become the layout.
 */
#ifndef RAMDAX_LAYOUT_PARSE_H
#define RAMDAX_LAYOUT_PARSE_H

#include <limits.h>

#include "layout.h"
#include "toml.h"

/* The firmware's map of memory has room for so many entries in its first page (x86:
 * E820_MAX_ENTRIES_ZEROPAGE). */
#define REGIONS_MAX 128

#define ACCESS_DEFAULT      0600
#define SECTOR_SIZE_DEFAULT 4096
#define VOLUME_ID_BYTES     4 /* of vfat */

/* (uid_t)-1 and (gid_t)-1 mean "leave it" to chown(2). */
#define OWNER_ID_MAX (UINT32_MAX - 1)

/* Percentages have at most so many decimals: as whole numbers of the last they add up exactly. */
#define PERCENT_DECIMALS 4
#define PERCENT_ONE      10000

struct key;

/*
 * Reads the value @v of @key into @field. False after adding a fault; @field may then hold
 * anything that namespace_release() takes.
 */
typedef bool value_reader(struct fault_list *faults, const struct key *key, const struct toml *v,
			  void *field);

#define IN_MODE(mode)      (1U << (mode))
#define IN_DAX_MODES       (IN_MODE(MODE_FSDAX) | IN_MODE(MODE_DEVDAX))
#define IN_FORMATTED_MODES (IN_MODE(MODE_FSDAX) | IN_MODE(MODE_SECTOR) | IN_MODE(MODE_RAW))
#define IN_ALL_MODES       (IN_DAX_MODES | IN_FORMATTED_MODES)

struct key {
	const char *name;
	value_reader *read;
	size_t offset;  /* of the field in the draft */
	const void *of; /* what the reader goes by: struct words, numbers, choices or table */
	unsigned modes; /* of namespaces to which the key of one applies */
	bool inherited; /* may stand in [defaults] */
};

struct words {
	const char *const *words;
	unsigned n;
	unsigned first; /* the enum's value of words[0] */
};

struct numbers {
	int64_t min, max;
	const char *word; /* that stands for a value instead; NULL: none does */
	unsigned value;
};

struct choices {
	const uint64_t *values;
	unsigned n;
	size_t width; /* of the field: 4 or 8 bytes */
	const char *text;
};

/* A table of the file. */
struct table {
	const char *title; /* "[[region]]" */
	const struct key *keys;
	unsigned n;
	bool defaults; /* [defaults] and what is in it: only keys that are inherited */
};

extern const struct table top_table, region_table, namespace_table, filesystem_table;
extern const struct table defaults_table, defaults_filesystem_table;

/* Indices into the keys of each table. */
enum {
	TOP_VERSION,
	TOP_SEED,
	TOP_SYSTEM_MEMORY,
	TOP_BOOT_TIMEOUT,
	TOP_DEFAULTS,
	TOP_REGION
};
enum {
	REGION_NAME,
	REGION_SIZE,
	REGION_NODE,
	REGION_ADDRESS,
	REGION_REQUIRED,
	REGION_FOREIGN,
	REGION_NAMESPACE
};
enum {
	NS_NAME,
	NS_MODE,
	NS_SIZE,
	NS_RAW_SIZE,
	NS_ALIGN,
	NS_MAP,
	NS_SECTOR_SIZE,
	NS_COUNT,
	NS_UUID,
	NS_ON_CONFLICT,
	NS_SURVIVES,
	NS_SCRUB,
	NS_OWNER,
	NS_GROUP,
	NS_ACCESS,
	NS_REQUIRED,
	NS_FILESYSTEM,
};
enum {
	FS_TYPE,
	FS_LABEL,
	FS_UUID,
	FS_OPTIONS,
	FS_MOUNT_POINT,
	FS_MOUNT_OPTIONS
};
#define KEYS_MAX 17

#define COUNT_FILL     UINT_MAX
#define NODE_EACH_WORD "each"

/* Where the values of a draft come from. */
struct origin {
	const struct toml *table; /* NULL: nothing was written at all */
	const struct toml *at[KEYS_MAX];
	uint32_t own;     /* bits: written in the table itself, not inherited */
	uint32_t unclear; /* bits: written but faulty, or perhaps hidden by another fault */
};

struct namespace_draft {
	struct layout_namespace ns;
	unsigned count;     /* 0: none declared; COUNT_FILL until the region is read */
	const char *suffix; /* of all its names, behind the number of a count */
	struct origin from;
	struct origin fs_from;
};

struct region_draft {
	struct layout_region region;
	char *suffix; /* "-nodeN" where it is one of each node's, else "" */
	struct origin from;
	struct namespace_draft **drafts;
	size_t n_drafts;
	const struct namespace_draft **drafted; /* for each namespace of the region, its draft */
};

struct layout_draft {
	const struct layout_files *files;
	const int *nodes; /* NULL: not known */
	size_t n_nodes;
	unsigned version;
	uuid_t seed;
	uint64_t system_memory;
	unsigned boot_timeout;
	struct origin from;
	struct namespace_draft defaults;
	struct region_draft **regions;
	size_t n_regions;
};

/* Written in the table itself and read without a fault. */
static inline bool is_own(const struct origin *from, unsigned key)
{
	return from->own & 1U << key;
}

/* As many as there is room for; how many is not known before the region is read. */
static inline bool draft_fills(const struct namespace_draft *d)
{
	return d->count == COUNT_FILL;
}

/* The highest number that a count adds to the names of @d; -1: none does. */
static inline int draft_last_number(const struct namespace_draft *d)
{
	return draft_fills(d) ? REGION_NAMESPACES_MAX - 1 : (int)d->count - 1;
}

/* How many namespaces @d stands for, at most. */
static inline unsigned draft_copies(const struct namespace_draft *d)
{
	return draft_fills(d) ? REGION_NAMESPACES_MAX : d->count ? d->count : 1;
}

/* Known for certain: either read or certainly not there. */
static inline bool is_clear(const struct origin *from, unsigned key)
{
	return !(from->unclear & 1U << key);
}

/* layout-keys.c: tables -> drafts */

/* Reads the table @v; faults for unknown keys and bad values. */
void table_read(struct fault_list *faults, const struct table *kind, const struct toml *v,
		void *draft, struct origin *from);

/* Gives @draft the value of one key from @defaults unless it has its own. */
void table_inherit(const struct table *kind, unsigned key, const struct origin *defaults,
		   void *draft, struct origin *from);

/* A fault unless the key is there, or may be. */
void table_require(struct fault_list *faults, const struct table *kind, const struct origin *from,
		   unsigned key);

/* layout-value.c, layout-string.c: readers, and faults about values */

value_reader read_word, read_bool, read_number, read_choice, read_size, read_raw_size, read_share,
	read_region_share, read_address, read_uuid, read_volume_id, read_name, read_label,
	read_path, read_owner, read_access, read_options, read_mount_options;

uint64_t percent_units(double percent);

/* Adds a fault at a value; at a key. */
#define FAULT_VALUE(faults, v, ...) \
	fault_add(faults, (v)->value_line, (v)->value_column, __VA_ARGS__)
#define FAULT_KEY(faults, v, ...) fault_add(faults, (v)->line, (v)->column, __VA_ARGS__)

/* "KEY" must be WHAT, not a boolean. Returns false. */
bool wrong_type(struct fault_list *faults, const struct toml *v, const char *what);

/* Why @name cannot be a namespace's or region's name, as the end of a sentence; or NULL. */
const char *name_fault(const char *name);

#define SHOWN(v) toml_quoted((v)->string, (v)->string_len)

/* A line as the end of a sentence: "line 5", or with several files "FILE:5". Caller frees. */
char *line_shown(const struct layout_files *files, unsigned line);

/* layout-check.c: one namespace */

void check_namespace(struct fault_list *faults, const struct namespace_draft *d);

/* The shape of @d, on which sizes depend, is known for certain. */
static inline bool is_shaped(const struct namespace_draft *d)
{
	return is_clear(&d->from, NS_MODE) && is_clear(&d->from, NS_ALIGN) &&
	       is_clear(&d->from, NS_MAP) && is_clear(&d->from, NS_SECTOR_SIZE);
}

/* The least raw size of a namespace with a capacity declared, wherever it is put. */
uint64_t draft_least_raw(const struct layout_namespace *ns);

/* The most that a namespace of @raw bytes offers, wherever it is put; 0: it cannot be. */
uint64_t draft_most_capacity(const struct layout_namespace *ns, uint64_t raw);

/* A fault at @v unless a namespace can be made of @raw bytes, and its file system in it. */
void check_raw(struct fault_list *faults, const struct toml *v, const struct namespace_draft *d,
	       uint64_t raw);

/* layout-check-fs.c, layout-mkfs.c: its file system */

void check_filesystem(struct fault_list *faults, const struct namespace_draft *d);
void check_filesystem_fits(struct fault_list *faults, const struct toml *v,
			   const struct namespace_draft *d, uint64_t capacity);
void check_options(struct fault_list *faults, enum fs_type type, const struct toml *options);

/* Takes inherited mount options away that cannot apply to this file system. */
void filesystem_drop_dax(struct namespace_draft *d);

/* layout-fill.c */

/* Gives drafts that fill the region their number. */
void region_fill(struct fault_list *faults, const struct layout_files *files,
		 struct region_draft *rd);

/* layout-check-region.c: a region and its namespaces; layout-unique.c: all of them together */

void check_region(struct fault_list *faults, const struct layout_files *files,
		  const struct region_draft *rd);

/* What one of @d takes at least of a region of @size bytes; "rest" counts as nothing. */
uint64_t draft_taken(const struct namespace_draft *d, uint64_t size);

void check_unique(struct fault_list *faults, const struct layout_draft *d);

/* owners.c: whether the owner or group @owner is a number, not a name; and which. */
bool owner_number(const char *owner, uint64_t *id);

/* layout.c */

void filesystem_release(struct layout_filesystem *fs);
void namespace_release(struct layout_namespace *ns);
void region_release(struct layout_region *region);

/* A copy of @ns; with @number not negative, one of a count: "-NUMBER" added to its names. @suffix
 * is added behind that. */
void namespace_copy(const struct layout_namespace *ns, int number, const char *suffix,
		    struct layout_namespace *copy);

/* @s with both. */
char *name_numbered(const char *s, int number, const char *suffix);

#endif
