// SPDX-License-Identifier: GPL-2.0-or-later
/* What gen-cmdline keeps of what runs, and of what is declared with its address. Numbers are worked
 * out by hand. */
#include "carveout.h"
#include "memmap-match.h"
#include "memmap-tools.h"

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

UNIT_TESTS(UNIT(running_ranges_stay), UNIT(running_ranges_must_hold_the_namespaces),
	   UNIT(shares_and_surplus_are_matched), UNIT(surplus_is_said),
	   UNIT(stale_labels_are_avoided), UNIT(carveouts_of_nobody_are_spared),
	   UNIT(declared_addresses_are_checked), UNIT(foreign_ranges_stay_in_the_line))
