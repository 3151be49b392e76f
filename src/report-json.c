// SPDX-License-Identifier: GPL-2.0-or-later
#include "report-json.h"

#include "boot-record.h"
#include "json-layout.h"
#include "json-make.h"
#include "picture.h"
#include "report-rows.h"

static void add_path(struct json_object *parent, const char *key, const char *device)
{
	_cleanup_(text_release) struct text path = {0};

	text_addf(&path, "/dev/%s", device ? device : "");
	json_add_string(parent, key, device ? text_str(&path) : NULL);
}

static void add_filesystem(struct json_object *parent, const struct seen_namespace *seen)
{
	struct json_object *fs = json_add_object(parent, "filesystem");

	json_add_string(fs, "type", seen ? seen->fs.type : NULL);
	json_add_string(fs, "uuid", seen ? seen->fs.uuid : NULL);
	json_add_string(fs, "label", seen ? seen->fs.label : NULL);
	json_add_string(fs, "mount_point", seen ? seen->mount_point : NULL);
}

/* What is there; of what is not, what is declared, and in a plan where it will be. */
static void add_shape(struct json_object *parent, const struct row_namespace *row, bool planned)
{
	const struct seen_namespace *seen = row->seen;
	const struct shape shape = seen ? shape_found(seen) : shape_of(row->planned->ns);
	struct place place = {0};

	if (seen || planned)
		place = row_place(row);
	json_add_string(parent, "mode", mode_name(shape.mode));
	json_add_number_if(parent, "size", place.parts.capacity, place.parts.capacity);
	json_add_number_if(parent, "start", place.where.start, place.where.start);
	json_add_number_if(parent, "raw_size", place.where.size, place.where.size);
	json_add_number_if(parent, "align", shape.align, shape.align);
	json_add_string(parent, "map", shape.map == MAP_NONE ? NULL : map_name(shape.map));
	json_add_number_if(parent, "sector_size", shape.sector_size, shape.sector_size);
	if (planned) {
		struct anatomy a = anatomy_of(&shape, place.where.size, &place.parts);
		bool known = place.parts.capacity;

		json_add_string(parent, "verdict",
				row->planned ? verdict_name(row->planned->verdict) : NULL);
		json_add_number_if(parent, "data_offset", known, place.parts.data);
		json_add_number_if(parent, "lost", known, anatomy_lost(&a));
	}
}

/* The array of a region's namespaces is in the region, the array of regions, and the document. */
#define NAMESPACES_DEPTH 3

/* The namespaces of a region. */
struct rows_of_region {
	const struct machine *machine;
	const struct plan *plan;
	const struct row_namespace *rows;
	bool planned; /* the document is a plan */
};

static void fill_namespace(void *context, size_t i, struct json_object *ns)
{
	const struct rows_of_region *all = context;
	const struct row_namespace *row = &all->rows[i];
	const struct seen_namespace *seen = row->seen;
	const struct layout_namespace *declared = row->planned ? row->planned->ns : NULL;
	const char *boot_id = all->machine->boot_id;

	json_add_string(ns, "name", *row->name ? row->name : NULL);
	if (seen)
		json_add_uuid_if(ns, "uuid", seen->has_uuid, seen->uuid);
	else
		json_add_uuid_if(ns, "uuid", true, declared->uuid);
	add_shape(ns, row, all->planned);
	add_path(ns, "device", row_device(row));
	json_add_string(ns, "kernel_name", seen && !seen->fault ? seen->device : NULL);
	json_add_string(ns, "state", report_state_name(row->state));
	json_add_string(ns, "reason", row->reason);
	json_add_string(ns, "integrity", row->unproven ? "unproven" : NULL);
	json_add_string(ns, "since", row->made && *boot_id ? boot_id : NULL);
	json_add_number_if(ns, "took", row->has_took, row->took);
	json_add_string(ns, "user", seen ? seen->user : NULL);
	json_add_bool(ns, "dax", seen && seen->dax);
	json_add_bool(ns, "scrubbed", row->planned && row->planned->scrubbed);
	json_add_origin(ns, all->plan ? all->plan->layout : NULL, declared ? declared->line : 0);
	json_add_bool(ns, "required", declared && declared->required);
	add_filesystem(ns, seen);
}

/* The kernel hides addresses from everybody but root: they are then 0, which no carveout has. */
static void add_memory(struct json_object *parent, const struct row_region *row)
{
	uint64_t usable = row_usable(row), left = 0;
	bool known = row->range.size, start_known = row->range.start;
	bool free_known = row_free(row, &left);
	struct json_object *labels;

	json_add_number_if(parent, "start", start_known, row->range.start);
	json_add_number_if(parent, "size", known, row->range.size);
	json_add_number_if(parent, "usable", known, usable);
	json_add_number_if(parent, "free", free_known, left);
	if (!known || !start_known) {
		json_add_null(parent, "label_area");
		return;
	}
	labels = json_add_object(parent, "label_area");
	json_add_number(labels, "start", range_end(row->range) - LABEL_AREA_SIZE);
	json_add_number(labels, "size", LABEL_AREA_SIZE);
}

static void add_region(struct json_object *array, const struct machine *m, const struct plan *plan,
		       const struct row_region *row, bool planned)
{
	struct json_object *region = json_append_object(array);
	const struct layout_region *declared = row->planned ? row->planned->region : NULL;
	const struct seen_device *d = row_platform_device(row, m);

	json_add_string(region, "name", row->name);
	add_memory(region, row);
	json_add_number_if(region, "node", row->node >= 0, (uint64_t)row->node);
	json_add_string(region, "state", report_state_name(row->state));
	json_add_string(region, "reason", row->reason);
	json_add_string(region, "device", d ? d->name : NULL);
	json_add_string(region, "driver", d ? d->driver : NULL);
	json_add_string(region, "kernel_name", row->seen ? row->seen->name : NULL);
	json_add_origin(region, plan ? plan->layout : NULL, declared ? declared->line : 0);
	json_add_bool(region, "required", declared && declared->required);
	if (planned)
		json_add_string(region, "verdict",
				row->planned ? region_state_name(row->planned->state) : NULL);
	json_append_many(json_add_array(region, "namespaces"), NAMESPACES_DEPTH, row->n_namespaces,
			 fill_namespace,
			 &(struct rows_of_region){m, plan, row->namespaces, planned});
}

static void add_messages(struct json_object *root)
{
	struct json_object *array = json_add_array(root, "messages");
	const struct diag_message *messages;
	size_t n = diag_messages(&messages);

	for (size_t i = 0; i < n; i++) {
		struct json_object *message = json_append_object(array);

		json_add_string(message, "level", diag_level_name(messages[i].level));
		json_add_string(message, "text", messages[i].text);
	}
}

static const char *driver_word(enum driver_state state)
{
	static const char *const words[] = {
		[DRIVER_MISSING] = "missing",
		[DRIVER_MODULE] = "module",
		[DRIVER_READY] = "ready",
	};

	return words[state];
}

/* The layout, and what it comes to. */
static void add_layout(struct json_object *root, const struct layout *layout)
{
	struct json_object *json = json_add_object(root, "layout");

	json_add_layout(json, layout);
	json_add_string(json, "resolved", layout && *layout->resolved ? layout->resolved : NULL);
}

static struct json_object *document(const struct machine *machine, const struct plan *plan,
				    const struct rows *rows, enum status status, bool planned)
{
	struct json_object *root = json_new_document(), *regions;

	json_add_number(root, "version", REPORT_VERSION);
	json_add_string(root, "program", RAMDAX_VERSION);
	json_add_number(root, "status", (uint64_t)status);
	json_add_string(root, "boot_kind", boot_kind_name(machine->boot_kind));
	json_add_string(root, "boot_id", *machine->boot_id ? machine->boot_id : NULL);
	json_add_string(root, "medium", "ram");
	json_add_string(root, "kernel", machine->release);
	json_add_string(root, "driver", driver_word(machine->driver));
	add_layout(root, plan ? plan->layout : NULL);
	regions = json_add_array(root, "regions");
	for (size_t i = 0; i < rows->n_regions; i++)
		add_region(regions, machine, plan, &rows->regions[i], planned);
	return root;
}

static void add_step(struct json_object *array, const struct plan *plan, const struct step *step)
{
	struct json_object *json = json_append_object(array);
	const bool creates = step->kind == STEP_CREATE;
	const unsigned line = step->ns ? step->ns->line : step->region ? step->region->line : 0;
	const bool formats = step->kind == STEP_FORMAT || (creates && step->format);

	json_add_string(json, "action", step_name(step->kind));
	json_add_bool(json, "conditional", step->conditional);
	json_add_string(json, "region", step->region ? step->region->name : NULL);
	json_add_string(json, "namespace",
			step->ns     ? step->ns->name
			: step->seen ? step->seen->name
				     : NULL);
	json_add_string(json, "device", step->device ? step->device->name : NULL);
	json_add_string(json, "reason", step->reason);
	json_add_origin(json, plan->layout, line);
	json_add_number_if(json, "start", creates, step->where.start);
	json_add_number_if(json, "raw_size", creates, step->where.size);
	json_add_number_if(json, "size", creates, step->parts.capacity);
	json_add_string(json, "filesystem", formats ? fs_name(step->ns->fs.type) : NULL);
}

static void add_problem(struct json_object *array, const struct plan *plan,
			const struct problem *problem)
{
	struct json_object *json = json_append_object(array);

	json_add_number(json, "status", (uint64_t)problem->status);
	json_add_origin(json, plan->layout, problem->line);
	json_add_string(json, "text", problem->text);
	json_add_string(json, "next", problem->next);
	json_add_bool(json, "required", problem->required);
}

void report_json_plan(const struct plan *plan, enum status status, struct text *out)
{
	struct json_object *root, *array;
	struct rows rows;

	rows_make(&rows, plan->machine, plan, NULL, NULL);
	root = document(plan->machine, plan, &rows, status, true);
	array = json_add_array(root, "steps");
	for (size_t i = 0; i < plan->n_steps; i++)
		add_step(array, plan, &plan->steps[i]);
	array = json_add_array(root, "problems");
	for (size_t i = 0; i < plan->n_problems; i++)
		add_problem(array, plan, &plan->problems[i]);
	add_messages(root);
	json_finish(root, out);
	rows_release(&rows);
}

/* Of @outcome, unless it had nothing to do and an earlier run of this boot had; milliseconds. */
static void add_spent(struct json_object *root, const struct outcome *outcome,
		      const struct boot_record *record)
{
	const struct spent *spent = boot_record_spent(record);
	struct json_object *took;

	if (outcome && (outcome->n_done || !spent))
		spent = &outcome->spent;
	if (!spent) {
		json_add_string(root, "took", NULL);
		return;
	}
	took = json_add_object(root, "took");
	json_add_number(took, "total", spent_total(spent) / 1000);
	for (size_t i = 0; i < SPENT_PHASES; i++)
		json_add_number(took, spent_name((enum spent_phase)i), spent->us[i] / 1000);
}

/* The image of the initramfs that this boot came through, as the run in it reported. */
static void add_image(struct json_object *root, const struct machine *machine,
		      const struct layout *layout, const struct boot_record *record)
{
	struct record_image image = boot_record_image(record);
	struct json_object *json;

	if (machine->initramfs)
		image = (struct record_image){RAMDAX_VERSION, layout ? layout->resolved : NULL};
	if (!image.program) {
		json_add_null(root, "image");
		return;
	}
	json = json_add_object(root, "image");
	json_add_string(json, "program", image.program);
	json_add_string(json, "resolved", image.resolved);
	if (layout && *layout->resolved)
		json_add_bool(json, "outdated", record_image_differs(&image, layout));
	else
		json_add_null(json, "outdated");
}

void report_json_status(const struct machine *machine, const struct plan *plan,
			const struct outcome *outcome, const struct boot_record *record,
			enum status status, struct text *out)
{
	struct json_object *root;
	struct rows rows;

	rows_make(&rows, machine, plan, outcome, record);
	root = document(machine, plan, &rows, status, false);
	add_image(root, machine, plan ? plan->layout : NULL, record);
	add_spent(root, outcome, record);
	json_add_bool(root, "journal", (outcome && outcome->told) || boot_record_all_told(record));
	add_messages(root);
	json_finish(root, out);
	rows_release(&rows);
}

bool report_json_amend(const struct text *json, const char *boot_id, enum status status,
		       struct text *out)
{
	struct json_object *root = boot_record_document(text_str(json), json->len, boot_id);

	if (!root)
		return false;
	json_object_object_del(root, "status");
	json_object_object_del(root, "messages");
	json_add_number(root, "status", (uint64_t)status);
	add_messages(root);
	json_finish(root, out);
	return true;
}

void report_json_check(const struct layout *layout, enum status status, struct text *out)
{
	struct json_object *root = json_new_document();

	json_add_number(root, "version", REPORT_VERSION);
	json_add_number(root, "status", (uint64_t)status);
	add_layout(root, layout);
	add_messages(root);
	json_finish(root, out);
}

static void add_names(struct json_object *array, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_string(names[i]));
}

void report_json_needs(const struct needs *needs, struct text *out)
{
	struct json_object *root = json_new_document(), *modules;

	json_add_number(root, "version", REPORT_VERSION);
	modules = json_add_array(root, "modules");
	add_names(modules, needs->modules, needs->n_modules);
	add_names(modules, needs->mount_modules, needs->n_mount_modules);
	add_names(json_add_array(root, "programs"), needs->programs, needs->n_programs);
	json_finish(root, out);
}
