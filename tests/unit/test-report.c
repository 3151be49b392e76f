// SPDX-License-Identifier: GPL-2.0-or-later
/* What people and programs are told of scenes made by hand. */
#include <json-c/json.h>

#include "scene.h"
#include "unit.h"

static const struct report_style plain = {false, 100};
static const struct plan_options options;

/* 64 GiB: a file system, two guests whose data is aligned to 1 GiB, a journal. */
static void declare_host(struct scene *s)
{
	struct layout_namespace *ns;

	scene_make(s, 64 * GIB, 2 * MIB);
	ns = scene_declare(s, "images", MODE_FSDAX, 32 * GIB);
	ns->fs.type = FS_EXT4;
	scene_declare(s, "guest-1", MODE_DEVDAX, 8 * GIB);
	scene_declare(s, "guest-2", MODE_DEVDAX, 8 * GIB);
	ns = scene_declare(s, "journal", MODE_SECTOR, 2 * GIB);
	ns->fs.type = FS_XFS;
	ns->required = true;
}

static char *plan_text(const struct scene *s, const struct report_style *style)
{
	struct plan *plan = plan_make(&s->layout, &s->machine, &options);
	struct text out = {0};

	report_plan(plan, style, &out);
	plan_free(plan);
	return text_take(&out);
}

static void a_plan_for_an_unbound_carveout_is_conditional(void)
{
	struct scene s;
	_cleanup_(freep) char *text = NULL;

	declare_host(&s);
	text = plan_text(&s, &plain);
	CHECK_STR(
		text,
		"~ reserve device \"e820_pmem\": so that no other driver takes it\n"
		"~ bind device \"e820_pmem\": not bound\n"
		"\n"
		"region \"vmcache\": 64.0 GiB carveout at 0x100000000, node 0: to be bound\n"
		"if the RAM is empty, then:\n"
		"  [.aaaaaaaaa.bbbbbbbbb:ccccccccccccccccccccccccccccccccccccccdd..............#]\n"
		"  a-d data 50.0 GiB, : map and padding 529 MiB, . free 13.5 GiB (11.5 GiB in one "
		"piece),\n"
		"  # labels 128 KiB\n"
		"    ACTION NAME    MODE      SIZE      RAW MAP ALIGN FS   WHY\n"
		"+ a create guest-1 devdax   8 GiB  8.0 GiB mem 1 GiB      absent\n"
		"+ b create guest-2 devdax   8 GiB  8.0 GiB mem 1 GiB      absent\n"
		"+ c create images  fsdax   32 GiB 32.5 GiB dev 2 MiB ext4 absent\n"
		"+ d create journal sector 2.0 GiB  2.0 GiB     4 KiB xfs  absent\n"
		"\n"
		"to do: reserve 1 device, bind 1 device; then, if the RAM is empty, create 4 "
		"namespaces\n"
		"the medium is RAM: its contents are gone at power off\n");
	scene_release(&s);
}

/* What is there differs in mode; somebody else's lies beside it. */
static void a_plan_shows_conflicts_and_others(void)
{
	struct scene s;
	_cleanup_(freep) char *text = NULL;

	scene_make(&s, 64 * GIB, 2 * MIB);
	scene_declare(&s, "images", MODE_FSDAX, 32 * GIB);
	scene_declare(&s, "huge", MODE_FSDAX, 60 * GIB)->required = true;
	scene_bind(&s);
	scene_see(&s, "images", MODE_DEVDAX, SCENE_START, 32 * GIB);
	scene_see(&s, "th\033[31meirs", MODE_RAW, SCENE_START + 40 * GIB, 8 * GIB);
	text = plan_text(&s, &plain);
	CHECK_STR(
		text,
		"region \"vmcache\": 64.0 GiB carveout at 0x100000000, node 0: ready\n"
		"  [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.........AAAAAAAAA...................#]\n"
		"  A a data 40.0 GiB, : map and padding 2 MiB, . free 24.0 GiB (16.0 GiB in one "
		"piece),\n"
		"  # labels 128 KiB\n"
		"    ACTION   NAME        MODE       SIZE    RAW MAP ALIGN WHY\n"
		"! a conflict images      devdax 32.0 GiB 32 GiB mem 2 MiB mode is devdax, not "
		"fsdax\n"
		"  A leave    th\xef\xbf\xbd[31meirs raw       8 GiB  8 GiB           not in the "
		"layout\n"
		"!   no room  huge        fsdax    60 GiB        dev 2 MiB 60 GiB and overhead wanted, "
		"24.0 GiB free\n"
		"                                                          in region \"vmcache\" (16.0 "
		"GiB in one\n"
		"                                                          piece); held by \"images\" (32 "
		"GiB),\n"
		"                                                          \"th\xef\xbf\xbd[31meirs\" (8 "
		"GiB)\n"
		"\n"
		"! namespace \"images\" was kept as it is: mode is devdax, not fsdax "
		"(layout.toml:9)\n"
		"  > change the layout to what is there, or have it made anew, empty: \"ramdax "
		"apply\n"
		"    --recreate=images\"\n"
		"! no room for namespace \"huge\": 60 GiB and overhead wanted, 24.0 GiB free in "
		"region \"vmcache\" (16.0\n"
		"  GiB in one piece); held by \"images\" (32 GiB), \"th\xef\xbf\xbd[31meirs\" (8 GiB); "
		"it is required\n"
		"  (layout.toml:13)\n"
		"  > ask for less, or give the region a greater size in the layout, run \"ramdax "
		"update-bootloader\"\n"
		"    and reboot\n"
		"\n"
		"nothing can be done: 2 problems\n"
		"the medium is RAM: its contents are gone at power off\n");
	scene_release(&s);
}

static void a_plan_shows_what_alignment_costs(void)
{
	struct scene s;
	struct seen_namespace *guest;
	_cleanup_(freep) char *text = NULL;

	/* As somebody made it: at a boundary, so that all up to the next one is lost. */
	scene_make(&s, 9 * GIB, LABEL_AREA_SIZE);
	scene_declare(&s, "guest", MODE_DEVDAX, 8 * GIB);
	scene_bind(&s);
	guest = scene_see(&s, "guest", MODE_DEVDAX, SCENE_START, 9 * GIB);
	guest->align = GIB;
	guest->capacity = 8 * GIB;
	text = plan_text(&s, &plain);
	CHECK(strstr(text, "[////////aaaaaa"));
	CHECK(strstr(text, "/ lost to alignment 1022 MiB"));
	CHECK(strstr(text, "ACTION NAME  MODE    SIZE   RAW     LOST MAP ALIGN\n"));
	CHECK(strstr(text, "= a keep   guest devdax 8 GiB 9 GiB 1022 MiB mem 1 GiB\n"));
	scene_release(&s);
}

static void nothing_to_do_is_one_sentence(void)
{
	struct scene s;
	_cleanup_(freep) char *text = NULL, *none = NULL;

	scene_make(&s, GIB, LABEL_AREA_SIZE);
	scene_declare(&s, "images", MODE_RAW, 512 * MIB);
	scene_bind(&s);
	scene_see(&s, "images", MODE_RAW, SCENE_START, 512 * MIB);
	text = plan_text(&s, &plain);
	CHECK(strstr(text, "\nnothing to do: 1 namespace is as declared\n"));
	CHECK(strstr(text, "\n= a keep   images raw"));
	s.layout.n_regions = 0;
	s.machine.n_regions = s.machine.n_carveouts = s.machine.n_devices = 0;
	none = plan_text(&s, &plain);
	CHECK_STR(none, "nothing to do: the layout has no regions\n");
	scene_release(&s);
}

static void a_refused_region_is_a_closed_box(void)
{
	struct scene s;
	_cleanup_(freep) char *text = NULL;

	scene_make(&s, GIB, LABEL_AREA_SIZE);
	scene_declare(&s, "images", MODE_RAW, 512 * MIB);
	s.machine.driver = DRIVER_MISSING;
	text = plan_text(&s, &plain);
	CHECK(strstr(text, "region \"vmcache\": 1.0 GiB carveout at 0x100000000, node 0: refused: "
			   "this kernel"));
	CHECK(!strchr(text, '['));
	CHECK(strstr(text, "! blocked images raw  512 MiB its region is refused\n"));
	scene_release(&s);
}

static void colour_changes_no_character(void)
{
	struct scene s;
	_cleanup_(freep) char *bare = NULL, *coloured = NULL;
	_cleanup_(text_release) struct text stripped = {0};
	size_t escapes = 0;

	declare_host(&s);
	bare = plan_text(&s, &plain);
	coloured = plan_text(&s, &(struct report_style){true, 100});
	for (const char *c = coloured; *c; c++) {
		if (*c == '\033') {
			c = strchr(c, 'm');
			escapes++;
			continue;
		}
		text_add_char(&stripped, *c);
	}
	CHECK_STR(text_str(&stripped), bare);
	CHECK(escapes > 10 && escapes % 2 == 0);
	CHECK(!strchr(bare, '\033'));
	scene_release(&s);
}

static char *status_text(const struct scene *s, bool with_layout, const struct boot_record *record)
{
	struct plan *plan = with_layout ? plan_make(&s->layout, &s->machine, &options) : NULL;
	struct text out = {0};

	report_status(&s->machine, plan, record, &plain, &out);
	plan_free(plan);
	return text_take(&out);
}

static void see_host(struct scene *s)
{
	struct seen_namespace *ns;

	scene_make(s, 8 * GIB, LABEL_AREA_SIZE);
	scene_declare(s, "images", MODE_FSDAX, 2 * GIB)->fs.type = FS_EXT4;
	scene_declare(s, "guest", MODE_DEVDAX, 1022 * MIB);
	scene_declare(s, "late", MODE_RAW, GIB);
	scene_bind(s);
	ns = scene_see(s, "images", MODE_FSDAX, SCENE_START, 2 * GIB + 34 * MIB);
	ns->fs.state = SEEN_COMPLETE;
	ns->fs.type = (char *)"ext4";
	ns->fs.uuid = (char *)"aeaa7d06-fa4f-5d63-a5cd-5d3094daf764";
	ns->mount_point = (char *)"/srv";
	ns->user = (char *)"mounted on /srv";
	ns->dax = true;
	scene_see(s, "guest", MODE_DEVDAX, SCENE_START + 3 * GIB, GIB)->user =
		(char *)"open by process 12";
	scene_see(s, "", MODE_RAW, SCENE_START + 5 * GIB, GIB);
}

static void status_says_what_is_there(void)
{
	struct scene s;
	_cleanup_(freep) char *with = NULL, *without = NULL;

	see_host(&s);
	with = status_text(&s, true, NULL);
	CHECK_STR(
		with,
		"Linux 6.19.0: cold boot, memory was lost; the ramdax driver is ready\n"
		"\n"
		"region \"vmcache\": 8.0 GiB at 0x100000000, node 0, 4.0 GiB free, adopted\n"
		"  NAME   STATE   DEVICE       MODE       SIZE FS   MOUNTPOINT DAX NOTE\n"
		"  images adopted /dev/pmem0.1 fsdax     2 GiB ext4 /srv       yes integrity: "
		"unproven\n"
		"  guest  adopted /dev/dax0.1  devdax 1022 MiB                     integrity: "
		"unproven; in use: open\n"
		"                                                                  by process 12\n"
		"  late   absent               raw                                 it was not made "
		"yet\n"
		"  -      foreign /dev/pmem0.1 raw       1 GiB                     not in the "
		"layout\n"
		"\n"
		"the medium is RAM: its contents are gone at power off\n");
	without = status_text(&s, false, NULL);
	CHECK(strstr(without, "ready; no layout was read\n"));
	CHECK(strstr(without, "region \"region0\": 8.0 GiB at 0x100000000, node 0, 4.0 GiB free, "
			      "foreign\n"));
	CHECK(strstr(without, "  images foreign /dev/pmem0.1 fsdax     2 GiB ext4 /srv"));
	scene_release(&s);
}

static void status_of_a_machine_without_anything(void)
{
	struct scene s;
	_cleanup_(freep) char *text = NULL, *unbound = NULL;

	scene_make(&s, GIB, LABEL_AREA_SIZE);
	unbound = status_text(&s, false, NULL);
	CHECK(strstr(unbound, "carveout: 1.0 GiB at 0x100000000, node 0, foreign: not bound\n"));
	s.machine.n_carveouts = s.machine.n_devices = 0;
	text = status_text(&s, false, NULL);
	CHECK(strstr(text, "\nthere are no carveouts and no regions\n"));
	scene_release(&s);
}

/* Documents. */

static struct json_object *status_document(const struct scene *s, bool with_layout,
					   const struct outcome *outcome,
					   const struct boot_record *record, enum status status)
{
	struct plan *plan = with_layout ? plan_make(&s->layout, &s->machine, &options) : NULL;
	_cleanup_(text_release) struct text out = {0};
	struct outcome copy = outcome ? *outcome : (struct outcome){0};
	struct json_object *document;

	copy.plan = plan;
	report_json_status(&s->machine, plan, outcome ? &copy : NULL, record, status, &out);
	document = json_tokener_parse(text_str(&out));
	CHECK(document);
	plan_free(plan);
	return document;
}

/* What @path ("regions/0/name") leads to; NULL with @there false if there is no such key. */
static struct json_object *at(struct json_object *from, const char *path, bool *there)
{
	while (*path && from) {
		size_t length = strcspn(path, "/");
		_cleanup_(freep) char *key = mem_strndup(path, length);

		*there = true;
		if (json_object_is_type(from, json_type_array))
			from = json_object_array_get_idx(from, (size_t)atoi(key));
		else
			*there = json_object_object_get_ex(from, key, &from);
		if (!*there)
			return NULL;
		path += length + (path[length] == '/');
	}
	return from;
}

static const char *word(struct json_object *document, const char *path)
{
	bool there = false;
	struct json_object *value = at(document, path, &there);

	if (!CHECK(there))
		printf("# no key \"%s\"\n", path);
	return value ? json_object_get_string(value) : NULL;
}

/* The keys of the contract, in whatever state a thing is: one of each type, or null. */
static const struct key {
	const char *name;
	enum json_type type;
	bool nullable;
} of_document[] =
	{
		{"version", json_type_int, false},      {"status", json_type_int, false},
		{"program", json_type_string, false},
		{"boot_kind", json_type_string, false}, {"boot_id", json_type_string, true},
		{"layout", json_type_object, false},    {"regions", json_type_array, false},
		{"messages", json_type_array, false},   {NULL, json_type_null, false},
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
	CHECK(document);
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
	struct outcome outcome = {.done = done, .n_done = ARRAY_SIZE(done)};
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
	scene_release(&s);
}

static void regions_have_states(void)
{
	struct done_step bind = {.kind = STEP_BIND,
				 .object = (char *)"e820_pmem",
				 .result = -EIO,
				 .why = (char *)"no"};
	struct done_step create = {.kind = STEP_CREATE, .object = (char *)"images"};
	struct outcome refused = {.done = &bind, .n_done = 1}, none = {0};
	struct outcome created = {.done = &create, .n_done = 1};
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
	scene_release(&s);
}

/* The report of one run is the record of the next. */
static void what_was_created_stays_so_all_this_boot(void)
{
	struct done_step done = {.kind = STEP_CREATE, .object = (char *)"images", .ms = 1234};
	struct outcome outcome = {.done = &done, .n_done = 1}, adopts = {0};
	struct boot_record *record = NULL;
	char *text;
	struct json_object *document;
	struct scene s;

	see_host(&s);
	outcome.spent.us[SPENT_MKFS] = 2500000;
	adopts.spent.us[SPENT_LOOKING] = 100000;
	/* The second of them could not read its layout. */
	for (int run = 0; run < 3; run++) {
		const char *json;

		document =
			status_document(&s, run != 1, run ? &adopts : &outcome, record, STATUS_OK);
		CHECK_STR(word(document, "regions/0/namespaces/0/state"), "created");
		CHECK_STR(word(document, "regions/0/namespaces/1/state"), "adopted");
		CHECK_STR(word(document, "regions/0/namespaces/0/took"), "1234");
		CHECK_STR(word(document, "regions/0/namespaces/1/took"), NULL);
		CHECK_STR(word(document, "took/mkfs"), "2500");
		CHECK_STR(word(document, "took/total"), "2500");
		boot_record_free(record);
		json = json_object_to_json_string(document);
		CHECK(!boot_record_parse(json, strlen(json), "another boot"));
		record = boot_record_parse(json, strlen(json), SCENE_BOOT);
		CHECK(record);
		json_object_put(document);
	}
	text = status_text(&s, true, record);
	CHECK(strstr(text, "\napply took 2.50 s: mkfs 2.50\n"));
	free(text);
	/* Somebody made another by that name. */
	s.seen.namespaces[0].uuid[0] ^= 1;
	document = status_document(&s, true, NULL, record, STATUS_OK);
	CHECK_STR(word(document, "regions/0/namespaces/0/state"), "adopted");
	CHECK_STR(word(document, "regions/0/namespaces/0/took"), NULL);
	json_object_put(document);
	boot_record_free(record);
	scene_release(&s);
}

/* What the run in the initramfs had for a layout is told by those after it. */
static void the_image_of_the_initramfs_is_told_apart(void)
{
	static const char *const layouts[] = {"aa", "aa", "bb", ""};
	static const char *const outdated[] = {"false", "false", "true", NULL};
	struct boot_record *record = NULL;
	struct scene s;

	see_host(&s);
	s.machine.initramfs = true;
	for (size_t run = 0; run < ARRAY_SIZE(layouts); run++) {
		struct json_object *document;
		const char *json;

		strcpy(s.layout.resolved, layouts[run]);
		document = status_document(&s, true, NULL, record, STATUS_OK);
		CHECK_STR(word(document, "program"), RAMDAX_VERSION);
		CHECK_STR(word(document, "image/program"), RAMDAX_VERSION);
		CHECK_STR(word(document, "image/resolved"), "aa");
		CHECK_STR(word(document, "image/outdated"), outdated[run]);
		boot_record_free(record);
		json = json_object_to_json_string(document);
		record = boot_record_parse(json, strlen(json), SCENE_BOOT);
		json_object_put(document);
		s.machine.initramfs = false;
	}
	boot_record_free(record);
	scene_release(&s);
}

static void a_record_may_be_anything(void)
{
	static const char *const none[] = {
		"",
		"null",
		"[]",
		"{}",
		"{\"version\":1}",
		"{\"version\":\"1\",\"boot_id\":\"b\",\"regions\":[]}",
		"{\"version\":2,\"boot_id\":\"b\",\"regions\":[]}",
		"{\"version\":1,\"boot_id\":\"\",\"regions\":[]}",
		"{\"version\":1,\"boot_id\":[\"b\"],\"regions\":[]}",
		"{\"version\":1,\"boot_id\":\"b\\u0000\",\"regions\":[]}",
		"{\"version\":1,\"boot_id\":\"b\",\"regions\":[]",
		"{\"version\":1,\"boot_id\":\"b\",\"regions\":[]} x",
		"{\"version\":1,\"boot_id\":\"b\",\"a\":\"\xff\"}",
		"{\"version\":1,\"boot_id\":\"b\",\"a\":[[[[[[[[[[[[1]]]]]]]]]]]]}",
	};
	static const char *const empty[] = {
		"{\"version\":1,\"boot_id\":\"b\"}\n",
		"{\"version\":1,\"boot_id\":\"b\",\"regions\":{\"a\":1}}",
		"{\"version\":1,\"boot_id\":\"b\",\"regions\":[null,1,[],{},{\"namespaces\":3}]}",
		"{\"version\":1,\"boot_id\":\"b\",\"regions\":[{\"namespaces\":[null,7,{\"name\":"
		"null},{\"name\":\"a\",\"state\":4},{\"name\":\"a\",\"state\":\"gone\"},{\"name\":"
		"[],\"uuid\":{},\"state\":\"created\"}]}]}",
	};
	struct json_object *document;
	struct scene s;

	see_host(&s);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		struct boot_record *record = boot_record_parse(none[i], strlen(none[i]), "b");

		if (!CHECK(!record))
			printf("# %s\n", none[i]);
		boot_record_free(record);
	}
	CHECK(!boot_record_parse("{\"version\":1,\"boot_id\":\"\"}", 26, ""));
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		struct boot_record *record = boot_record_parse(empty[i], strlen(empty[i]), "b");

		CHECK(record);
		document = status_document(&s, true, NULL, record, STATUS_OK);
		CHECK_STR(word(document, "regions/0/namespaces/0/state"), "adopted");
		json_object_put(document);
		boot_record_free(record);
	}
	scene_release(&s);
}

UNIT_TESTS(UNIT(a_plan_for_an_unbound_carveout_is_conditional),
	   UNIT(a_plan_shows_conflicts_and_others), UNIT(a_plan_shows_what_alignment_costs),
	   UNIT(nothing_to_do_is_one_sentence), UNIT(a_refused_region_is_a_closed_box),
	   UNIT(colour_changes_no_character), UNIT(status_says_what_is_there),
	   UNIT(status_of_a_machine_without_anything), UNIT(the_status_document),
	   UNIT(the_plan_document), UNIT(damage_is_told_from_conflict),
	   UNIT(outcomes_become_states), UNIT(regions_have_states),
	   UNIT(what_was_created_stays_so_all_this_boot),
	   UNIT(the_image_of_the_initramfs_is_told_apart), UNIT(a_record_may_be_anything))
