// SPDX-License-Identifier: GPL-2.0-or-later
/* The document: tree -> drafts -> layout. */
#include <string.h>

#include "capacity.h"
#include "derive.h"
#include "layout-parse.h"
#include "mem.h"
#include "sha256.h"
#include "text.h"

static void defaults_read(struct fault_list *faults, const struct toml *v,
			  struct namespace_draft *d)
{
	table_read(faults, &defaults_table, v, d, &d->from);
	if (d->fs_from.at[FS_OPTIONS] && d->fs_from.at[FS_TYPE])
		check_options(faults, d->ns.fs.type, d->fs_from.at[FS_OPTIONS]);
}

/* [defaults.filesystem] merges key by key; options only where they are for the same mkfs. */
static void filesystem_inherit(struct namespace_draft *d, const struct namespace_draft *defaults)
{
	const struct origin *from = &defaults->fs_from;

	if (d->ns.mode == MODE_DEVDAX || !is_clear(&d->from, NS_FILESYSTEM))
		return;
	table_inherit(&filesystem_table, FS_TYPE, from, &d->ns.fs, &d->fs_from);
	if (!from->at[FS_TYPE] || d->ns.fs.type == defaults->ns.fs.type)
		table_inherit(&filesystem_table, FS_OPTIONS, from, &d->ns.fs, &d->fs_from);
	table_inherit(&filesystem_table, FS_MOUNT_OPTIONS, from, &d->ns.fs, &d->fs_from);
	if (!d->ns.fs.line)
		d->ns.fs.line = d->ns.line;
}

static void namespace_inherit(struct namespace_draft *d, const struct namespace_draft *defaults)
{
	/* The mode decides which other keys apply. */
	table_inherit(&namespace_table, NS_MODE, &defaults->from, d, &d->from);
	for (unsigned k = 0; k < namespace_table.n; k++) {
		const struct key *key = &namespace_table.keys[k];

		if (key->inherited && k != NS_FILESYSTEM && key->modes & IN_MODE(d->ns.mode))
			table_inherit(&namespace_table, k, &defaults->from, d, &d->from);
	}
	filesystem_inherit(d, defaults);
}

/* What keys that were not given stand for. */
static void namespace_complete(struct layout_namespace *ns, const struct origin *from,
			       const struct origin *fs_from)
{
	bool dax = IN_MODE(ns->mode) & IN_DAX_MODES;

	ns->align_declared = from->at[NS_ALIGN];
	ns->map_declared = from->at[NS_MAP];
	ns->sector_size_declared = from->at[NS_SECTOR_SIZE];
	ns->access_declared = from->at[NS_ACCESS];
	ns->uuid_declared = from->at[NS_UUID] && !from->at[NS_COUNT];
	ns->fs.uuid_declared = fs_from->at[FS_UUID] && !from->at[NS_COUNT];
	if (!from->at[NS_SCRUB])
		ns->scrub = true;
	if (!from->at[NS_ACCESS])
		ns->access = ACCESS_DEFAULT;
	if (dax && !ns->align_declared)
		ns->align = ns->mode == MODE_DEVDAX && ns->size.kind == SIZE_BYTES &&
					    is_aligned(ns->size.bytes, GIB)
				    ? GIB
				    : 2 * MIB;
	if (dax && !ns->map_declared)
		ns->map = ns->mode == MODE_FSDAX ? MAP_DEV : MAP_MEM;
	if (ns->mode == MODE_SECTOR && !ns->sector_size_declared)
		ns->sector_size = SECTOR_SIZE_DEFAULT;
}

static void namespace_read(struct fault_list *faults, const struct toml *v,
			   const struct namespace_draft *defaults, struct namespace_draft *d)
{
	d->ns.line = v->value_line;
	table_read(faults, &namespace_table, v, d, &d->from);
	table_require(faults, &namespace_table, &d->from, NS_NAME);
	namespace_inherit(d, defaults);
	namespace_complete(&d->ns, &d->from, &d->fs_from);
	check_namespace(faults, d);
	filesystem_drop_dax(d);
	if (d->ns.fs.type == FS_NONE)
		filesystem_release(&d->ns.fs);
}

/* NAME-0 to NAME-(count - 1), label and mount point alike; without a count, NAME alone. */
static void namespace_expand(struct region_draft *rd, const struct namespace_draft *d)
{
	struct layout_region *r = &rd->region;
	unsigned n = d->count ? d->count : 1;
	size_t n_drafted = r->n_namespaces;

	for (unsigned i = 0; i < n && r->n_namespaces <= REGION_NAMESPACES_MAX; i++) {
		*MEM_APPEND(rd->drafted, n_drafted) = d;
		namespace_copy(&d->ns, d->count ? (int)i : -1,
			       r->node == NODE_EACH ? "" : d->suffix,
			       MEM_APPEND(r->namespaces, r->n_namespaces));
	}
}

/* The next table of the array of tables @array (NULL: none) from *@i on; other items are faults. */
static const struct toml *next_table(struct fault_list *faults, const struct table *kind,
				     const struct toml *array, size_t *i)
{
	while (array && *i < array->n) {
		const struct toml *item = array->items[(*i)++];

		if (item->type == TOML_TABLE)
			return item;
		FAULT_VALUE(faults, item, "%s must be a table, not %s", kind->title,
			    toml_type_name(item->type));
	}
	return NULL;
}

/* One of each node's is named after it, or like the first while the nodes are not known. */
static void region_suffix(struct region_draft *rd, int node)
{
	struct layout_region *r = &rd->region;
	char *name = r->name;

	if (r->node != NODE_EACH) {
		rd->suffix = mem_strdup("");
		return;
	}
	rd->suffix = mem_printf("-node%d", node == NODE_EACH ? 0 : node);
	if (node == NODE_EACH)
		return;
	r->node = node;
	r->name = name_numbered(name, -1, rd->suffix);
	free(name);
}

/* @node: whose region it is, if it is one of each node's; NODE_EACH while that is not known. */
static void region_read(struct fault_list *faults, const struct layout_files *files,
			const struct toml *v, const struct namespace_draft *defaults, int node,
			struct region_draft *rd)
{
	struct layout_region *r = &rd->region;
	const struct toml *item;
	size_t i = 0;

	r->line = v->value_line;
	r->node = NODE_ANY;
	r->size.kind = SIZE_SUM;
	table_read(faults, &region_table, v, rd, &rd->from);
	table_require(faults, &region_table, &rd->from, REGION_NAME);
	r->has_address = rd->from.at[REGION_ADDRESS];
	region_suffix(rd, node);
	if (r->size.kind == SIZE_BYTES)
		r->size.bytes = align_up(r->size.bytes, PLACE_ALIGN);
	while ((item = next_table(faults, &namespace_table, rd->from.at[REGION_NAMESPACE], &i))) {
		struct namespace_draft *d = MEM_NEW(struct namespace_draft);

		*MEM_APPEND(rd->drafts, rd->n_drafts) = d;
		d->suffix = rd->suffix;
		namespace_read(faults, item, defaults, d);
		r->required |= d->ns.required;
	}
	region_fill(faults, files, rd);
	for (i = 0; i < rd->n_drafts; i++)
		if (rd->drafts[i]->ns.name)
			namespace_expand(rd, rd->drafts[i]);
	check_region(faults, files, rd);
}

/* The region in table @v: one, or one on each of the machine's nodes. */
static void regions_read(struct fault_list *faults, const struct toml *v, struct layout_draft *d)
{
	const struct toml *node = toml_get(v, region_table.keys[REGION_NODE].name);
	bool each = d->nodes && node && node->type == TOML_STRING;
	size_t n = each ? d->n_nodes : 1;

	for (size_t i = 0; i < n; i++) {
		if (d->n_regions == REGIONS_MAX) {
			FAULT_VALUE(faults, v, "there are more than %d regions", REGIONS_MAX);
			return;
		}
		*MEM_APPEND(d->regions, d->n_regions) = MEM_NEW(struct region_draft);
		region_read(faults, d->files, v, &d->defaults, each ? d->nodes[i] : NODE_EACH,
			    d->regions[d->n_regions - 1]);
	}
}

static void document_read(struct fault_list *faults, const struct toml *root,
			  struct layout_draft *d)
{
	const struct toml *item;
	size_t i = 0;

	table_read(faults, &top_table, root, d, &d->from);
	table_require(faults, &top_table, &d->from, TOP_VERSION);
	if (!d->from.at[TOP_SEED])
		uuid_parse(DERIVE_DEFAULT_SEED, d->seed);
	if (!d->from.at[TOP_BOOT_TIMEOUT])
		d->boot_timeout = BOOT_TIMEOUT_DEFAULT;
	if (d->from.at[TOP_DEFAULTS])
		defaults_read(faults, d->from.at[TOP_DEFAULTS], &d->defaults);
	while ((item = next_table(faults, &region_table, d->from.at[TOP_REGION], &i)))
		regions_read(faults, item, d);
}

/* A UUID that says what would have been derived anyway is as good as none. */
static void namespace_derive(struct layout_namespace *ns, const uuid_t seed)
{
	struct layout_filesystem *fs = &ns->fs;
	uuid_t derived;

	derive_namespace_uuid(seed, ns->name, derived);
	ns->uuid_declared = ns->uuid_declared && uuid_compare(ns->uuid, derived) != 0;
	if (!ns->uuid_declared)
		uuid_copy(ns->uuid, derived);
	if (fs->type == FS_NONE)
		return;
	derive_filesystem_uuid(seed, ns->name, derived);
	if (fs->type == FS_VFAT && fs->uuid_declared)
		memset(fs->uuid + VOLUME_ID_BYTES, 0, sizeof(uuid_t) - VOLUME_ID_BYTES);
	fs->uuid_declared = fs->uuid_declared &&
			    memcmp(fs->uuid, derived,
				   fs->type == FS_VFAT ? VOLUME_ID_BYTES : sizeof(uuid_t)) != 0;
	if (!fs->uuid_declared)
		uuid_copy(fs->uuid, derived);
}

static void draft_derive(struct layout_draft *d)
{
	for (size_t i = 0; i < d->n_regions; i++) {
		struct layout_region *r = &d->regions[i]->region;

		for (size_t k = 0; k < r->n_namespaces; k++)
			namespace_derive(&r->namespaces[k], d->seed);
	}
}

/* The layout of a draft without faults, which hands its regions over. */
static struct layout *layout_build(struct layout_draft *d)
{
	struct layout *layout = MEM_NEW(struct layout);
	uuid_t seed;

	uuid_parse(DERIVE_DEFAULT_SEED, seed);
	uuid_copy(layout->seed, d->seed);
	layout->seed_declared = uuid_compare(d->seed, seed) != 0;
	layout->has_system_memory = d->from.at[TOP_SYSTEM_MEMORY];
	layout->system_memory = d->system_memory;
	layout->boot_timeout = d->boot_timeout;
	for (size_t i = 0; i < d->n_regions; i++) {
		*MEM_APPEND(layout->regions, layout->n_regions) = d->regions[i]->region;
		d->regions[i]->region = (struct layout_region){0};
	}
	return layout;
}

static void draft_release(struct layout_draft *d)
{
	for (size_t i = 0; i < d->n_regions; i++) {
		struct region_draft *rd = d->regions[i];

		for (size_t k = 0; k < rd->n_drafts; k++) {
			namespace_release(&rd->drafts[k]->ns);
			free(rd->drafts[k]);
		}
		free(rd->drafts);
		free(rd->drafted);
		free(rd->suffix);
		region_release(&rd->region);
		free(rd);
	}
	free(d->regions);
	namespace_release(&d->defaults.ns);
}

/* What is wrong with an inherited value was found once for each that inherits it. */
static void faults_tidy(struct fault_list *faults)
{
	size_t n = 0;

	fault_sort(faults);
	for (size_t i = 0; i < faults->n; i++) {
		struct fault *f = &faults->items[i], *last = n ? &faults->items[n - 1] : NULL;

		if (last && last->line == f->line && last->column == f->column &&
		    !strcmp(last->text, f->text))
			free(f->text);
		else
			faults->items[n++] = *f;
	}
	faults->n = n;
}

/* Paths, and what the bytes of all of them come to. */
static void files_record(const struct layout_files *files, struct layout *layout)
{
	_cleanup_(text_release) struct text all = {0};

	for (size_t i = 0; i < files->n; i++) {
		const struct layout_file *file = &files->items[i];
		struct layout_file *copy = MEM_APPEND(layout->files.items, layout->files.n);

		copy->path = mem_strdup(file->path);
		copy->trusted = file->trusted;
		copy->changed = file->changed;
		text_add_bytes(&all, text_str(&file->text), file->text.len);
	}
	sha256_hex(text_str(&all), all.len, layout->sha256);
}

/* @nodes: NULL if they are not known. */
static struct layout *read_tree(const struct layout_files *files, const int *nodes, size_t n_nodes,
				struct fault_list *faults)
{
	_cleanup_(draft_release) struct layout_draft d = {
		.files = files, .nodes = nodes, .n_nodes = n_nodes};
	_cleanup_(fault_list_release) struct fault_list found = {0};
	struct toml *root = layout_tree(files, &found);
	struct layout *layout = NULL;

	document_read(&found, root, &d);
	draft_derive(&d);
	check_unique(&found, &d);
	faults_tidy(&found);
	for (size_t i = 0; i < found.n; i++)
		fault_add(faults, found.items[i].line, found.items[i].column, "%s",
			  found.items[i].text);
	if (found.n == 0) {
		layout = layout_build(&d);
		files_record(files, layout);
	}
	toml_free(root);
	return layout;
}

struct layout *layout_read(const struct layout_files *files, struct fault_list *faults)
{
	return read_tree(files, NULL, 0, faults);
}

struct layout *layout_read_on(const struct layout_files *files, const int *nodes, size_t n_nodes,
			      struct fault_list *faults)
{
	return read_tree(files, nodes, n_nodes, faults);
}

struct layout *layout_read_text(const char *text, size_t n, const char *path,
				struct fault_list *faults)
{
	_cleanup_(layout_files_release) struct layout_files files = {0};

	layout_files_add(&files, path, text, n);
	return layout_read(&files, faults);
}
