// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever bytes the firmware, the boot loader, other kernels or a captured machine may hold:
 * nothing may be read beyond them, and no range may come out that wraps.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc -o fuzz-machine \
 *		tests/fuzz/fuzz-machine.c SOURCES -lblkid -luuid -ljson-c
 *
 * where SOURCES are all of src but main.c. The first byte of the input chooses the parser.
 * tests/unit/test-fuzz.c runs the same on every check.
 */
#include <string.h>

#include "cmdline.h"
#include "devtree.h"
#include "firmware.h"
#include "inuse-parts.h"
#include "mem.h"
#include "srat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool held)
{
	if (!held)
		abort();
}

static void check_ranges(const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect(range_end(ranges[i]) >= ranges[i].start);
}

static void try_zero_page(const uint8_t *data, size_t size)
{
	struct range *ram = NULL, initrd = {0};
	size_t n = 0;

	zero_page_parse(data, size, &ram, &n, &initrd);
	e820_parse(data, size, &ram, &n);
	check_ranges(ram, n);
	check_ranges(&initrd, 1);
	n = ranges_join(ram, n);
	for (size_t i = 1; i < n; i++)
		expect(ram[i].start > range_end(ram[i - 1]));
	free(ram);
}

static void try_iomem(const char *text)
{
	_cleanup_(iomem_release) struct iomem iomem;

	iomem_parse(text, &iomem);
	check_ranges(iomem.system_ram, iomem.n_system_ram);
	check_ranges(iomem.pmem, iomem.n_pmem);
	check_ranges(iomem.reserved, iomem.n_reserved);
	for (size_t i = 0; i < iomem.n_claims; i++)
		expect(!strncmp(iomem.claims[i].name, "namespace", strlen("namespace")));
}

static void try_srat(const uint8_t *data, size_t size)
{
	struct srat srat;

	expect(srat_parse(data, size, &srat) == 0 || (!srat.memory && !srat.domains));
	for (size_t i = 0; i < srat.n_memory; i++)
		check_ranges(&srat.memory[i].range, 1);
	srat_release(&srat);
}

static void try_reg(const uint8_t *data, size_t size)
{
	struct range *ranges = NULL;
	size_t n = 0;

	if (size)
		devtree_reg_parse(data + 1, size - 1, data[0] & 3, data[0] >> 2 & 3, &ranges, &n);
	check_ranges(ranges, n);
	free(ranges);
}

static void try_process_lines(char *text)
{
	_cleanup_(freep) char *copy = mem_strdup(text);
	struct mountinfo mount;
	struct mapping mapping;

	if (mountinfo_parse(text, &mount))
		expect(strlen(mount.mount_point) + strlen(mount.source) + strlen(mount.options) <=
		       strlen(copy));
	if (mapping_parse(copy, &mapping))
		expect(mapping.path != NULL);
}

static void try_cmdline(const char *text)
{
	_cleanup_(freep) char *value = cmdline_value(text, "root");
	struct memmap_part *parts;
	size_t n = cmdline_memmap(text, &parts);

	for (size_t i = 0; i < n; i++)
		check_ranges(&parts[i].range, 1);
	memmap_free(parts, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;
	char *text;

	if (!size)
		return 0;
	/* Of exactly that size, so that the sanitizer sees the first byte too many. */
	bytes = mem_calloc(1, size - 1);
	memcpy(bytes, data + 1, size - 1);
	text = mem_strndup((const char *)bytes, size - 1);
	switch (data[0] % 6) {
	case 0:
		try_zero_page(bytes, size - 1);
		break;
	case 1:
		try_iomem(text);
		break;
	case 2:
		try_srat(bytes, size - 1);
		break;
	case 3:
		try_reg(bytes, size - 1);
		break;
	case 4:
		try_process_lines(text);
		break;
	default:
		try_cmdline(text);
		break;
	}
	free(text);
	free(bytes);
	return 0;
}
