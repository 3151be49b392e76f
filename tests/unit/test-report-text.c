// SPDX-License-Identifier: GPL-2.0-or-later
/* What people are told of scenes made by hand. */
#include "report-scene.h"

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

UNIT_TESTS(UNIT(a_plan_for_an_unbound_carveout_is_conditional),
	   UNIT(a_plan_shows_conflicts_and_others), UNIT(a_plan_shows_what_alignment_costs),
	   UNIT(nothing_to_do_is_one_sentence), UNIT(a_refused_region_is_a_closed_box),
	   UNIT(colour_changes_no_character), UNIT(status_says_what_is_there),
	   UNIT(status_of_a_machine_without_anything))
