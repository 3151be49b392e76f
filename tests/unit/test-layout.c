// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The corpus tests/layouts: what is valid reads, prints and reads back as the same; what is not
 * gets exactly the faults in the .err beside it. And what reading a layout fills in.
 */
#include <glob.h>

#include "layout-tools.h"

static void each_file(const char *pattern, void (*check)(const char *path))
{
	glob_t found;

	if (!CHECK(glob(pattern, 0, NULL, &found) == 0))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		unsigned failed = unit_failed;

		check(found.gl_pathv[i]);
		if (unit_failed > failed)
			printf("# in %s\n", found.gl_pathv[i]);
	}
	globfree(&found);
}

static void check_valid(const char *path)
{
	_cleanup_(freep) char *text = file_text(path);

	check_round_trip(text);
}

static void valid_layouts_round_trip(void)
{
	each_file("tests/layouts/valid/*.toml", check_valid);
}

static void check_invalid(const char *path)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(freep) char *said = NULL, *expected = NULL;
	_cleanup_(freep) char *err = mem_printf("%.*s.err", (int)(strlen(path) - 5), path);
	_cleanup_(layout_files_release) struct layout_files files = {0};

	CHECK_INT(layout_files_open(&files, path), 0);
	CHECK(!layout_read(&files, &faults));
	said = faults_text(&faults, "layout.toml");
	expected = file_text(err);
	CHECK_STR(said, expected);
}

static void invalid_layouts_are_told_why(void)
{
	each_file("tests/layouts/invalid/*.toml", check_invalid);
}

/* Whatever is cut off a layout or changed in it, reading ends, and says why if there is none. */
static void check_damaged(const char *path)
{
	_cleanup_(freep) char *text = file_text(path);
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		char kept = text[i];

		for (unsigned k = 0; k < 2; k++) {
			_cleanup_(fault_list_release) struct fault_list faults = {0};
			struct layout *layout;

			text[i] = "\0]"[k];
			layout = layout_read_text(text, k ? n : i, path, &faults);
			unit_check(!layout == (faults.n > 0), path, (int)i, "neither or both");
			layout_free(layout);
		}
		text[i] = kept;
	}
}

static void damaged_layouts_are_harmless(void)
{
	each_file("tests/layouts/valid/[cdfis]*.toml", check_damaged);
}

static void files_that_are_not_there(void)
{
	static const struct {
		const char *path;
		int error;
	} files[] = {
		{"tests/layouts/absent.toml", -ENOENT},
		{"tests/layouts", -EISDIR},
		{"/dev/zero", -EFBIG},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_(layout_files_release) struct layout_files found = {0};

		CHECK_INT(layout_files_open(&found, files[i].path), files[i].error);
		if (CHECK_INT(found.n, 1))
			CHECK_STR(found.items[0].path, files[i].path);
	}
}

#define HEAD     "version = 1\n[[region]]\nname = \"r\"\n"
#define IMAGES   "[[region.namespace]]\nname = \"images\"\n"
#define FIRST(l) (&(l)->regions[0].namespaces[0])

static void what_is_not_declared(void)
{
	struct layout *l = layout_of(HEAD IMAGES "size = \"1GiB\"\n");
	char uuid[UUID_STR_LEN];

	if (!l)
		return;
	uuid_unparse_lower(l->seed, uuid);
	CHECK_STR(uuid, "6b1f0e3a-7c52-4d0e-9f47-2d5a0c8e41b7");
	CHECK(!l->seed_declared && !l->has_system_memory);
	CHECK_INT(l->boot_timeout, 60);
	CHECK_STR(layout_path(l), "layout.toml");
	CHECK_INT(l->regions[0].size.kind, SIZE_SUM);
	CHECK_INT(l->regions[0].node, -1);
	CHECK_INT(l->regions[0].line, 2);
	CHECK_INT(FIRST(l)->line, 4);
	CHECK_INT(FIRST(l)->mode, MODE_FSDAX);
	CHECK_INT(FIRST(l)->align, 2 * MIB);
	CHECK_INT(FIRST(l)->map, MAP_DEV);
	CHECK_INT(FIRST(l)->sector_size, 0);
	CHECK_INT(FIRST(l)->access, 0600);
	CHECK_INT(FIRST(l)->on_conflict, CONFLICT_KEEP);
	CHECK_INT(FIRST(l)->survives, SURVIVES_RESET);
	CHECK(FIRST(l)->scrub && !FIRST(l)->required && !FIRST(l)->uuid_declared);
	CHECK_INT(FIRST(l)->fs.type, FS_NONE);
	uuid_unparse_lower(FIRST(l)->uuid, uuid);
	CHECK_STR(uuid, "2f62bc6e-b3ce-5422-ae6e-0bda41420139");
	layout_free(l);
}

static void shape_follows_mode_and_size(void)
{
	static const struct {
		const char *keys;
		uint64_t align;
		enum ns_map map;
		uint32_t sector_size;
	} cases[] = {
		{"mode = \"devdax\"\nsize = \"4GiB\"\n", GIB, MAP_MEM, 0},
		{"mode = \"devdax\"\nsize = \"4097MiB\"\n", 2 * MIB, MAP_MEM, 0},
		{"mode = \"devdax\"\nraw_size = \"4GiB\"\n", 2 * MIB, MAP_MEM, 0},
		{"mode = \"fsdax\"\nsize = \"4GiB\"\n", 2 * MIB, MAP_DEV, 0},
		{"mode = \"fsdax\"\nsize = \"4GiB\"\nalign = 4096\n", 4 * KIB, MAP_DEV, 0},
		{"mode = \"sector\"\nsize = \"4GiB\"\n", 0, MAP_NONE, 4096},
		{"mode = \"raw\"\nsize = \"4GiB\"\n", 0, MAP_NONE, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(freep) char *text = mem_printf(HEAD IMAGES "%s", cases[i].keys);
		struct layout *l = layout_of(text);

		if (!l)
			continue;
		CHECK_INT(FIRST(l)->align, cases[i].align);
		CHECK_INT(FIRST(l)->map, cases[i].map);
		CHECK_INT(FIRST(l)->sector_size, cases[i].sector_size);
		layout_free(l);
	}
}

static void region_sizes_round_up(void)
{
	struct layout *l = layout_of(HEAD "size = \"16385KiB\"\n");

	if (l)
		CHECK_INT(l->regions[0].size.bytes, 18 * MIB);
	layout_free(l);
}

static void count_makes_names_labels_and_mount_points(void)
{
	_cleanup_(freep) char *text = file_text("tests/layouts/valid/count.toml");
	struct layout *l = layout_of(text);

	if (!l)
		return;
	CHECK_INT(l->regions[0].n_namespaces, 14);
	CHECK_STR(l->regions[0].namespaces[11].name, "runner-11");
	CHECK_STR(l->regions[0].namespaces[11].fs.mount_point, "/srv/runner-11");
	CHECK_STR(l->regions[0].namespaces[0].fs.label, "thirteen-byte-0");
	CHECK_STR(l->regions[0].namespaces[12].name, "one-0");
	layout_free(l);
}

static void defaults_apply_where_they_can(void)
{
	_cleanup_(freep) char *text = file_text("tests/layouts/valid/defaults.toml");
	struct layout *l = layout_of(text);
	const struct layout_namespace *ns;

	if (!l)
		return;
	ns = l->regions[0].namespaces;
	CHECK_INT(ns[0].mode, MODE_SECTOR);
	CHECK_INT(ns[0].align, 0);
	CHECK_INT(ns[0].sector_size, 512);
	CHECK_INT(ns[0].fs.type, FS_XFS);
	CHECK_INT(ns[0].fs.n_options, 2);
	CHECK_INT(ns[0].fs.n_mount_options, 1);
	CHECK_STR(ns[0].owner, "cache");
	CHECK(ns[0].required && !ns[0].scrub);
	CHECK(ns[1].scrub && !ns[1].required);
	CHECK_INT(ns[1].fs.n_options, 0);
	CHECK_STR(ns[1].fs.mount_options[0], "dax=never");
	CHECK_INT(ns[2].align, 4 * KIB);
	CHECK_INT(ns[2].fs.n_mount_options, 2);
	CHECK_STR(ns[2].fs.label, "merged");
	CHECK_INT(ns[3].fs.type, FS_NONE);
	CHECK_INT(ns[4].fs.type, FS_NONE);
	layout_free(l);
}

static void a_derived_uuid_is_not_a_declared_one(void)
{
	_cleanup_(freep) char *text = file_text("tests/layouts/valid/derived-uuids.toml");
	struct layout *l = layout_of(text);

	if (l)
		CHECK(!l->seed_declared && !FIRST(l)->uuid_declared && !FIRST(l)->fs.uuid_declared);
	layout_free(l);
}

static void required_goes_up_and_not_down(void)
{
	_cleanup_(freep) char *text = file_text("tests/layouts/valid/required-namespace.toml");
	struct layout *l = layout_of(text);

	if (!l)
		return;
	CHECK(l->regions[0].required && l->regions[1].required);
	CHECK(l->regions[0].namespaces[0].required && !l->regions[0].namespaces[1].required);
	CHECK(!l->regions[1].namespaces[0].required);
	layout_free(l);
}

static void unscrubbed_file_systems_print_no_derived_uuid(void)
{
	_cleanup_(freep) char *text = file_text("tests/layouts/valid/not-scrubbed.toml");
	struct layout *l = layout_of(text);
	_cleanup_(freep) char *printed = l ? layout_text(l) : NULL;

	if (!printed)
		return;
	CHECK(!strstr(printed, "aeaa7d06-fa4f-5d63-a5cd-5d3094daf764"));
	CHECK(strstr(printed, "aeaa7d06-fa4f-5d63-a5cd-5d3094daf765"));
	layout_free(l);
}

static void shares_are_exact(void)
{
	CHECK_INT(layout_share(GIB, 25), 256 * MIB);
	CHECK_INT(layout_share(1000, 33.3), 333);
	CHECK_INT(layout_share(10000000, 0.0001), 10);
	CHECK_INT(layout_share(UINT64_C(1) << 52, 100), UINT64_C(1) << 52);
	CHECK_INT(layout_share(999, 0.1), 0);
}

UNIT_TESTS(UNIT(valid_layouts_round_trip), UNIT(invalid_layouts_are_told_why),
	   UNIT(damaged_layouts_are_harmless), UNIT(files_that_are_not_there),
	   UNIT(what_is_not_declared), UNIT(shape_follows_mode_and_size),
	   UNIT(region_sizes_round_up), UNIT(count_makes_names_labels_and_mount_points),
	   UNIT(defaults_apply_where_they_can), UNIT(a_derived_uuid_is_not_a_declared_one),
	   UNIT(required_goes_up_and_not_down), UNIT(unscrubbed_file_systems_print_no_derived_uuid),
	   UNIT(shares_are_exact))
