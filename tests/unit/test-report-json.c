// SPDX-License-Identifier: GPL-2.0-or-later
/* What programs are told of scenes made by hand. */
#include "report-scene.h"

/* The keys of the contract, in whatever state a thing is: one of each type, or null. */
static const struct key {
	const char *name;
	enum json_type type;
	bool nullable;
} of_document[] =
	{
		{"version", json_type_int, false},    {"status", json_type_int, false},
		{"program", json_type_string, false}, {"boot_kind", json_type_string, false},
		{"boot_id", json_type_string, true},  {"layout", json_type_object, false},
		{"regions", json_type_array, false},  {"messages", json_type_array, false},
		{NULL, json_type_null, false},
},
  of_layout[] =
	  {
		  {"path", json_type_string, true},
		  {"sha256", json_type_string, true},
		  {"resolved", json_type_string, true},
		  {NULL, json_type_null, false},
},
  of_region[] =
	  {
		  {"name", json_type_string, true},   {"start", json_type_int, true},
		  {"size", json_type_int, true},      {"node", json_type_int, true},
		  {"state", json_type_string, false}, {"namespaces", json_type_array, false},
		  {NULL, json_type_null, false},
},
  of_namespace[] =
	  {
		  {"name", json_type_string, true},        {"uuid", json_type_string, true},
		  {"mode", json_type_string, false},       {"size", json_type_int, true},
		  {"raw_size", json_type_int, true},       {"align", json_type_int, true},
		  {"map", json_type_string, true},         {"device", json_type_string, true},
		  {"state", json_type_string, false},      {"reason", json_type_string, true},
		  {"filesystem", json_type_object, false}, {NULL, json_type_null, false},
},
  of_filesystem[] =
	  {
		  {"type", json_type_string, true},  {"uuid", json_type_string, true},
		  {"label", json_type_string, true}, {"mount_point", json_type_string, true},
		  {NULL, json_type_null, false},
},
  of_step[] =
	  {
		  {"action", json_type_string, false},    {"conditional", json_type_boolean, false},
		  {"region", json_type_string, true},     {"namespace", json_type_string, true},
		  {"device", json_type_string, true},     {"reason", json_type_string, false},
		  {"line", json_type_int, true},          {"start", json_type_int, true},
		  {"raw_size", json_type_int, true},      {"size", json_type_int, true},
		  {"filesystem", json_type_string, true}, {NULL, json_type_null, false},
},
  of_problem[] = {
	  {"status", json_type_int, false},  {"line", json_type_int, true},
	  {"text", json_type_string, false}, {"required", json_type_boolean, false},
	  {NULL, json_type_null, false},
};

static void check_keys(struct json_object *object, const struct key *keys)
{
	for (; keys->name; keys++) {
		struct json_object *value = NULL;

		if (!CHECK(json_object_object_get_ex(object, keys->name, &value)) ||
		    !CHECK(value ? json_object_is_type(value, keys->type) : keys->nullable))
			printf("# key \"%s\"\n", keys->name);
	}
}

static void check_each(struct json_object *object, const char *key, const struct key *keys)
{
	struct json_object *array = json_object_object_get(object, key);

	for (size_t i = 0; i < json_object_array_length(array); i++)
		check_keys(json_object_array_get_idx(array, i), keys);
}

static void check_document(struct json_object *document)
{
	struct json_object *regions = json_object_object_get(document, "regions");

	check_keys(document, of_document);
	check_keys(json_object_object_get(document, "layout"), of_layout);
	check_each(document, "regions", of_region);
	for (size_t i = 0; i < json_object_array_length(regions); i++) {
		struct json_object *region = json_object_array_get_idx(regions, i);
		struct json_object *all = json_object_object_get(region, "namespaces");

		check_each(region, "namespaces", of_namespace);
		for (size_t n = 0; n < json_object_array_length(all); n++)
			check_keys(json_object_object_get(json_object_array_get_idx(all, n),
							  "filesystem"),
				   of_filesystem);
	}
}

static void the_status_document(void)
{
	struct json_object *document, *without;
	struct scene s;

	see_host(&s);
	s.seen.namespaces[2].fs.label = (char *)"bad \xff label";
	document = status_document(&s, true, NULL, NULL, STATUS_CONFLICT);
	check_document(document);
	CHECK_STR(word(document, "version"), "1");
	CHECK_STR(word(document, "status"), "5");
	CHECK_STR(word(document, "boot_kind"), "cold");
	CHECK_STR(word(document, "boot_id"), SCENE_BOOT);
	CHECK_STR(word(document, "layout/path"), "layout.toml");
	CHECK_STR(word(document, "regions/0/name"), "vmcache");
	CHECK_STR(word(document, "regions/0/start"), "4294967296");
	CHECK_STR(word(document, "regions/0/size"), "8590065664");
	CHECK_STR(word(document, "regions/0/label_area/start"), "12884901888");
	CHECK_STR(word(document, "regions/0/state"), "adopted");
	CHECK_STR(word(document, "regions/0/namespaces/0/name"), "images");
	CHECK_STR(word(document, "regions/0/namespaces/0/uuid"),
		  "2f62bc6e-b3ce-5422-ae6e-0bda41420139");
	CHECK_STR(word(document, "regions/0/namespaces/0/size"), "2147483648");
	CHECK_STR(word(document, "regions/0/namespaces/0/raw_size"), "2183135232");
	CHECK_STR(word(document, "regions/0/namespaces/0/align"), "2097152");
	CHECK_STR(word(document, "regions/0/namespaces/0/map"), "dev");
	CHECK_STR(word(document, "regions/0/namespaces/0/device"), "/dev/pmem0.1");
	CHECK_STR(word(document, "regions/0/namespaces/0/filesystem/type"), "ext4");
	CHECK_STR(word(document, "regions/0/namespaces/0/filesystem/mount_point"), "/srv");
	CHECK_STR(word(document, "regions/0/namespaces/1/device"), "/dev/dax0.1");
	CHECK_STR(word(document, "regions/0/namespaces/1/filesystem/type"), NULL);
	CHECK_STR(word(document, "regions/0/namespaces/1/filesystem/mount_point"), NULL);
	CHECK_STR(word(document, "regions/0/namespaces/2/state"), "absent");
	CHECK_STR(word(document, "regions/0/namespaces/2/size"), NULL);
	CHECK_STR(word(document, "regions/0/namespaces/3/name"), NULL);
	CHECK_STR(word(document, "regions/0/namespaces/3/state"), "foreign");
	CHECK_STR(word(document, "regions/0/namespaces/3/map"), NULL);
	CHECK_STR(word(document, "regions/0/namespaces/3/filesystem/label"),
		  "bad \xef\xbf\xbd label");
	without = status_document(&s, false, NULL, NULL, STATUS_OK);
	check_document(without);
	CHECK_STR(word(without, "layout/path"), NULL);
	CHECK_STR(word(without, "regions/0/name"), "region0");
	CHECK_STR(word(without, "regions/0/state"), "foreign");
	CHECK_STR(word(without, "regions/0/namespaces/0/state"), "foreign");
	json_object_put(document);
	json_object_put(without);
	scene_release(&s);
}

static struct json_object *plan_document(const struct scene *s)
{
	struct plan *plan = plan_make(&s->layout, &s->machine, &options);
	_cleanup_(text_release) struct text out = {0};
	struct json_object *document;

	report_json_plan(plan, STATUS_TO_DO, &out);
	document = json_tokener_parse(text_str(&out));
	plan_free(plan);
	if (CHECK(document))
		check_indentation(document, text_str(&out));
	return document;
}

static void the_plan_document(void)
{
	struct json_object *document, *conflicts;
	struct scene s;

	declare_host(&s);
	document = plan_document(&s);
	check_document(document);
	check_each(document, "steps", of_step);
	CHECK_STR(word(document, "status"), "6");
	CHECK_STR(word(document, "steps/0/action"), "reserve");
	CHECK_STR(word(document, "steps/1/action"), "bind");
	CHECK_STR(word(document, "steps/1/device"), "e820_pmem");
	CHECK_STR(word(document, "steps/1/namespace"), NULL);
	CHECK_STR(word(document, "steps/1/conditional"), "false");
	CHECK_STR(word(document, "steps/4/action"), "create");
	CHECK_STR(word(document, "steps/4/namespace"), "images");
	CHECK_STR(word(document, "steps/4/conditional"), "true");
	CHECK_STR(word(document, "steps/4/size"), "34359738368");
	CHECK_STR(word(document, "steps/4/filesystem"), "ext4");
	CHECK_STR(word(document, "steps/4/line"), "9");
	CHECK_STR(word(document, "regions/0/namespaces/0/name"), "images");
	CHECK_STR(word(document, "regions/0/namespaces/0/state"), "absent");
	CHECK_STR(word(document, "regions/0/namespaces/0/verdict"), "absent");
	CHECK_STR(word(document, "regions/0/namespaces/0/size"), "34359738368");
	CHECK_STR(word(document, "regions/0/namespaces/0/raw_size"),
		  word(document, "steps/4/raw_size"));
	CHECK_STR(word(document, "regions/0/namespaces/0/start"), word(document, "steps/4/start"));
	CHECK_STR(word(document, "regions/0/namespaces/1/data_offset"), "2097152");
	CHECK_STR(word(document, "regions/0/namespaces/1/lost"), "0");
	scene_bind(&s);
	scene_see(&s, "journal", MODE_DEVDAX, SCENE_START, GIB);
	conflicts = plan_document(&s);
	check_document(conflicts);
	check_each(conflicts, "problems", of_problem);
	CHECK_STR(word(conflicts, "problems/0/status"), "5");
	CHECK_STR(word(conflicts, "problems/0/required"), "true");
	CHECK_STR(word(conflicts, "regions/0/namespaces/3/state"), "conflict");
	CHECK_STR(word(conflicts, "regions/0/namespaces/3/mode"), "devdax");
	json_object_put(document);
	json_object_put(conflicts);
	scene_release(&s);
}

static void damage_is_told_from_conflict(void)
{
	struct json_object *document;
	struct scene s;

	see_host(&s);
	s.seen.namespaces[0].fs.state = SEEN_DAMAGED;
	s.seen.namespaces[1].mode = MODE_FSDAX;
	document = status_document(&s, true, NULL, NULL, STATUS_CONFLICT);
	CHECK_STR(word(document, "regions/0/namespaces/0/state"), "damaged");
	CHECK_STR(word(document, "regions/0/namespaces/1/state"), "conflict");
	CHECK_STR(word(document, "regions/0/namespaces/1/reason"), "mode is fsdax, not devdax");
	json_object_put(document);
	scene_release(&s);
}

/* What a run did, refused, did in vain and did not come to. */
static void outcomes_become_states(void)
{
	struct done_step done[] = {
		{.kind = STEP_CREATE, .object = (char *)"images", .result = 0},
		{.kind = STEP_CREATE,
		 .object = (char *)"late",
		 .result = -EBUSY,
		 .why = (char *)"the kernel is busy"},
		{.kind = STEP_CREATE, .object = (char *)"vain", .result = 0},
	};
	struct outcome outcome = scene_outcome(done, ARRAY_SIZE(done));
	struct json_object *document;
	struct scene s;

	see_host(&s);
	scene_declare(&s, "vain", MODE_RAW, 16 * MIB);
	scene_declare(&s, "later", MODE_RAW, 16 * MIB);
	document = status_document(&s, true, &outcome, NULL, STATUS_FAILED);
	check_document(document);
	CHECK_STR(word(document, "regions/0/namespaces/0/state"), "created");
	CHECK_STR(word(document, "regions/0/namespaces/1/state"), "adopted");
	CHECK_STR(word(document, "regions/0/namespaces/2/state"), "failed");
	CHECK_STR(word(document, "regions/0/namespaces/2/reason"), "the kernel is busy");
	CHECK_STR(word(document, "regions/0/namespaces/3/state"), "failed");
	CHECK_STR(word(document, "regions/0/namespaces/4/state"), "deferred");
	json_object_put(document);
	scene_outcome_release(&outcome);
	scene_release(&s);
}

static void regions_have_states(void)
{
	struct done_step bind = {.kind = STEP_BIND,
				 .object = (char *)"e820_pmem",
				 .result = -EIO,
				 .why = (char *)"no"};
	struct done_step create = {.kind = STEP_CREATE, .object = (char *)"images"};
	struct outcome refused = scene_outcome(&bind, 1), none = {0};
	struct outcome created = scene_outcome(&create, 1);
	struct json_object *d[8];
	struct scene s;

	scene_make(&s, GIB, LABEL_AREA_SIZE);
	scene_declare(&s, "images", MODE_RAW, 512 * MIB);
	d[0] = status_document(&s, true, NULL, NULL, STATUS_OK);
	CHECK_STR(word(d[0], "regions/0/state"), "absent");
	CHECK_STR(word(d[0], "regions/0/namespaces/0/reason"), "its region is not bound");
	d[1] = status_document(&s, true, &refused, NULL, STATUS_FAILED);
	CHECK_STR(word(d[1], "regions/0/state"), "failed");
	CHECK_STR(word(d[1], "regions/0/reason"), "no");
	d[2] = status_document(&s, true, &none, NULL, STATUS_OK);
	CHECK_STR(word(d[2], "regions/0/state"), "deferred");
	s.device.driver = (char *)"nd_e820";
	d[3] = status_document(&s, true, NULL, NULL, STATUS_CONFLICT);
	CHECK_STR(word(d[3], "regions/0/state"), "conflict");
	scene_bind(&s);
	scene_see(&s, "images", MODE_RAW, SCENE_START, 512 * MIB);
	d[4] = status_document(&s, true, NULL, NULL, STATUS_OK);
	CHECK_STR(word(d[4], "regions/0/state"), "adopted");
	d[5] = status_document(&s, true, &created, NULL, STATUS_OK);
	CHECK_STR(word(d[5], "regions/0/state"), "created");
	s.seen.enabled = false;
	d[6] = status_document(&s, true, NULL, NULL, STATUS_CONFLICT);
	CHECK_STR(word(d[6], "regions/0/state"), "conflict");
	CHECK_STR(word(d[6], "regions/0/free"), NULL);
	s.machine.n_regions = s.machine.n_carveouts = 0;
	d[7] = status_document(&s, true, NULL, NULL, STATUS_MACHINE);
	CHECK_STR(word(d[7], "regions/0/state"), "absent");
	CHECK_STR(word(d[7], "regions/0/start"), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(d); i++) {
		check_document(d[i]);
		json_object_put(d[i]);
	}
	scene_outcome_release(&refused);
	scene_outcome_release(&created);
	scene_release(&s);
}

UNIT_TESTS(UNIT(the_status_document), UNIT(the_plan_document), UNIT(damage_is_told_from_conflict),
	   UNIT(outcomes_become_states), UNIT(regions_have_states))
