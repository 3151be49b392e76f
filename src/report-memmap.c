// SPDX-License-Identifier: GPL-2.0-or-later
#include "report-memmap.h"

#include "json-layout.h"
#include "json-make.h"
#include "report-json.h"

static void add_strings(struct json_object *parent, const char *key, const char *const *strings,
			size_t n)
{
	struct json_object *array = json_add_array(parent, key);

	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_string(strings[i]));
}

static void add_text(struct json_object *object, const struct layout *layout, const char *text,
		     unsigned line)
{
	json_add_string(object, "text", text);
	json_add_origin(object, layout, line);
}

static void add_refusal(struct json_object *root, const struct layout *layout,
			const struct memmap_choice *choice)
{
	struct json_object *refusal;

	if (!choice->refusal) {
		json_add_null(root, "refusal");
		return;
	}
	refusal = json_add_object(root, "refusal");
	add_text(refusal, layout, choice->refusal, choice->refusal_line);
	json_add_string(refusal, "next", choice->refusal_next);
}

static void add_range(struct json_object *array, const struct layout *layout,
		      const struct memmap_range *range)
{
	struct json_object *json = json_append_object(array);

	json_add_string(json, "region", range->region->name);
	json_add_number(json, "start", range->range.start);
	json_add_number(json, "size", range->range.size);
	json_add_number(json, "usable", range->range.size - LABEL_AREA_SIZE);
	json_add_number_if(json, "node", range->node >= 0, (uint64_t)range->node);
	json_add_string(json, "state", memmap_origin_name(range->origin));
	json_add_number(json, "page_maps", range->maps);
	add_strings(json, "reasons", (const char *const *)range->reasons, range->n_reasons);
	json_add_origin(json, layout, range->region->line);
}

void report_json_memmap(const struct report_memmap *report, struct text *out)
{
	const struct memmap_choice *choice = report->choice;
	struct json_object *root = json_new_document(), *object, *array;

	json_add_number(root, "version", REPORT_VERSION);
	json_add_number(root, "status", (uint64_t)report->status);
	object = json_add_object(root, "layout");
	json_add_layout(object, report->layout);
	json_add_string(root, "cmdline", choice->refusal ? NULL : report->line);
	add_refusal(root, report->layout, choice);
	json_add_string(root, "fingerprint", report->fingerprint);
	array = json_add_array(root, "ranges");
	for (size_t i = 0; i < choice->n_ranges; i++)
		add_range(array, report->layout, &choice->ranges[i]);
	add_strings(root, "other_memmap", (const char *const *)choice->others, choice->n_others);
	object = json_add_object(root, "memory");
	json_add_number(object, "ram", choice->ram);
	json_add_number(object, "left", choice->left);
	json_add_number(object, "system_memory", choice->system_memory);
	array = json_add_array(root, "warnings");
	for (size_t i = 0; i < choice->n_warnings; i++)
		add_text(json_append_object(array), report->layout, choice->warnings[i].text,
			 choice->warnings[i].line);
	add_strings(root, "notes", report->notes, report->n_notes);
	json_finish(root, out);
}
