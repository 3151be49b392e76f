// SPDX-License-Identifier: GPL-2.0-or-later
#include "show.h"

#include "json-layout.h"
#include "json-make.h"
#include "mem.h"

static void add_filesystem(struct json_object *parent, const struct judged_namespace *n)
{
	const struct layout_filesystem *declared = n->declared ? &n->declared->fs : NULL;
	const struct found_filesystem *found = n->found ? &n->found->fs : NULL;
	struct json_object *fs = json_add_object(parent, "filesystem");
	bool wanted = declared && declared->type != FS_NONE;
	static const uuid_t none;

	json_add_string(fs, "type", found ? found->type : NULL);
	json_add_string(fs, "uuid", found ? found->uuid : NULL);
	json_add_string(fs, "label", found ? found->label : NULL);
	json_add_string(fs, "layout_type", wanted ? fs_name(declared->type) : NULL);
	json_add_uuid_if(fs, "layout_uuid", wanted, wanted ? declared->uuid : none);
	json_add_bool(fs, "uuid_declared", wanted && declared->uuid_declared);
}

/* All that was found, null where nothing was. */
static void add_found(struct json_object *ns, const struct found_namespace *found)
{
	static const struct found_namespace nothing;
	_cleanup_(freep) char *device = NULL;

	if (found && found->device)
		device = mem_printf("/dev/%s", found->device);
	if (!found)
		found = &nothing;
	json_add_uuid_if(ns, "uuid", found->has_uuid, found->uuid);
	json_add_string(ns, "mode", found->has_mode ? mode_name(found->mode) : NULL);
	json_add_number_if(ns, "size", found->capacity, found->capacity);
	json_add_number_if(ns, "start", found->raw, found->start);
	json_add_number_if(ns, "raw_size", found->raw, found->raw);
	json_add_number_if(ns, "align", found->align, found->align);
	json_add_string(ns, "map", found->map == MAP_NONE ? NULL : map_name(found->map));
	json_add_number_if(ns, "sector_size", found->sector_size, found->sector_size);
	json_add_string(ns, "device", device);
	json_add_string(ns, "kernel_name", found->kernel_name);
}

static void add_namespace(struct json_object *array, const struct layout *layout,
			  const struct judged_namespace *n)
{
	struct json_object *ns = json_append_object(array);
	const struct layout_namespace *declared = n->declared;
	const char *name = declared ? declared->name : n->found->name;
	static const uuid_t none;

	json_add_string(ns, "name", *name ? name : NULL);
	json_add_string(ns, "state", verdict_word(n->verdict));
	json_add_string(ns, "reason", n->reason);
	add_found(ns, n->found);
	json_add_uuid_if(ns, "layout_uuid", declared, declared ? declared->uuid : none);
	json_add_bool(ns, "uuid_declared", declared && declared->uuid_declared);
	json_add_origin(ns, layout, declared ? declared->line : 0);
	json_add_bool(ns, "required", declared && declared->required);
	add_filesystem(ns, n);
}

static void add_region(struct json_object *array, const struct layout *layout,
		       const struct judged_region *r)
{
	struct json_object *region = json_append_object(array), *namespaces;
	const struct found_region *found = r->found;
	const struct layout_region *declared = r->declared;

	json_add_string(region, "name", r->name);
	json_add_string(region, "state", verdict_word(r->verdict));
	json_add_string(region, "reason", r->reason);
	json_add_number_if(region, "start", found, found ? found->start : 0);
	json_add_number_if(region, "size", found, found ? found->size : 0);
	json_add_number_if(region, "usable", found, found ? found->usable : 0);
	json_add_number_if(region, "free", found, found ? found->free : 0);
	json_add_number_if(region, "node", found && found->node >= 0,
			   found ? (uint64_t)found->node : 0);
	json_add_string(region, "kernel_name", found ? found->kernel_name : NULL);
	json_add_origin(region, layout, declared ? declared->line : 0);
	json_add_bool(region, "required", declared && declared->required);
	namespaces = json_add_array(region, "namespaces");
	for (size_t i = 0; i < r->n_namespaces; i++)
		add_namespace(namespaces, layout, &r->namespaces[i]);
}

void show_json(const struct judgement *j, struct text *out)
{
	struct json_object *root = json_new_document(), *object;

	json_add_number(root, "version", DOCUMENT_VERSION);
	json_add_number(root, "status", j->status);
	object = json_add_object(root, "layout");
	json_add_layout(object, j->layout);
	object = json_add_object(root, "namespaces");
	json_add_number(object, "declared", j->n_declared);
	json_add_number(object, "equal", j->n_equal);
	json_add_number(object, "different", j->n_different);
	json_add_number(object, "absent", j->n_absent);
	json_add_number(object, "undeclared", j->n_undeclared);
	object = json_add_array(root, "regions");
	for (size_t i = 0; i < j->n_regions; i++)
		add_region(object, j->layout, &j->regions[i]);
	json_finish(root, out);
}
