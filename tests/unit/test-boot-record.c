// SPDX-License-Identifier: GPL-2.0-or-later
/* What one run of a boot writes down, and what those after it make of it. */
#include "boot-record.h"

#include "report-scene.h"

/* The report of one run is the record of the next. */
static void what_was_created_stays_so_all_this_boot(void)
{
	struct done_step done = {.kind = STEP_CREATE, .object = (char *)"images", .ms = 1234};
	struct outcome outcome = scene_outcome(&done, 1), adopts = {0};
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
	scene_outcome_release(&outcome);
	boot_record_free(record);
	scene_release(&s);
}

/* One that waited in vain for another run knows nothing, and takes nothing away. */
static void a_run_that_saw_nothing_leaves_what_was_said(void)
{
	struct done_step done = {.kind = STEP_CREATE, .object = (char *)"images"};
	struct outcome outcome = scene_outcome(&done, 1);
	_cleanup_(text_release) struct text json = {0}, after = {0}, none = {0};
	struct boot_record *record;
	struct json_object *document;
	struct scene s;

	see_host(&s);
	document = status_document(&s, true, &outcome, NULL, STATUS_OK);
	text_add(&json, json_object_to_json_string(document));
	json_object_put(document);
	CHECK(!report_json_amend(&json, "another boot", STATUS_FAILED, &none));
	CHECK(boot_record_is_old(text_str(&json), json.len, "another boot"));
	CHECK(!boot_record_is_old(text_str(&json), json.len, SCENE_BOOT));
	/* Whose boot it is cannot be told. */
	CHECK(!boot_record_is_old(text_str(&json), json.len, ""));
	CHECK(!boot_record_is_old("{", 1, SCENE_BOOT));
	CHECK(!report_json_amend(&none, SCENE_BOOT, STATUS_FAILED, &none));
	CHECK_INT(none.len, 0);
	CHECK(report_json_amend(&json, SCENE_BOOT, STATUS_FAILED, &after));
	document = json_tokener_parse(text_str(&after));
	CHECK_STR(word(document, "status"), "1");
	CHECK_STR(word(document, "regions/0/namespaces/0/state"), "created");
	json_object_put(document);
	record = boot_record_parse(text_str(&after), after.len, SCENE_BOOT);
	CHECK(boot_record_made(record, &s.seen.namespaces[0]));
	boot_record_free(record);
	scene_outcome_release(&outcome);
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

/* The record of a run after the one that left @record. */
static struct boot_record *next_record(struct scene *s, struct boot_record *record, bool planned)
{
	struct outcome outcome = {0};
	struct json_object *document = status_document(s, planned, &outcome, record, STATUS_OK);
	const char *json = json_object_to_json_string(document);
	struct boot_record *next = boot_record_parse(json, strlen(json), SCENE_BOOT);

	CHECK(next);
	json_object_put(document);
	boot_record_free(record);
	return next;
}

static void of_what_cannot_be_read_everything_is_settled(void)
{
	struct boot_record *lost = boot_record_lost();
	struct seen_namespace seen = {.name = (char[]){"a"}};

	CHECK(boot_record_settled(lost, &seen));
	CHECK(!boot_record_settled(NULL, &seen));
	CHECK(!boot_record_scrubbed(lost, &seen));
	boot_record_free(lost);
}

static void what_was_noted_before_it_was_made_is_settled(void)
{
	struct seen_namespace seen = {.name = (char[]){"a"}, .has_uuid = true};
	struct boot_record *record = NULL;
	uuid_t uuid = {1};

	boot_record_add_made(&record, uuid);
	CHECK(!boot_record_settled(record, &seen));
	uuid_copy(seen.uuid, uuid);
	CHECK(boot_record_settled(record, &seen));
	CHECK(boot_record_made(record, &seen));
	seen.has_uuid = false;
	CHECK(!boot_record_settled(record, &seen));
	boot_record_doubt(&record);
	CHECK(boot_record_settled(record, &seen));
	boot_record_free(record);
}

static void what_is_of_this_boot_is_settled_whatever_became_of_it(void)
{
	struct done_step done = {.kind = STEP_CREATE, .object = (char *)"images"};
	struct outcome outcome = scene_outcome(&done, 1);
	struct boot_record *record;
	struct json_object *document;
	const char *json;
	struct scene s;

	see_host(&s);
	document = status_document(&s, true, &outcome, NULL, STATUS_OK);
	json = json_object_to_json_string(document);
	record = boot_record_parse(json, strlen(json), SCENE_BOOT);
	json_object_put(document);
	/* A mistake in the layout, and none: it was a conflict in between. */
	s.region.namespaces[0].size.bytes *= 2;
	for (int run = 0; run < 2; run++) {
		record = next_record(&s, record, true);
		CHECK(boot_record_settled(record, &s.seen.namespaces[0]));
	}
	/* Not in the layout, and no layout. */
	s.region.namespaces[0].name = (char *)"another";
	record = next_record(&s, record, true);
	record = next_record(&s, record, false);
	s.seen.namespaces[0].name = (char *)"renamed";
	CHECK(boot_record_settled(record, &s.seen.namespaces[0]));
	/* What another boot left is not, once it is a conflict. */
	s.seen.namespaces[0].uuid[0] ^= 1;
	boot_record_free(record);
	s.region.namespaces[0].name = (char *)"renamed";
	record = next_record(&s, NULL, true);
	CHECK(!boot_record_settled(record, &s.seen.namespaces[0]));
	record = next_record(&s, record, true);
	CHECK(!boot_record_settled(record, &s.seen.namespaces[0]));
	/* But what has come since is, if all of the region was to be seen. */
	s.seen.namespaces[0].uuid[0] ^= 2;
	CHECK(boot_record_settled(record, &s.seen.namespaces[0]));
	record = next_record(&s, record, true);
	CHECK(boot_record_settled(record, &s.seen.namespaces[0]));
	s.seen.namespaces[0].uuid[0] ^= 4;
	s.seen.namespaces[0].start += s.seen.range.size;
	CHECK(!boot_record_settled(record, &s.seen.namespaces[0]));
	CHECK(!boot_record_settled(NULL, &s.seen.namespaces[0]));
	boot_record_free(record);
	scene_outcome_release(&outcome);
	scene_release(&s);
}

UNIT_TESTS(UNIT(what_was_created_stays_so_all_this_boot),
	   UNIT(a_run_that_saw_nothing_leaves_what_was_said),
	   UNIT(of_what_cannot_be_read_everything_is_settled),
	   UNIT(what_was_noted_before_it_was_made_is_settled),
	   UNIT(what_is_of_this_boot_is_settled_whatever_became_of_it),
	   UNIT(the_image_of_the_initramfs_is_told_apart), UNIT(a_record_may_be_anything))
