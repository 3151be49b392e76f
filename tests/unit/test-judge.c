// SPDX-License-Identifier: GPL-2.0-or-later
/* What ramdax-verify makes of a layout and a machine, without the libraries that look at one. */
#include "../../verify/show.h"

#include "capacity.h"
#include "judge-scene.h"

#define HEAD "version = 1\n[[region]]\nname = \"r\"\nsize = \"256MiB\"\naddress = \"0x100000000\"\n"
#define ONE                                                                                 \
	HEAD "[[region.namespace]]\nname = \"files\"\nsize = \"32MiB\"\nalign = \"2MiB\"\n" \
	     "map = \"dev\"\nuuid = \"11111111-2222-4333-8444-555555555555\"\n"             \
	     "[region.namespace.filesystem]\ntype = \"ext4\"\n"                             \
	     "uuid = \"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee\"\n"

static void what_is_as_declared_is_equal(void)
{
	struct scene s;

	scene_make(&s);
	scene_judge(&s, ONE);
	CHECK_INT(s.j.status, VERIFY_EQUAL);
	CHECK_INT(s.j.n_equal, 1);
	CHECK_INT(s.j.n_regions, 2);
	CHECK_INT(s.j.regions[1].verdict, VERDICT_UNDECLARED);
	scene_release(&s);
}

/* Judges ONE after @change, and checks what is said; NULL: nothing. */
static void changed(void (*change)(struct scene *s), const char *reason)
{
	struct scene s;

	scene_make(&s);
	change(&s);
	scene_judge(&s, ONE);
	CHECK_STR(s.j.regions[0].namespaces[0].reason, reason);
	CHECK_INT(s.j.status, reason ? VERIFY_DIFFERENT : VERIFY_EQUAL);
	CHECK_INT(s.j.n_different, reason ? 1 : 0);
	scene_release(&s);
}

/* A function that does @statement to ns, the namespace of the scene. */
#define CHANGE(name, statement)                                    \
	static void name(struct scene *s)                          \
	{                                                          \
		struct found_namespace *ns = &s->namespaces[0][0]; \
		statement;                                         \
	}

CHANGE(disable, ns->enabled = false)
CHANGE(other_mode, ns->mode = MODE_DEVDAX)
CHANGE(no_mode, ns->has_mode = false)
CHANGE(other_align, ns->align = 4 * KIB)
CHANGE(other_map, ns->map = MAP_MEM)
CHANGE(no_map, ns->map = MAP_NONE)
CHANGE(smaller, ns->capacity -= 4 * KIB)
CHANGE(rounded, ns->capacity += 2 * MIB)
CHANGE(larger, ns->capacity += 16 * MIB)
CHANGE(other_uuid, ns->uuid[0]++)
CHANGE(no_uuid, ns->has_uuid = false)
CHANGE(renamed, ns->name = LITERAL("filez"))
CHANGE(no_device, ns->device = NULL)
CHANGE(lent, ns->system_ram = true)
CHANGE(empty, ns->fs.state = FOUND_NOTHING)
CHANGE(unreadable, ns->fs.state = FOUND_NOT_LOOKED)
CHANGE(damaged, ns->fs.state = FOUND_UNCLEAR)
CHANGE(other_type, ns->fs.type = LITERAL("xfs"))
CHANGE(other_fs_uuid, ns->fs.uuid = LITERAL("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeef"))
CHANGE(other_case, ns->fs.uuid = LITERAL("AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"))
CHANGE(other_label, ns->fs.label = LITERAL("mine"))

static void whatever_is_declared_and_differs_is_said(void)
{
	changed(disable, "it is not enabled");
	changed(other_mode, "mode is devdax, not fsdax");
	changed(no_mode, "mode is unknown, not fsdax");
	changed(other_align, "align is 4KiB, not 2MiB");
	changed(other_map, "map is mem, not dev");
	changed(no_map, "map is none, not dev");
	changed(smaller, "its device offers 32764KiB, not 32MiB");
	changed(rounded, NULL);
	changed(larger, "its device offers 48MiB, not 32MiB");
	changed(other_uuid, "its uuid is 12111111-2222-4333-8444-555555555555");
	changed(no_uuid, "its uuid is missing");
	changed(renamed, NULL);
	changed(no_device, "it has no device");
	changed(lent, "the system uses it as memory");
	changed(empty, "there is no file system, not ext4");
	changed(unreadable, "its ext4 cannot be looked for");
	changed(damaged, "its file system is damaged or ambivalent, not ext4");
	changed(other_type, "its contents are xfs, not ext4");
	changed(other_fs_uuid, "its file system's uuid is aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeef");
	changed(other_case, NULL);
	changed(other_label, NULL);
}

static void what_is_not_declared_may_be_anything(void)
{
	struct scene s;

	scene_make(&s);
	s.namespaces[0][0].uuid[0]++;
	s.namespaces[0][0].map = MAP_MEM;
	s.namespaces[0][0].fs.uuid = LITERAL("00000000-0000-4000-8000-000000000000");
	scene_judge(&s, HEAD "[[region.namespace]]\nname = \"files\"\nsize = \"32MiB\"\n"
			     "filesystem.type = \"ext4\"\n");
	CHECK_INT(s.j.status, VERIFY_EQUAL);
	scene_release(&s);
}

static void regions_are_matched_by_address_then_by_names(void)
{
	static const char moved[] = "version = 1\n[[region]]\nname = \"a\"\n"
				    "address = \"0x180000000\"\n"
				    "[[region.namespace]]\nname = \"files\"\nsize = \"32MiB\"\n";
	static const char named[] = "version = 1\n[[region]]\nname = \"a\"\nnode = 1\n"
				    "[[region.namespace]]\nname = \"files\"\nsize = \"32MiB\"\n";
	struct scene s;

	scene_make(&s);
	scene_judge(&s, moved);
	CHECK(s.j.regions[0].found == &s.regions[0]);
	CHECK_STR(s.j.regions[0].reason, "its address is 0x100000000, not 0x180000000");
	scene_release(&s);

	scene_make(&s);
	scene_judge(&s, named);
	CHECK(s.j.regions[0].found == &s.regions[0]);
	CHECK_STR(s.j.regions[0].reason, "its node is 0, not 1");
	CHECK_INT(s.j.status, VERIFY_DIFFERENT);
	scene_release(&s);

	scene_make(&s);
	s.regions[0].n_namespaces = 0;
	scene_judge(&s, named);
	CHECK(s.j.regions[0].found == &s.regions[1]);
	CHECK_INT(s.j.regions[0].verdict, VERDICT_EQUAL);
	CHECK_INT(s.j.status, VERIFY_NOTHING);
	scene_release(&s);

	scene_make(&s);
	s.regions[0].usable = 255 * MIB;
	s.regions[0].enabled = false;
	scene_judge(&s, ONE);
	CHECK_STR(s.j.regions[0].reason, "it is not up; it has 255MiB for namespaces, not 256MiB");
	scene_release(&s);
}

static void namespaces_elsewhere_twins_and_scaffolds(void)
{
	struct scene s;

	scene_make(&s);
	s.regions[0].n_namespaces = 0;
	scene_add(&s, 1, LITERAL("files"));
	scene_judge(&s, HEAD "[[region.namespace]]\nname = \"files\"\nsize = \"32MiB\"\n");
	CHECK_STR(s.j.regions[0].namespaces[0].reason, "it is in another region, region1");
	CHECK_INT(s.j.regions[1].n_namespaces, 0);
	scene_release(&s);

	scene_make(&s);
	scene_add(&s, 0, LITERAL("files"));
	scene_judge(&s, ONE);
	CHECK_STR(s.j.regions[0].namespaces[0].reason, "there are several of that name");
	CHECK_INT(s.j.n_undeclared, 1);
	scene_release(&s);

	scene_make(&s);
	scene_add(&s, 0, LITERAL("somebody's"));
	scene_judge(&s, ONE);
	CHECK_INT(s.j.status, VERIFY_EQUAL);
	CHECK_INT(s.j.n_undeclared, 1);
	scene_release(&s);

	scene_make(&s);
	scene_add(&s, 1, LITERAL(".ramdax-files"));
	scene_judge(&s, ONE);
	CHECK_INT(s.j.status, VERIFY_DIFFERENT);
	CHECK_STR(s.j.regions[1].namespaces[0].reason, "it was never finished");
	scene_release(&s);
}

static void what_is_not_there(void)
{
	struct scene s;

	scene_make(&s);
	scene_judge(&s, ONE "[[region.namespace]]\nname = \"more\"\nsize = \"32MiB\"\n");
	CHECK_INT(s.j.status, VERIFY_DIFFERENT);
	CHECK_INT(s.j.n_absent, 1);
	CHECK_INT(judgement_present(&s.j), 1);
	scene_release(&s);

	scene_make(&s);
	s.found.n_regions = 0;
	scene_judge(&s, ONE);
	CHECK_INT(s.j.status, VERIFY_NOTHING);
	CHECK_STR(s.j.regions[0].reason, "there is none at 0x100000000");
	scene_release(&s);

	scene_make(&s);
	s.found.n_regions = 0;
	scene_judge(&s, "version = 1\n");
	CHECK_INT(s.j.status, VERIFY_EQUAL);
	scene_release(&s);
}

/* "half" of 50 % and "tail" of the rest, in a region of 256 MiB, with these raw sizes. */
static void shares(uint64_t half, uint64_t tail, const char *of_half, const char *of_tail)
{
	struct scene s;

	scene_make(&s);
	s.regions[0].n_namespaces = 0;
	scene_add(&s, 0, LITERAL("half"))->raw = half;
	scene_add(&s, 0, LITERAL("tail"))->raw = tail;
	scene_judge(&s, HEAD "[[region.namespace]]\nname = \"half\"\nsize = \"50%\"\n"
			     "[[region.namespace]]\nname = \"tail\"\nsize = \"rest\"\n");
	CHECK_STR(s.j.regions[0].namespaces[0].reason, of_half);
	CHECK_STR(s.j.regions[0].namespaces[1].reason, of_tail);
	scene_release(&s);
}

static void shares_are_of_the_declared_size(void)
{
	shares(128 * MIB, 128 * MIB, NULL, NULL);
	shares(126 * MIB, 96 * MIB, NULL, NULL);
	shares(96 * MIB, 96 * MIB, "raw size is 96MiB, not about 128MiB", NULL);
	shares(128 * MIB, 160 * MIB, NULL, "raw size is 160MiB, and the others leave 128MiB");
}

/* Whatever ramdax takes for satisfying a size, so does its judge; and nothing smaller. */
static void sizes_that_ramdax_adopts_are_equal(void)
{
	static const struct shape shapes[] = {
		{.mode = MODE_FSDAX, .align = 2 * MIB, .map = MAP_DEV},
		{.mode = MODE_FSDAX, .align = 4 * KIB, .map = MAP_MEM},
		{.mode = MODE_DEVDAX, .align = GIB, .map = MAP_MEM},
		{.mode = MODE_SECTOR, .sector_size = 512},
		{.mode = MODE_RAW},
	};
	static const uint64_t sizes[] = {4 * KIB,       MIB,          14 * MIB,  16 * MIB - 4 * KIB,
					 16 * MIB,      33 * MIB,     256 * MIB, GIB,
					 GIB + 4 * KIB, 3 * GIB - MIB};
	struct layout_region declared = {.size.kind = SIZE_SUM};
	struct found_region region = {.usable = 64 * GIB};
	unsigned satisfied = 0;

	for (size_t i = 0; i < ARRAY_SIZE(shapes) * ARRAY_SIZE(sizes); i++) {
		const struct shape *shape = &shapes[i / ARRAY_SIZE(sizes)];
		struct layout_namespace ns = {.name = LITERAL("n"), .mode = shape->mode};
		struct found_namespace found = {
			.name = LITERAL("n"),
			.device = LITERAL("pmem0"),
			.has_mode = true,
			.enabled = true,
			.mode = shape->mode,
			.align = shape->align,
			.map = shape->map,
			.sector_size = shape->sector_size,
		};

		ns.size.bytes = sizes[i % ARRAY_SIZE(sizes)];
		for (uint64_t more = 0; more < 2 * GIB; more = more ? more * 2 : 512) {
			struct text differences = {0};

			found.capacity = found.raw = ns.size.bytes + more;
			compare_found(&ns, &found, &declared, &region, 0, &differences);
			if (capacity_satisfies(shape, ns.size.bytes, found.capacity)) {
				CHECK_STR(text_str(&differences), "");
				satisfied++;
			}
			text_release(&differences);
		}
		found.capacity = ns.size.bytes - 1;
		{
			struct text differences = {0};

			compare_found(&ns, &found, &declared, &region, 0, &differences);
			CHECK(differences.len);
			text_release(&differences);
		}
	}
	CHECK(satisfied > 200);
}

static void nagios_line(struct scene *s, const char *layout, enum nagios_status status,
			const char *begin)
{
	struct text out = {0};

	scene_judge(s, layout);
	CHECK_INT(show_nagios(&s->j, NULL, &out), status);
	if (!CHECK(!strncmp(text_str(&out), begin, strlen(begin))))
		printf("# %s", text_str(&out));
	CHECK(strchr(text_str(&out), '\n') == text_str(&out) + out.len - 1);
	CHECK(strchr(text_str(&out), '|') == strrchr(text_str(&out), '|'));
	text_release(&out);
	scene_release(s);
}

static void nagios_warns_unless_something_is_required(void)
{
	struct scene s;

	scene_make(&s);
	nagios_line(&s, ONE, NAGIOS_OK, "RAMDAX OK - 1 of 1 namespaces as declared | declared=1 ");
	scene_make(&s);
	s.namespaces[0][0].map = MAP_MEM;
	nagios_line(&s, ONE, NAGIOS_WARNING,
		    "RAMDAX WARNING - 0 of 1 namespaces as declared, \"files\": map is mem, ");
	scene_make(&s);
	s.namespaces[0][0].mode = MODE_RAW;
	nagios_line(&s,
		    HEAD "[[region.namespace]]\nname = \"files\"\nsize = \"32MiB\"\n"
			 "required = true\n",
		    NAGIOS_CRITICAL, "RAMDAX CRITICAL - 0 of 1 ");
	scene_make(&s);
	scene_add(&s, 0, LITERAL(".ramdax-a|\nb"));
	nagios_line(&s, ONE, NAGIOS_WARNING,
		    "RAMDAX WARNING - 1 of 1 namespaces as declared, \".ramdax-a/");
	scene_make(&s);
	nagios_line(&s, ONE "[[region.namespace]]\nname = \"n\"\nsize = \"16MiB\"\ncount = 5\n",
		    NAGIOS_WARNING,
		    "RAMDAX WARNING - 1 of 6 namespaces as declared, \"n-0\": absent; "
		    "\"n-1\": absent; \"n-2\": absent; and 2 more | ");
}

#define REPORT                                                                              \
	"{\"version\":1,\"status\":5,\"boot_id\":\"id\",\"regions\":[{\"namespaces\":["     \
	"{\"state\":\"created\"},{\"state\":\"adopted\"},{\"state\":\"adopted\"},{\"a\":1}" \
	"]}],\"took\":{\"total\":1234}}\n"

static void reports_of_this_boot_are_read(void)
{
	struct last_run last = {0};

	if (!CHECK(last_run_parse(REPORT, strlen(REPORT), "id", &last)))
		return;
	CHECK_INT(last.status, 5);
	CHECK_INT(last.n_created, 1);
	CHECK_INT(last.n_adopted, 2);
	CHECK(last.has_duration);
	CHECK_INT(last.milliseconds, 1234);
	CHECK(!last_run_parse(REPORT, strlen(REPORT), "other", &last));
	CHECK(last_run_parse("{\"version\":1,\"took\":null}", 25, NULL, &last));
	CHECK(!last.has_duration);
	CHECK(!last_run_parse("{\"version\":2,\"took\":null}", 25, NULL, &last));
}

/* Cut off anywhere, with any byte changed, or nested without end: nothing, or something small. */
static void no_bytes_of_a_report_do_harm(void)
{
	char bytes[sizeof(REPORT)];
	struct text deep = {0};
	struct last_run last = {0};

	for (size_t n = 0; n < strlen(REPORT) - 2; n++)
		CHECK(!last_run_parse(REPORT, n, "id", &last));
	CHECK(!last.known);
	for (size_t i = 0; i < strlen(REPORT); i++) {
		memcpy(bytes, REPORT, sizeof(REPORT));
		for (const char *c = "0-\"]}[{e\xff"; *c; c++) {
			bytes[i] = *c;
			if (last_run_parse(bytes, strlen(REPORT), "id", &last))
				CHECK(last.n_created + last.n_adopted <= 3);
		}
	}
	text_add(&deep, "{\"version\":1,\"x\":");
	text_add_repeated(&deep, "[", 100000);
	last.known = false;
	CHECK(!last_run_parse(text_str(&deep), deep.len, NULL, &last));
	CHECK(!last.known);
	text_release(&deep);
}

UNIT_TESTS(UNIT(what_is_as_declared_is_equal), UNIT(whatever_is_declared_and_differs_is_said),
	   UNIT(what_is_not_declared_may_be_anything),
	   UNIT(regions_are_matched_by_address_then_by_names),
	   UNIT(namespaces_elsewhere_twins_and_scaffolds), UNIT(what_is_not_there),
	   UNIT(shares_are_of_the_declared_size), UNIT(sizes_that_ramdax_adopts_are_equal),
	   UNIT(nagios_warns_unless_something_is_required), UNIT(reports_of_this_boot_are_read),
	   UNIT(no_bytes_of_a_report_do_harm))
