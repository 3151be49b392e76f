// SPDX-License-Identifier: GPL-2.0-or-later
/* Where gen-cmdline puts carveouts, rule by rule. Numbers are worked out by hand. */
#include "carveout.h"
#include "memmap-match.h"
#include "memmap-tools.h"

#define FSDAX_1G  "size = \"1GiB\"" /* raw: 1 GiB + 16 MiB of map + 8 KiB, rounded: 1042 MiB */
#define DEVDAX_8G "mode = \"devdax\"\nsize = \"8GiB\"" /* aligned to 1 GiB, map = "mem" */

static void sizes_are_printed_exactly(void)
{
	const struct range ranges[] = {{4 * GIB, 2 * GIB},
				       {UINT64_C(0x1ff000000), 514 * MIB},
				       {TIB, 64 * KIB},
				       {5 * TIB, TIB}};
	_cleanup_(text_release) struct text line = {0}, nothing = {0};

	memmap_print(ranges, 4, &line);
	CHECK_STR(text_str(&line), "memmap=2G!0x100000000,514M!0x1ff000000,64K!0x10000000000,"
				   "1024G!0x50000000000");
	memmap_print(ranges, 0, &nothing);
	CHECK_STR(text_str(&nothing), "");
}

static void the_lowest_place_above_4_gib(void)
{
	struct machine *m = machine_usual(12 * GIB);

	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x100000000");

	/* An entry that starts off the grid: 16 MiB, because nothing is lost by it. */
	m = machine_new("");
	machine_ram(m, MIB, 3 * GIB);
	machine_ram(m, 4 * GIB + 5 * MIB, 16 * GIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x101000000");

	/* Where 16 MiB alignment would not fit: 2 MiB. */
	m = machine_new("");
	machine_ram(m, MIB, 3 * GIB);
	machine_ram(m, 4 * GIB + 5 * MIB, 4 * GIB + (6 + 1044 + 1) * MIB);
	machine_ram(m, 6 * GIB, 8 * GIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x100600000");
}

static void a_gib_stays_above(void)
{
	/* 4 GiB to 6.5 GiB: 1.5 GiB may be used, and the second region must go below. */
	struct machine *m = machine_usual(5 * GIB / 2);

	CHECK_LINE(layout_one("", "size = \"1500MiB\""), m, false, "memmap=1526M!0x100000000");
	m = machine_usual(5 * GIB / 2);
	/* In the middle of 1 MiB to 3 GiB: 1 MiB + (3071 - 1552) / 2 = 760.5, down to 752 MiB. */
	CHECK_LINE(layout_one("", "size = \"1524MiB\""), m, false, "memmap=1552M!0x2f000000");
}

static void below_4_gib_in_the_middle(void)
{
	struct machine *m = machine_new("");

	machine_ram(m, MIB, 2 * GIB);
	/* 2047 MiB; (2047 - 258) / 2 + 1 = 895.5, down to 880 MiB. */
	CHECK_LINE(layout_one("size = \"256MiB\"", "size = \"50%\""), m, false,
		   "memmap=258M!0x37000000");
}

static void huge_alignment_starts_below_a_boundary(void)
{
	/* map = "mem": 16 MiB below; 8 GiB + 16 MiB + the label area. */
	CHECK_LINE(layout_one("", DEVDAX_8G), machine_usual(28 * GIB), false,
		   "memmap=8210M!0x13f000000");
	/* map = "dev": 64 bytes a page of 8 GiB are 128 MiB, and info block and map of the lead
	 * need a bit more: 144 MiB below. */
	CHECK_LINE(layout_one("", DEVDAX_8G "\nmap = \"dev\""), machine_usual(28 * GIB), false,
		   "memmap=8338M!0x137000000");
}

static void nodes_are_kept_apart(void)
{
	struct machine *m = machine_usual(12 * GIB);

	machine_node(m, 0, 8 * GIB, 0, false);
	machine_node(m, 8 * GIB, 16 * GIB, 1, false);
	CHECK_LINE(layout_one("node = 1", FSDAX_1G), m, false, "memmap=1044M!0x200000000");

	/* 3.5 GiB do not fit node 0 above 4 GiB with what must stay, and must not cross. */
	m = machine_usual(12 * GIB);
	machine_node(m, 0, 7 * GIB, 0, false);
	machine_node(m, 7 * GIB, 16 * GIB, 1, false);
	CHECK_LINE(layout_one("size = \"3500MiB\"", "size = \"1GiB\""), m, false,
		   "memmap=3502M!0x1c0000000");

	m = machine_usual(12 * GIB);
	machine_node(m, 0, 16 * GIB, 0, false);
	CHECK_LINE(layout_one("node = 1", FSDAX_1G), m, false, "no place for region \"r\"");
}

static void no_node_is_emptied(void)
{
	struct machine *m = machine_usual(12 * GIB);

	/* Node 1 has 1 GiB: of it 256 MiB stay, so 770 MiB are too much and 768 are not. */
	machine_node(m, 0, 5 * GIB, 0, false);
	machine_node(m, 5 * GIB, 6 * GIB, 1, false);
	machine_node(m, 6 * GIB, 16 * GIB, 0, false);
	CHECK_LINE(layout_one("node = 1\nsize = \"766MiB\"", "size = \"1%\"\nmode = \"raw\""), m,
		   false, "memmap=768M!0x140000000");
	m = machine_usual(12 * GIB);
	machine_node(m, 0, 5 * GIB, 0, false);
	machine_node(m, 5 * GIB, 6 * GIB, 1, false);
	machine_node(m, 6 * GIB, 16 * GIB, 0, false);
	CHECK_LINE(layout_one("node = 1\nsize = \"768MiB\"", "size = \"1%\"\nmode = \"raw\""), m,
		   false, "no place for region \"r\"");
}

static void a_part_of_large_nodes_stays(void)
{
	/* Node 1 has 64 GiB, of which 1 GiB stays. */
	for (int more = 0; more < 2; more++) {
		struct machine *m = machine_usual(124 * GIB);

		machine_node(m, 0, 4 * GIB, 0, false);
		machine_node(m, 4 * GIB, 68 * GIB, 1, false);
		machine_node(m, 68 * GIB, 128 * GIB, 0, false);
		CHECK_LINE(layout_one(more ? "node = 1\nsize = \"64512MiB\""
					   : "node = 1\nsize = \"62GiB\"",
				      "size = \"1%\"\nmode = \"raw\""),
			   m, false,
			   more ? "no place for region \"r\"" : "memmap=63490M!0x100000000");
	}
}

#define TWO_REGIONS(first, second) \
	"version = 1\n[[region]]\nname = \"a\"\n" first "[[region]]\nname = \"b\"\n" second

static void regions_of_nodes_come_first_if_need_be(void)
{
	struct machine *m = machine_usual(12 * GIB);

	/* In the order of the file "a" would take what only "b" can have above 4 GiB. */
	machine_node(m, 0, 7 * GIB, 0, false);
	machine_node(m, 7 * GIB, 16 * GIB, 1, false);
	CHECK_LINE(layout_of(TWO_REGIONS("size = \"2GiB\"\n", "size = \"2560MiB\"\nnode = 0\n")), m,
		   false, "memmap=2562M!0x100000000,2050M!0x1c0000000");
	/* Where both find room, that is the order. */
	CHECK_LINE(layout_of(TWO_REGIONS("size = \"2GiB\"\n", "size = \"4GiB\"\n")),
		   machine_usual(28 * GIB), false, "memmap=2050M!0x100000000,4098M!0x181000000");
}

static void memory_that_may_vanish_is_no_place(void)
{
	struct machine *m = machine_usual(12 * GIB);

	machine_node(m, 0, 8 * GIB, 0, false);
	machine_node(m, 8 * GIB, 16 * GIB, 0, true);
	CHECK_LINE(layout_one("size = \"4500MiB\"", "size = \"1GiB\""), m, false,
		   "no place for region \"r\": it needs 4500MiB for its namespaces, the largest "
		   "free range is 4 GiB");
	m = machine_usual(12 * GIB);
	machine_node(m, 0, 5 * GIB, 0, true);
	machine_node(m, 5 * GIB, 16 * GIB, 0, false);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x140000000");
	m = machine_usual(12 * GIB);
	machine_node(m, 0, 16 * GIB, 0, true);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false,
		   "no memory of this machine can be given away: the SRAT calls all memory "
		   "hot-pluggable");
}

static struct layout *layout_system(const char *top, const char *region, const char *namespace)
{
	_cleanup_(text_release) struct text t = {0};

	text_addf(&t,
		  "version = 1\n%s\n[[region]]\nname = \"r\"\n%s\n[[region.namespace]]\n"
		  "name = \"n\"\n%s\n",
		  top, region, namespace);
	return layout_of(text_str(&t));
}

static void the_system_keeps_memory(void)
{
	/* 3 + 29 GiB less a few KiB: a quarter is just below 8 GiB, and so much stays. */
	CHECK_LINE(layout_one("size = \"24572MiB\"", "size = \"1GiB\""), machine_usual(29 * GIB),
		   false, "memmap=24574M!0x100000000");
	CHECK_LINE(layout_one("size = \"24574MiB\"", "size = \"1GiB\""), machine_usual(29 * GIB),
		   false,
		   "the regions take 24 GiB, page maps in ordinary memory 0 B, and 8.0 GiB "
		   "must stay the system's (system_memory, by default): 288 KiB more");
	/* Declared: less is enough, or more. */
	CHECK_LINE(layout_system("system_memory = \"4GiB\"", "size = \"25GiB\"", "size = \"1GiB\""),
		   machine_usual(29 * GIB), false, "memmap=25602M!0x100000000");
	CHECK_LINE(
		layout_system("system_memory = \"8GiB\"", "size = \"24576MiB\"", "size = \"1GiB\""),
		machine_usual(29 * GIB), false, "the regions take");
	/* At most 32 GiB by default, at least 2 GiB, half of less than 4 GiB. */
	CHECK_LINE(layout_one("size = \"190GiB\"", "size = \"1GiB\""), machine_usual(221 * GIB),
		   false, "memmap=194562M!0x100000000");
	CHECK_LINE(layout_one("size = \"4GiB\"", "size = \"1GiB\""), machine_usual(3 * GIB), false,
		   "the regions take");
	CHECK_LINE(layout_one("size = \"1600MiB\"", "size = \"1GiB\""), machine_usual(0), false,
		   "the regions take");
}

static void page_maps_in_memory_count(void)
{
	const char *region = "size = \"23GiB\"";

	/* Of 32 GiB a quarter must stay, and 23 GiB leave one over: fsdax takes 368 MiB of it,
	 * devdax of 2 MiB a quarter of that. */
	struct machine *m = machine_usual(29 * GIB);
	struct layout *layout = layout_one(region, "size = \"100%\"\nmap = \"mem\"");
	struct memmap_choice *choice = choose(layout, m);

	if (CHECK_INT(choice->n_ranges, 1))
		CHECK_INT(choice->ranges[0].maps, 368 * MIB);
	memmap_choice_free(choice);
	layout_free(layout);
	layout = layout_one(region, "size = \"100%\"\nmode = \"devdax\"\nmap = \"mem\"");
	choice = choose(layout, m);
	if (CHECK_INT(choice->n_ranges, 1))
		CHECK_INT(choice->ranges[0].maps, 92 * MIB);
	memmap_choice_free(choice);
	layout_free(layout);
	machine_free(m);
	/* 23.7 GiB and the map of that: too much; with map = "dev" it is not. */
	CHECK_LINE(layout_one("size = \"24250MiB\"", "size = \"100%\"\nmap = \"mem\""),
		   machine_usual(29 * GIB), false, "the regions take");
	CHECK_LINE(layout_one("size = \"24250MiB\"", "size = \"100%\""), machine_usual(29 * GIB),
		   false, "memmap=24252M!0x100000000");
}

static void running_ranges_stay(void)
{
	struct machine *m = machine_usual(12 * GIB);

	/* Not where it would be put now. */
	machine_carveout(m, 6 * GIB, 1044 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x180000000");
	/* Larger than needed: with a warning. */
	m = machine_usual(12 * GIB);
	machine_carveout(m, 6 * GIB, 2 * GIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=2G!0x180000000");
	/* Too small; outside RAM; in memory that may vanish: not. */
	m = machine_usual(12 * GIB);
	machine_carveout(m, 6 * GIB, 512 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x100000000");
	m = machine_usual(12 * GIB);
	machine_carveout(m, 64 * GIB, 1044 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x100000000");
	m = machine_usual(12 * GIB);
	machine_node(m, 0, 6 * GIB, 0, false);
	machine_node(m, 6 * GIB, 16 * GIB, 0, true);
	machine_carveout(m, 6 * GIB, 1044 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x100000000");
	/* --fresh: the lowest again. */
	m = machine_usual(12 * GIB);
	machine_carveout(m, 6 * GIB, 1044 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, true, "memmap=1044M!0x100000000");
}

static void running_ranges_must_hold_the_namespaces(void)
{
	/* 1040 MiB are enough for 1 GiB aligned to itself, but not where it starts on the boundary.
	 */
	struct machine *m = machine_usual(12 * GIB);

	machine_carveout(m, 6 * GIB, 1042 * MIB);
	CHECK_LINE(layout_one("size = \"1040MiB\"", "mode = \"devdax\"\nsize = \"1GiB\""), m, false,
		   "memmap=1042M!0x13f000000");
	m = machine_usual(12 * GIB);
	machine_carveout(m, 6 * GIB - 16 * MIB, 1042 * MIB);
	CHECK_LINE(layout_one("size = \"1040MiB\"", "mode = \"devdax\"\nsize = \"1GiB\""), m, false,
		   "memmap=1042M!0x17f000000");
}

/* The carveouts that memmap_match() gives to "a" and "b", on their own. */
static void match_two(const char *text, struct machine *m, size_t of_a, size_t of_b)
{
	struct layout *layout = layout_of(text);
	size_t of_region[2] = {NO_CARVEOUT, NO_CARVEOUT};

	memmap_match(layout, m, of_region);
	CHECK_INT(of_region[0], of_a);
	CHECK_INT(of_region[1], of_b);
	layout_free(layout);
	machine_free(m);
}

static struct machine *machine_running(uint64_t first, uint64_t second, uint64_t third)
{
	struct machine *m = machine_usual(29 * GIB);

	machine_carveout(m, 6 * GIB, first);
	machine_carveout(m, 16 * GIB, second);
	if (third)
		machine_carveout(m, 28 * GIB, third);
	return m;
}

static void shares_and_surplus_are_matched(void)
{
	/* Of 32 GiB less a little: 10% are 3276 MiB, 20% are 6552 MiB. */
	match_two(TWO_REGIONS("size = \"10%\"\n", "size = \"20%\"\n"),
		  machine_running(6554 * MIB, 3278 * MIB, GIB), 1, 0);
	/* Larger ones: the smaller that is large enough, and only if each gets one and none is
	 * left. */
	match_two(TWO_REGIONS("size = \"1GiB\"\n", "size = \"2GiB\"\n"),
		  machine_running(4 * GIB, 3 * GIB, 0), 0, 1);
	match_two(TWO_REGIONS("size = \"1GiB\"\n", "size = \"2GiB\"\n"),
		  machine_running(4 * GIB, 3 * GIB, GIB), NO_CARVEOUT, NO_CARVEOUT);
	match_two(TWO_REGIONS("size = \"1GiB\"\n", "size = \"5GiB\"\n"),
		  machine_running(4 * GIB, 3 * GIB, 0), NO_CARVEOUT, NO_CARVEOUT);
}

static void surplus_is_said(void)
{
	struct layout *layout = layout_one("", FSDAX_1G);
	struct machine *m = machine_usual(12 * GIB);
	struct memmap_choice *choice;

	machine_carveout(m, 6 * GIB, 2 * GIB);
	choice = choose(layout, m);
	if (CHECK_INT(choice->n_warnings, 1)) {
		CHECK_STR(choice->warnings[0].text,
			  "region \"r\" keeps its running range at 0x180000000, 1005 MiB more "
			  "than it needs: --fresh would choose anew and give up what is in it");
		CHECK_INT(choice->warnings[0].line, 2);
	}
	memmap_choice_free(choice);
	machine_free(m);
	layout_free(layout);
}

static void stale_labels_are_avoided(void)
{
	struct machine *m = machine_usual(12 * GIB);

	/* 4 GiB + 1044 MiB is where the best place ends, and where a running range ends. */
	machine_carveout(m, 4 * GIB + 532 * MIB, 512 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, true, "memmap=1044M!0x101000000");
	/* At a declared address only the size can give way. */
	m = machine_usual(12 * GIB);
	machine_carveout(m, 4 * GIB + 532 * MIB, 512 * MIB);
	CHECK_LINE(layout_one("address = \"0x100000000\"", FSDAX_1G), m, true,
		   "memmap=1046M!0x100000000");
}

static void carveouts_of_nobody_are_spared(void)
{
	struct machine *m = machine_usual(12 * GIB);

	machine_carveout(m, 4 * GIB, 512 * MIB);
	machine_carveout(m, 5 * GIB, 512 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x160000000");
	/* As long as there is other room above 4 GiB. */
	m = machine_usual(3 * GIB);
	machine_carveout(m, 5 * GIB, 512 * MIB);
	machine_carveout(m, 6 * GIB, 512 * MIB);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "memmap=1044M!0x100000000");
}

static void declared_addresses_are_checked(void)
{
	CHECK_LINE(layout_one("address = \"0x180000000\"", FSDAX_1G), machine_usual(12 * GIB),
		   false, "memmap=1044M!0x180000000");
	CHECK_LINE(
		layout_one("address = \"0x180001000\"", FSDAX_1G), machine_usual(12 * GIB), false,
		"region \"r\" cannot have 1046MiB at 0x180001000: its address is not a multiple");
	CHECK_LINE(layout_one("address = \"0xc0000000\"", FSDAX_1G), machine_usual(12 * GIB), false,
		   "region \"r\" cannot have 1044MiB at 0xc0000000: it is not wholly inside");
	/* Half of it beyond the end. */
	CHECK_LINE(layout_one("address = \"0x3e0000000\"", FSDAX_1G), machine_usual(12 * GIB),
		   false, "region \"r\" cannot have 1044MiB at 0x3e0000000: it is not wholly");
	/* What runs there but is too small, or runs elsewhere, has to give way. */
	struct machine *m = machine_usual(12 * GIB);

	machine_carveout(m, 8 * GIB, 1044 * MIB);
	CHECK_LINE(layout_one("address = \"0x180000000\"", FSDAX_1G), m, false,
		   "memmap=1044M!0x180000000");
	m = machine_usual(12 * GIB);
	machine_carveout(m, 6 * GIB, 2 * GIB);
	CHECK_LINE(layout_one("address = \"0x180000000\"\nsize = \"4GiB\"", "size = \"1GiB\""), m,
		   false, "memmap=4098M!0x180000000");
}

#define FOREIGN                                                                              \
	"version = 1\n[[region]]\nname = \"f\"\nforeign = true\naddress = \"0x200000000\"\n" \
	"[[region]]\nname = \"r\"\n[[region.namespace]]\nname = \"n\"\n" FSDAX_1G

static void foreign_ranges_stay_in_the_line(void)
{
	struct machine *m = machine_usual(28 * GIB);

	machine_carveout(m, 8 * GIB, 3 * GIB + 4 * KIB);
	CHECK_LINE(layout_of(FOREIGN), m, false, "memmap=1044M!0x100000000,3145732K!0x200000000");
	m = machine_usual(28 * GIB);
	machine_carveout(m, 8 * GIB, 3 * GIB);
	CHECK_LINE(layout_of(FOREIGN), m, true, "memmap=1044M!0x100000000,3G!0x200000000");
	CHECK_LINE(layout_of(FOREIGN), machine_usual(28 * GIB), false,
		   "foreign region \"f\" has no running carveout at 0x200000000");
}

static void shares_of_ram(void)
{
	struct machine *m = machine_usual(29 * GIB);

	/* 32 GiB less 1 MiB - 639 KiB, half of that rounded down: 16382 MiB. */
	CHECK_LINE(layout_one("size = \"50%\"", "size = \"25%\""), m, false,
		   "memmap=16G!0x100000000");
	/* Of the node's. */
	m = machine_usual(29 * GIB);
	machine_node(m, 0, 16 * GIB, 0, false);
	machine_node(m, 16 * GIB, 33 * GIB, 1, false);
	CHECK_LINE(layout_one("node = 1\nsize = \"50%\"", "size = \"25%\""), m, false,
		   "memmap=8706M!0x400000000");
	CHECK_LINE(layout_one("size = \"80%\"", "size = \"25%\""), machine_usual(29 * GIB), false,
		   "the regions take");
}

static struct machine *machine_with(const char *cmdline)
{
	struct machine *m = machine_usual(12 * GIB);

	free(m->cmdline);
	m->cmdline = mem_strdup(cmdline);
	return m;
}

static void other_parts_of_the_command_line(void)
{
	/* What the administrator took is no place, whatever it was taken for. */
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("memmap=1G$4G"), false,
		   "memmap=1044M!0x140000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("memmap=1M#4G,1M@0x110000000"), false,
		   "memmap=1044M!0x111000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("memmap=64M%4G-1+2"), false,
		   "memmap=1044M!0x104000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("crashkernel=512M@4G"), false,
		   "memmap=1044M!0x120000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("crashkernel=1G-64G:512M@4G"), false,
		   "memmap=1044M!0x120000000");
	/* Behind a limit the system uses nothing: room for carveouts, before all other. */
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("memmap=8G"), false,
		   "memmap=1044M!0x200000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("mem=9G quiet"), false,
		   "memmap=1044M!0x240000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("mem=nopentium"), false,
		   "memmap=1044M!0x100000000");
	/* It leaves 7 GiB to the system, of which 2 stay: 4 of 10 GiB from 4 GiB on are its. */
	CHECK_LINE(layout_one("size = \"10GiB\"", FSDAX_1G), machine_with("mem=8G"), false,
		   "memmap=10242M!0x100000000");
	CHECK_LINE(layout_system("system_memory = \"4GiB\"", "size = \"10GiB\"", FSDAX_1G),
		   machine_with("mem=8G"), false, "the regions take 4 GiB, page maps");
	/* A node that the system does not use at all cannot be emptied. */
	struct machine *m = machine_with("mem=8G");

	machine_node(m, 0, 8 * GIB, 0, false);
	machine_node(m, 8 * GIB, 16 * GIB, 1, false);
	CHECK_LINE(layout_one("node = 1\nsize = \"6GiB\"", FSDAX_1G), m, false,
		   "memmap=6146M!0x200000000");
	/* In another map nothing is known. */
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("memmap=exactmap memmap=8G@0"), false,
		   "no memory of this machine can be given away: the running kernel was told");
}

static void they_are_named(void)
{
	struct layout *layout = layout_one("", FSDAX_1G);
	struct machine *m = machine_with("memmap=1G$6G,1044M!4G memmap=12G");
	struct memmap_choice *choice;

	machine_carveout(m, 4 * GIB, 1044 * MIB);
	choice = choose(layout, m);
	if (CHECK_INT(choice->n_others, 2)) {
		CHECK_STR(choice->others[0], "1G$6G");
		CHECK_STR(choice->others[1], "12G");
	}
	CHECK_INT(choice->n_warnings, 2);
	memmap_choice_free(choice);
	machine_free(m);
	layout_free(layout);
}

static void guests_whose_memory_is_not_their_own(void)
{
	struct machine *m = machine_usual(12 * GIB);

	m->guest = mem_strdup("TDX");
	CHECK_LINE(layout_one("", FSDAX_1G), m, false, "this is a TDX guest");
}

/* A machine of these maps, each a single entry of size 0 for none. */
static struct machine *machine_of(struct range firmware, struct range e820)
{
	struct machine *m = machine_new("");

	m->has_firmware_map = m->has_e820 = true;
	if (firmware.size)
		*MEM_APPEND(m->firmware_ram, m->n_firmware_ram) = firmware;
	if (e820.size)
		*MEM_APPEND(m->e820_ram, m->n_e820_ram) = e820;
	return m;
}

static void maps_that_prove_nothing(void)
{
	const struct range none = {0}, good = {4 * GIB, 16 * GIB};
	const struct range endless = {4 * GIB, UINT64_MAX - 4 * GIB};
	struct machine *m = machine_new("");

#define REFUSED "no memory of this machine can be given away: "
	CHECK_LINE(layout_one("", FSDAX_1G), m, false,
		   REFUSED "the firmware's memory map cannot be read");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_of(none, none), false,
		   REFUSED "the memory maps");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_of(good, none), false,
		   REFUSED "the memory maps");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_of(none, good), false,
		   REFUSED "the memory maps");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_of(endless, endless), false,
		   REFUSED "the memory map shows RAM at 0xfffffffffffffffe");
	/* What only one of them has does not count. */
	CHECK_LINE(layout_one("", FSDAX_1G), machine_of(good, (struct range){8 * GIB, 16 * GIB}),
		   false, "memmap=1044M!0x200000000");
}

static void nodes_that_contradict(void)
{
	struct machine *m = machine_usual(12 * GIB);

	machine_node(m, 0, 9 * GIB, 0, false);
	machine_node(m, 8 * GIB, 16 * GIB, 1, false);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false,
		   REFUSED "the SRAT gives memory at 0x200000000 to node 0 and to node 1");
	m = machine_usual(12 * GIB);
	machine_node(m, 0, 15 * GIB, 0, false);
	CHECK_LINE(layout_one("", FSDAX_1G), m, false,
		   REFUSED "the SRAT, or what there is instead, leaves out 1 GiB");
}

static void sizes_no_machine_has(void)
{
	struct layout *layout = layout_one("size = \"4GiB\"", FSDAX_1G);

	layout->regions[0].size.bytes = UINT64_C(1) << 52;
	CHECK_LINE(layout, machine_usual(12 * GIB), false, "the regions take");
	layout = layout_one("size = \"4GiB\"", FSDAX_1G);
	layout->regions[0].size.bytes = UINT64_MAX - 4 * GIB;
	CHECK_LINE(layout, machine_usual(12 * GIB), false,
		   "region \"r\" has a size of nothing, or one that no memory has");
	layout = layout_one("size = \"0.0001%\"", "size = \"50%\"");
	CHECK_LINE(layout, machine_usual(0), false,
		   "region \"r\" has a size of nothing, or one that no memory has");
}

static void no_regions_need_no_line(void)
{
	struct layout *layout = layout_of("version = 1\n");
	struct machine *m = machine_new("");
	struct memmap_choice *choice = choose(layout, m);

	CHECK_INT(choice->n_ranges, 0);
	CHECK_STR(choice->refusal, NULL);
	memmap_choice_free(choice);
	machine_free(m);
	layout_free(layout);
}

UNIT_TESTS(UNIT(sizes_are_printed_exactly), UNIT(the_lowest_place_above_4_gib),
	   UNIT(a_gib_stays_above), UNIT(below_4_gib_in_the_middle),
	   UNIT(huge_alignment_starts_below_a_boundary), UNIT(nodes_are_kept_apart),
	   UNIT(no_node_is_emptied), UNIT(a_part_of_large_nodes_stays),
	   UNIT(regions_of_nodes_come_first_if_need_be), UNIT(memory_that_may_vanish_is_no_place),
	   UNIT(the_system_keeps_memory), UNIT(page_maps_in_memory_count),
	   UNIT(running_ranges_stay), UNIT(running_ranges_must_hold_the_namespaces),
	   UNIT(shares_and_surplus_are_matched), UNIT(surplus_is_said),
	   UNIT(stale_labels_are_avoided), UNIT(carveouts_of_nobody_are_spared),
	   UNIT(declared_addresses_are_checked), UNIT(foreign_ranges_stay_in_the_line),
	   UNIT(shares_of_ram), UNIT(other_parts_of_the_command_line), UNIT(they_are_named),
	   UNIT(guests_whose_memory_is_not_their_own), UNIT(maps_that_prove_nothing),
	   UNIT(nodes_that_contradict), UNIT(sizes_no_machine_has), UNIT(no_regions_need_no_line))
