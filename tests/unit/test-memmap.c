// SPDX-License-Identifier: GPL-2.0-or-later
/* Where gen-cmdline puts carveouts, rule by rule. Numbers are worked out by hand. */
#include "memmap-tools.h"

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
	   UNIT(the_system_keeps_memory), UNIT(page_maps_in_memory_count), UNIT(shares_of_ram),
	   UNIT(sizes_no_machine_has), UNIT(no_regions_need_no_line))
