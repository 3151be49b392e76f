// SPDX-License-Identifier: GPL-2.0-or-later
/* What machines tell gen-cmdline of themselves, and when it does not believe them. */
#include "memmap-tools.h"

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
	CHECK_LINE(layout_one("", FSDAX_1G),
		   machine_with("crashkernel=512M@4G crashkernel=72M,low"), false,
		   "memmap=1044M!0x120000000");
	CHECK_LINE(layout_one("", FSDAX_1G), machine_with("crashkernel=1G-64G:512M,64G-:1M@4G"),
		   false, "memmap=1044M!0x120000000");
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

UNIT_TESTS(UNIT(other_parts_of_the_command_line), UNIT(they_are_named),
	   UNIT(guests_whose_memory_is_not_their_own), UNIT(maps_that_prove_nothing),
	   UNIT(nodes_that_contradict))
