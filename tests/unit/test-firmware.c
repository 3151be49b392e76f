// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory maps: what the firmware, the boot loader and the kernel say, and what each may get wrong.
 */
#include "firmware.h"

#include <endian.h>

#include "unit.h"

#include "numa.h"
#include "srat.h"
#include "tree.h"

static void put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static void put64(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

static void put_e820(uint8_t *p, uint64_t start, uint64_t size, uint32_t type)
{
	put64(p, start);
	put64(p + 8, size);
	put32(p + 16, type);
}

static void iomem_shows_what_is_in_use(void)
{
	static const char text[] = "00000000-00000fff : Reserved\n"
				   "00001000-0009fbff : System RAM\n"
				   "  00002000-00002fff : System RAM\n"
				   "00100000-3fffffff : System RAM\n"
				   "  01000000-01ffffff : Kernel code\n"
				   "100000000-10fffffff : Persistent Memory (legacy)\n"
				   "  100000000-103ffffff : namespace0.0\n"
				   "110000000-11fffffff : Persistent Memory (legacy)\n"
				   "120000000-12fffffff : Persistent Memory\n"
				   "130000000-13fffffff : System RAM (kmem)\n"
				   "nonsense\n"
				   "140000000-13fffffff : System RAM\n"
				   "140000000-14fffffff : System RAMBO";
	_cleanup_(iomem_release) struct iomem iomem;

	iomem_parse(text, &iomem);
	CHECK(iomem.known);
	if (CHECK_INT(iomem.n_system_ram, 3)) {
		CHECK_INT(iomem.system_ram[0].start, 0x1000);
		CHECK_INT(iomem.system_ram[0].size, 0x9ec00);
		CHECK_INT(iomem.system_ram[1].start, 0x100000);
		CHECK_INT(iomem.system_ram[2].start, 0x130000000);
	}
	if (CHECK_INT(iomem.n_pmem, 2)) {
		CHECK_INT(iomem.pmem[0].start, 0x100000000);
		CHECK_INT(iomem.pmem[0].size, 256 * MIB);
		CHECK_INT(iomem.pmem[1].start, 0x110000000);
	}
	CHECK_INT(iomem.n_reserved, 1);
	if (CHECK_INT(iomem.n_claims, 1)) {
		CHECK_STR(iomem.claims[0].name, "namespace0.0");
		CHECK_INT(iomem.claims[0].start, 0x100000000);
	}
}

static void iomem_without_addresses_is_unknown(void)
{
	_cleanup_(iomem_release) struct iomem iomem;

	iomem_parse("00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n", &iomem);
	CHECK(!iomem.known);
	CHECK_INT(iomem.n_system_ram, 0);
}

static void the_zero_page_has_the_loaders_map(void)
{
	uint8_t page[ZERO_PAGE_SIZE] = {0};
	_cleanup_(freep) struct range *ram = NULL;
	struct range initrd;
	size_t n = 0;

	page[0x1e8] = 4;
	put_e820(page + 0x2d0, 0, 0x9fc00, 1);
	put_e820(page + 0x2d0 + 20, 0xf0000, 0x10000, 2);
	put_e820(page + 0x2d0 + 40, 0x100000000, 6 * GIB, 1);
	put_e820(page + 0x2d0 + 60, UINT64_MAX - 5, 100, 1);
	put_e820(page + 0x2d0 + 80, 0x500000000, GIB, 1); /* behind the count */
	put32(page + 0x218, 0x40000000);
	put32(page + 0x0c0, 0x1);
	put32(page + 0x21c, 0x2000000);
	if (!CHECK(zero_page_parse(page, sizeof(page), &ram, &n, &initrd)))
		return;
	if (CHECK_INT(n, 2)) {
		CHECK_INT(ram[0].size, 0x9fc00);
		CHECK_INT(ram[1].start, 0x100000000);
		CHECK_INT(ram[1].size, 6 * GIB);
	}
	CHECK_INT(initrd.start, 0x140000000);
	CHECK_INT(initrd.size, 0x2000000);
}

static void a_broken_zero_page_is_none(void)
{
	uint8_t page[ZERO_PAGE_SIZE] = {0};
	struct range *ram = NULL, initrd = {1, 2};
	size_t n = 0;

	page[0x1e8] = 129;
	CHECK(!zero_page_parse(page, sizeof(page), &ram, &n, &initrd));
	page[0x1e8] = 1;
	put_e820(page + 0x2d0, 0, GIB, 1);
	CHECK(!zero_page_parse(page, sizeof(page) - 1, &ram, &n, &initrd));
	CHECK_INT(n, 0);
	CHECK_INT(initrd.size, 2);
}

static void maps_are_joined_and_kept_apart(void)
{
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(iomem_release) struct iomem iomem = {0};
	uint8_t page[ZERO_PAGE_SIZE] = {0}, more[50];
	struct machine *m = MEM_NEW(struct machine);

	tree_make(&t);
	tree_file(&t, "sys/firmware/memmap/0/start", "0x100000\n");
	tree_file(&t, "sys/firmware/memmap/0/end", "0x3fffffff\n");
	tree_file(&t, "sys/firmware/memmap/0/type", "System RAM\n");
	tree_file(&t, "sys/firmware/memmap/1/start", "0x40000000\n");
	tree_file(&t, "sys/firmware/memmap/1/end", "0x7fffffff\n");
	tree_file(&t, "sys/firmware/memmap/1/type", "System RAM\n");
	tree_file(&t, "sys/firmware/memmap/2/start", "0x80000000\n");
	tree_file(&t, "sys/firmware/memmap/2/end", "0x8fffffff\n");
	tree_file(&t, "sys/firmware/memmap/2/type", "Reserved\n");
	page[0x1e8] = 1;
	put_e820(page + 0x2d0, 0x100000, GIB, 1);
	tree_bytes(&t, "sys/kernel/boot_params/data", page, sizeof(page));
	put_e820(more, 4 * GIB, GIB, 1);
	put_e820(more + 20, 5 * GIB, GIB, 1);
	tree_bytes(&t, "sys/kernel/boot_params/setup_data/0/data", more, sizeof(more));
	tree_file(&t, "sys/kernel/boot_params/setup_data/0/type", "0x1\n");
	tree_bytes(&t, "sys/kernel/boot_params/setup_data/1/data", more, sizeof(more));
	tree_file(&t, "sys/kernel/boot_params/setup_data/1/type", "0x2\n");
	iomem_observe(&t.fs, &iomem);
	firmware_observe(&t.fs, &iomem, m);
	CHECK(m->has_firmware_map && m->has_e820 && !m->has_iomem);
	if (CHECK_INT(m->n_firmware_ram, 1))
		CHECK_INT(range_end(m->firmware_ram[0]), 0x80000000);
	if (CHECK_INT(m->n_e820_ram, 2)) {
		CHECK_INT(m->e820_ram[0].size, GIB);
		CHECK_INT(m->e820_ram[1].start, 4 * GIB);
		CHECK_INT(m->e820_ram[1].size, 2 * GIB);
	}
	CHECK_INT(m->initrd.size, 0);
	machine_free(m);
}

/* A table with memory of domain 7 and 1, in this order, and processors of 1 and 7. */
static size_t srat_make(uint8_t *p)
{
	size_t at = 48;

	memset(p, 0, 512);
	memcpy(p, "SRAT", 4);
	p[8] = 3;
	p[at] = 1, p[at + 1] = 40;
	put32(p + at + 2, 7);
	put64(p + at + 8, 4 * GIB);
	put64(p + at + 16, 2 * GIB);
	put32(p + at + 28, 3);
	at += 40;
	p[at] = 1, p[at + 1] = 40;
	put32(p + at + 2, 1);
	put64(p + at + 16, 2 * GIB);
	put32(p + at + 28, 1);
	at += 40;
	p[at] = 1, p[at + 1] = 40; /* not enabled */
	put32(p + at + 2, 9);
	put64(p + at + 16, 2 * GIB);
	at += 40;
	p[at] = 0, p[at + 1] = 16, p[at + 2] = 1;
	put32(p + at + 4, 1);
	at += 16;
	p[at] = 2, p[at + 1] = 24;
	put32(p + at + 4, 7);
	put32(p + at + 12, 1);
	at += 24;
	put32(p + 4, (uint32_t)at);
	return at;
}

static void srat_has_memory_and_domains(void)
{
	_cleanup_(srat_release) struct srat srat;
	uint8_t table[512];
	size_t n = srat_make(table);

	if (!CHECK_INT(srat_parse(table, n, &srat), 0))
		return;
	if (CHECK_INT(srat.n_memory, 2)) {
		CHECK_INT(srat.memory[0].domain, 7);
		CHECK(srat.memory[0].hotplug && !srat.memory[1].hotplug);
		CHECK_INT(srat.memory[0].range.start, 4 * GIB);
	}
	if (CHECK_INT(srat.n_domains, 2)) {
		CHECK_INT(srat.domains[0], 1);
		CHECK_INT(srat.domains[1], 7);
	}
}

static void a_broken_srat_is_none(void)
{
	struct srat srat;
	uint8_t table[512];
	size_t n = srat_make(table);

	CHECK_INT(srat_parse(table, n - 1, &srat), -EBADMSG);
	CHECK_INT(srat_parse(table, 47, &srat), -EBADMSG);
	table[49] = 0; /* an entry that never ends */
	CHECK_INT(srat_parse(table, n, &srat), -EBADMSG);
	table[49] = 39;
	CHECK_INT(srat_parse(table, n, &srat), -EBADMSG);
	CHECK_INT(srat.n_memory, 0);
	n = srat_make(table);
	table[n - 23] = 25; /* the last entry sticks out */
	CHECK_INT(srat_parse(table, n, &srat), -EBADMSG);
	table[0] = 'X';
	CHECK_INT(srat_parse(table, n, &srat), -EBADMSG);
}

static void nodes_are_the_kernels(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct machine *m = MEM_NEW(struct machine);
	uint8_t table[512];
	size_t n = srat_make(table);

	tree_make(&t);
	tree_bytes(&t, "sys/firmware/acpi/tables/SRAT", table, n);
	numa_observe(&t.fs, m);
	if (CHECK_INT(m->n_node_ranges, 2)) { /* by the order of the table */
		CHECK_INT(m->node_ranges[0].range.start, 0);
		CHECK_INT(m->node_ranges[0].node, 0);
		CHECK_INT(m->node_ranges[1].node, 1);
		CHECK(m->node_ranges[1].hotplug);
	}
	free(m->node_ranges);
	*m = (struct machine){0};
	tree_file(&t, "sys/devices/system/memory/block_size_bytes", "8000000\n");
	tree_link(&t, "sys/devices/system/node/node2/memory33", "../../memory/memory33");
	tree_file(&t, "sys/devices/system/node/node0/numastat", "");
	numa_observe(&t.fs, m);
	if (CHECK_INT(m->n_node_ranges, 2)) { /* block 33 lies at 4 GiB and 128 MiB */
		CHECK_INT(m->node_ranges[0].node, 0);
		CHECK_INT(m->node_ranges[1].node, 2);
	}
	machine_free(m);
}

static void a_single_node_has_all_memory(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct machine *m = MEM_NEW(struct machine);

	tree_make(&t);
	numa_observe(&t.fs, m);
	CHECK_INT(machine_node_of(m, (struct range){GIB, GIB}), -1);
	tree_directory(&t, "sys/devices/system/node/node0");
	numa_observe(&t.fs, m);
	CHECK_INT(machine_node_of(m, (struct range){GIB, GIB}), 0);
	free(TAKE_PTR(m->node_ranges));
	m->n_node_ranges = 0;
	tree_directory(&t, "sys/devices/system/node/node1");
	numa_observe(&t.fs, m);
	CHECK_INT(machine_node_of(m, (struct range){GIB, GIB}), -1);
	machine_free(m);
}

UNIT_TESTS(UNIT(iomem_shows_what_is_in_use), UNIT(iomem_without_addresses_is_unknown),
	   UNIT(the_zero_page_has_the_loaders_map), UNIT(a_broken_zero_page_is_none),
	   UNIT(maps_are_joined_and_kept_apart), UNIT(srat_has_memory_and_domains),
	   UNIT(a_broken_srat_is_none), UNIT(nodes_are_the_kernels),
	   UNIT(a_single_node_has_all_memory))
