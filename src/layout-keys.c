// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of the file, and what all tables of it have in common. */
#include <string.h>

#include "layout-parse.h"
#include "mem.h"
#include "text.h"

#define WORDS(name, from, ...)                                  \
	static const char *const name##_list[] = {__VA_ARGS__}; \
	static const struct words name = {name##_list, ARRAY_SIZE(name##_list), from}

#define CHOICES(name, type, said, ...)                                                          \
	static const uint64_t name##_list[] = {__VA_ARGS__};                                    \
	static const struct choices name = {name##_list, ARRAY_SIZE(name##_list), sizeof(type), \
					    said}

/* The words stand in the order of their enums. */
WORDS(modes, MODE_FSDAX, "fsdax", "devdax", "sector", "raw");
WORDS(maps, MAP_DEV, "dev", "mem");
WORDS(types, FS_NONE, "none", "ext4", "xfs", "ext2", "btrfs", "vfat");
WORDS(conflicts, CONFLICT_KEEP, "keep", "recreate");
WORDS(survivals, SURVIVES_RESET, "reset", "kexec", "none");

/* drivers/nvdimm/pfn_devs.c: nd_pfn_supported_alignments(), 4 KiB pages. */
CHOICES(alignments, uint64_t, "4KiB, 2MiB or 1GiB", 4 * KIB, 2 * MIB, GIB);
/* drivers/nvdimm/btt_devs.c: btt_lbasize_supported. */
CHOICES(sector_sizes, uint32_t, "512, 520, 528, 4096, 4104, 4160 or 4224", 512, 520, 528, 4096,
	4104, 4160, 4224);

static const struct numbers versions = {LAYOUT_VERSION, LAYOUT_VERSION, NULL, 0};
static const struct numbers timeouts = {1, 3600, NULL, 0};
static const struct numbers nodes = {0, 1023, NODE_EACH_WORD,
				     (unsigned)NODE_EACH}; /* MAX_NUMNODES is at most 1 << 10 */
static const struct numbers counts = {1, REGION_NAMESPACES_MAX, "fill", COUNT_FILL};

/* These only look at the type: a table's owner reads what is in it. */

static bool read_table(struct fault_list *faults, const struct key *key, const struct toml *v,
		       void *field)
{
	(void)key;
	(void)field;
	return v->type == TOML_TABLE || wrong_type(faults, v, "a table");
}

static bool read_tables(struct fault_list *faults, const struct key *key, const struct toml *v,
			void *field)
{
	_cleanup_(freep) char *what = mem_printf("an array of tables, each headed %s",
						 ((const struct table *)key->of)->title);

	(void)field;
	return v->type == TOML_ARRAY || wrong_type(faults, v, what);
}

static bool read_filesystem(struct fault_list *faults, const struct key *key, const struct toml *v,
			    void *field)
{
	struct namespace_draft *d = field;
	const struct table *kind = d->from.table && !d->from.table->key
					   ? &filesystem_table
					   : &defaults_filesystem_table;

	(void)key;
	if (v->type != TOML_TABLE)
		return wrong_type(faults, v, "a table");
	d->ns.fs.line = v->value_line;
	table_read(faults, kind, v, &d->ns.fs, &d->fs_from);
	return true;
}

#define AT_TOP(member)    offsetof(struct layout_draft, member)
#define AT_REGION(member) offsetof(struct region_draft, region.member)
#define AT_NS(member)     offsetof(struct namespace_draft, ns.member)
#define AT_DRAFT(member)  offsetof(struct namespace_draft, member)
#define THE_DRAFT         0 /* the reader takes it as a whole */
#define AT_FS(member)     offsetof(struct layout_filesystem, member)

/* clang-format off */
static const struct key top_keys[] = {
	[TOP_VERSION]       = {"version", read_number, AT_TOP(version), &versions, 0, false},
	[TOP_SEED]          = {"seed", read_uuid, AT_TOP(seed), NULL, 0, false},
	[TOP_SYSTEM_MEMORY] = {"system_memory", read_size, AT_TOP(system_memory), NULL, 0, false},
	[TOP_BOOT_TIMEOUT]  = {"boot_timeout", read_number, AT_TOP(boot_timeout), &timeouts, 0, false},
	[TOP_DEFAULTS]      = {"defaults", read_table, THE_DRAFT, NULL, 0, false},
	[TOP_REGION]        = {"region", read_tables, THE_DRAFT, &region_table, 0, false},
};

static const struct key region_keys[] = {
	[REGION_NAME]      = {"name", read_name, AT_REGION(name), NULL, 0, false},
	[REGION_SIZE]      = {"size", read_region_share, AT_REGION(size), NULL, 0, false},
	[REGION_NODE]      = {"node", read_number, AT_REGION(node), &nodes, 0, false},
	[REGION_ADDRESS]   = {"address", read_address, AT_REGION(address), NULL, 0, false},
	[REGION_REQUIRED]  = {"required", read_bool, AT_REGION(required), NULL, 0, false},
	[REGION_FOREIGN]   = {"foreign", read_bool, AT_REGION(foreign), NULL, 0, false},
	[REGION_NAMESPACE] = {"namespace", read_tables, THE_DRAFT, &namespace_table, 0, false},
};

static const struct key namespace_keys[] = {
	[NS_NAME]        = {"name", read_name, AT_NS(name), NULL, IN_ALL_MODES, false},
	[NS_MODE]        = {"mode", read_word, AT_NS(mode), &modes, IN_ALL_MODES, true},
	[NS_SIZE]        = {"size", read_share, AT_NS(size), NULL, IN_ALL_MODES, false},
	[NS_RAW_SIZE]    = {"raw_size", read_raw_size, AT_NS(size), NULL, IN_ALL_MODES, false},
	[NS_ALIGN]       = {"align", read_choice, AT_NS(align), &alignments, IN_DAX_MODES, true},
	[NS_MAP]         = {"map", read_word, AT_NS(map), &maps, IN_DAX_MODES, true},
	[NS_SECTOR_SIZE] = {"sector_size", read_choice, AT_NS(sector_size), &sector_sizes,
			    IN_MODE(MODE_SECTOR), true},
	[NS_COUNT]       = {"count", read_number, AT_DRAFT(count), &counts, IN_ALL_MODES, false},
	[NS_UUID]        = {"uuid", read_uuid, AT_NS(uuid), NULL, IN_ALL_MODES, false},
	[NS_ON_CONFLICT] = {"on_conflict", read_word, AT_NS(on_conflict), &conflicts, IN_ALL_MODES, true},
	[NS_SURVIVES]    = {"survives", read_word, AT_NS(survives), &survivals, IN_ALL_MODES, true},
	[NS_SCRUB]       = {"scrub", read_bool, AT_NS(scrub), NULL, IN_ALL_MODES, true},
	[NS_OWNER]       = {"owner", read_owner, AT_NS(owner), NULL, IN_ALL_MODES, true},
	[NS_GROUP]       = {"group", read_owner, AT_NS(group), NULL, IN_ALL_MODES, true},
	[NS_ACCESS]      = {"access", read_access, AT_NS(access), NULL, IN_ALL_MODES, true},
	[NS_REQUIRED]    = {"required", read_bool, AT_NS(required), NULL, IN_ALL_MODES, true},
	[NS_FILESYSTEM]  = {"filesystem", read_filesystem, THE_DRAFT, NULL, IN_FORMATTED_MODES, true},
};

static const struct key filesystem_keys[] = {
	[FS_TYPE]          = {"type", read_word, AT_FS(type), &types, 0, true},
	[FS_LABEL]         = {"label", read_label, AT_FS(label), NULL, 0, false},
	[FS_UUID]          = {"uuid", read_volume_id, AT_FS(uuid), NULL, 0, false},
	[FS_OPTIONS]       = {"options", read_options, THE_DRAFT, NULL, 0, true},
	[FS_MOUNT_POINT]   = {"mount_point", read_path, AT_FS(mount_point), NULL, 0, false},
	[FS_MOUNT_OPTIONS] = {"mount_options", read_mount_options, THE_DRAFT, NULL, 0, true},
};
/* clang-format on */

_Static_assert(ARRAY_SIZE(namespace_keys) == KEYS_MAX, "KEYS_MAX is that of the largest table");

#define TABLE(title, keys, defaults)                    \
	{                                               \
		title, keys, ARRAY_SIZE(keys), defaults \
	}

const struct table top_table = TABLE("the head of the file", top_keys, false);
const struct table region_table = TABLE("[[region]]", region_keys, false);
const struct table namespace_table = TABLE("[[region.namespace]]", namespace_keys, false);
const struct table filesystem_table =
	TABLE("[region.namespace.filesystem]", filesystem_keys, false);
const struct table defaults_table = TABLE("[defaults]", namespace_keys, true);
const struct table defaults_filesystem_table =
	TABLE("[defaults.filesystem]", filesystem_keys, true);

static const struct table *const kinds[] = {
	&top_table,
	&region_table,
	&namespace_table,
	&filesystem_table,
};

const char *layout_key(size_t i, const char **title)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); i -= kinds[k++]->n)
		if (i < kinds[k]->n) {
			*title = kinds[k]->title;
			return kinds[k]->keys[i].name;
		}
	return NULL;
}

static bool is_key(const struct toml *v, const struct key *key)
{
	return v->key_len == strlen(key->name) && !memcmp(v->key, key->name, v->key_len);
}

/* The table that has the key of @v, or NULL. */
static const struct table *owner_of(const struct toml *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		for (unsigned k = 0; k < kinds[i]->n; k++)
			if (is_key(v, &kinds[i]->keys[k]))
				return kinds[i];
	return NULL;
}

/* The known key that @v was perhaps meant to be: its index, or -1. */
static int nearest_key(const struct table *kind, const struct toml *v)
{
	const char *names[KEYS_MAX], *nearest;
	unsigned n = 0;

	for (unsigned k = 0; k < kind->n; k++)
		if (!kind->defaults || kind->keys[k].inherited)
			names[n++] = kind->keys[k].name;
	nearest = text_nearest(v->key, names, n);
	for (unsigned k = 0; nearest && k < kind->n; k++)
		if (!strcmp(nearest, kind->keys[k].name))
			return (int)k;
	return -1;
}

static void unknown_key(struct fault_list *faults, const struct table *kind, const struct toml *v,
			struct origin *from)
{
	_cleanup_(freep) char *shown = toml_quoted(v->key, v->key_len);
	const struct table *owner = owner_of(v);
	int nearest = owner ? -1 : nearest_key(kind, v);

	if (nearest < 0) {
		FAULT_KEY(faults, v, "unknown key %s in %s%s%s", shown, kind->title,
			  owner ? ": it belongs in " : "", owner ? owner->title : "");
		return;
	}
	FAULT_KEY(faults, v, "unknown key %s in %s, did you mean \"%s\"?", shown, kind->title,
		  kind->keys[nearest].name);
	from->unclear |= 1U << nearest;
}

static void member_read(struct fault_list *faults, const struct table *kind, const struct toml *v,
			void *draft, struct origin *from)
{
	unsigned k = 0;

	while (k < kind->n && !is_key(v, &kind->keys[k]))
		k++;
	if (k == kind->n) {
		unknown_key(faults, kind, v, from);
	} else if (kind->defaults && !kind->keys[k].inherited) {
		FAULT_KEY(faults, v, "\"%s\" belongs to one %s and cannot stand in %s", v->key,
			  kind->keys == namespace_keys ? "namespace" : "file system", kind->title);
	} else if (kind->keys[k].read(faults, &kind->keys[k], v,
				      (char *)draft + kind->keys[k].offset)) {
		from->at[k] = v;
		from->own |= 1U << k;
	} else {
		from->unclear |= 1U << k;
	}
}

void table_read(struct fault_list *faults, const struct table *kind, const struct toml *v,
		void *draft, struct origin *from)
{
	from->table = v;
	for (size_t i = 0; i < v->n; i++)
		member_read(faults, kind, v->items[i], draft, from);
	if (v->damaged)
		from->unclear |= ~from->own;
}

void table_inherit(const struct table *kind, unsigned key, const struct origin *defaults,
		   void *draft, struct origin *from)
{
	_cleanup_(fault_list_release) struct fault_list told = {0};
	const struct key *k = &kind->keys[key];

	if (from->at[key] || !is_clear(from, key))
		return;
	from->unclear |= defaults->unclear & 1U << key;
	if (defaults->at[key] && k->read(&told, k, defaults->at[key], (char *)draft + k->offset))
		from->at[key] = defaults->at[key];
}

void table_require(struct fault_list *faults, const struct table *kind, const struct origin *from,
		   unsigned key)
{
	if (!from->at[key] && is_clear(from, key))
		FAULT_VALUE(faults, from->table, "%s has no \"%s\"", kind->title,
			    kind->keys[key].name);
}
