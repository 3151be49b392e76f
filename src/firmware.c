// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware.h"

#include <ctype.h>
#include <endian.h>
#include <string.h>

#include "mem.h"

/* Files of at most a few hundred lines, and one for each namespace; more is no such file. */
#define IOMEM_MAX      (4 * MIB)
#define SETUP_DATA_MAX (4 * MIB)

/* Offsets in struct boot_params. The high halves came with 64-bit loaders. */
#define EXT_RAMDISK_IMAGE 0x0c0
#define EXT_RAMDISK_SIZE  0x0c4
#define E820_ENTRIES      0x1e8
#define RAMDISK_IMAGE     0x218
#define RAMDISK_SIZE      0x21c
#define E820_TABLE        0x2d0

#define E820_ENTRY_SIZE     20 /* struct boot_e820_entry: u64 addr, u64 size, u32 type, packed */
#define E820_ENTRIES_MAX    128
#define E820_TYPE_RAM       1
#define SETUP_DATA_E820_EXT 1 /* SETUP_E820_EXT: the entries that did not fit the zero page */

static void add_range(struct range **ranges, size_t *n, uint64_t start, uint64_t size)
{
	uint64_t end;

	if (size && checked_add(start, size, &end))
		*MEM_APPEND(*ranges, *n) = (struct range){.start = start, .size = size};
}

/* From the first to the last byte, as the kernel's files have it. */
static void add_inclusive(struct range **ranges, size_t *n, uint64_t first, uint64_t last)
{
	if (last >= first && last - first < UINT64_MAX)
		add_range(ranges, n, first, last - first + 1);
}

static uint64_t le32_at(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint64_t le64_at(const uint8_t *p)
{
	return le32_at(p) | le32_at(p + 4) << 32;
}

void e820_parse(const void *entries, size_t size, struct range **ram, size_t *n_ram)
{
	const uint8_t *p = entries;

	for (; size >= E820_ENTRY_SIZE; p += E820_ENTRY_SIZE, size -= E820_ENTRY_SIZE) {
		if (le32_at(p + 16) == E820_TYPE_RAM)
			add_range(ram, n_ram, le64_at(p), le64_at(p + 8));
	}
}

bool zero_page_parse(const void *page, size_t size, struct range **ram, size_t *n_ram,
		     struct range *initrd)
{
	const uint8_t *p = page;
	struct range loaded;
	uint64_t end;

	if (size < ZERO_PAGE_SIZE || p[E820_ENTRIES] > E820_ENTRIES_MAX)
		return false;
	e820_parse(p + E820_TABLE, (size_t)p[E820_ENTRIES] * E820_ENTRY_SIZE, ram, n_ram);
	loaded.start = le32_at(p + RAMDISK_IMAGE) | le32_at(p + EXT_RAMDISK_IMAGE) << 32;
	loaded.size = le32_at(p + RAMDISK_SIZE) | le32_at(p + EXT_RAMDISK_SIZE) << 32;
	if (!loaded.start || !checked_add(loaded.start, loaded.size, &end))
		loaded = (struct range){0};
	*initrd = loaded;
	return true;
}

static void boot_params_observe(const struct sysfs *fs, struct machine *m)
{
	_cleanup_(text_release) struct text page = {0};
	char **names = NULL;
	size_t n = 0;

	if (sysfs_read_all(fs, &page, ZERO_PAGE_SIZE, "sys/kernel/boot_params/data") < 0)
		return;
	m->has_e820 = zero_page_parse(text_str(&page), page.len, &m->e820_ram, &m->n_e820_ram,
				      &m->initrd);
	if (!m->has_e820 || sysfs_list(fs, &names, &n, "sys/kernel/boot_params/setup_data") < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(text_release) struct text data = {0};
		uint64_t type;

		if (sysfs_read_number(fs, &type, "sys/kernel/boot_params/setup_data/%s/type",
				      names[i]) == 0 &&
		    type == SETUP_DATA_E820_EXT &&
		    sysfs_read_all(fs, &data, SETUP_DATA_MAX,
				   "sys/kernel/boot_params/setup_data/%s/data", names[i]) == 0)
			e820_parse(text_str(&data), data.len, &m->e820_ram, &m->n_e820_ram);
	}
	sysfs_free_names(names, n);
}

static void memmap_observe(const struct sysfs *fs, struct machine *m)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, "sys/firmware/memmap") < 0)
		return;
	m->has_firmware_map = n > 0;
	for (size_t i = 0; i < n; i++) {
		const char *entry = names[i];
		_cleanup_(freep) char *type = NULL;
		uint64_t first, last;

		if (sysfs_read(fs, &type, "sys/firmware/memmap/%s/type", entry) == 0 &&
		    !strcmp(type, "System RAM") &&
		    sysfs_read_number(fs, &first, "sys/firmware/memmap/%s/start", entry) == 0 &&
		    sysfs_read_number(fs, &last, "sys/firmware/memmap/%s/end", entry) == 0)
			add_inclusive(&m->firmware_ram, &m->n_firmware_ram, first, last);
	}
	sysfs_free_names(names, n);
}

/* One line, "00100000-bfffffff : System RAM"; deeper entries are indented, by *@depth spaces. */
static bool iomem_line(const char *line, size_t *depth, uint64_t *first, uint64_t *last,
		       const char **name)
{
	char *end;

	*depth = strspn(line, " ");
	line += *depth;
	if (*line == '-' || *line == '+' || isspace((unsigned char)*line))
		return false;
	errno = 0;
	*first = strtoull(line, &end, 16);
	if (end == line || *end != '-')
		return false;
	line = end + 1;
	*last = strtoull(line, &end, 16);
	if (end == line || errno || strncmp(end, " : ", 3) != 0)
		return false;
	*name = end + 3;
	return true;
}

/* Whether the name of an entry is @word, or @word and something in parentheses. */
static bool iomem_is(const char *name, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && !strncmp(name, word, n) && (len == n || name[n] == ' ');
}

static void add_claim(struct iomem *iomem, uint64_t start, const char *name, size_t len)
{
	static const char prefix[] = "namespace";

	if (len > strlen(prefix) && !strncmp(name, prefix, strlen(prefix)))
		*MEM_APPEND(iomem->claims, iomem->n_claims) =
			(struct iomem_claim){mem_strndup(name, len), start};
}

static void add_resource(struct iomem *iomem, uint64_t first, uint64_t last, const char *name,
			 size_t n)
{
	if (iomem_is(name, n, "System RAM"))
		add_inclusive(&iomem->system_ram, &iomem->n_system_ram, first, last);
	else if (iomem_is(name, n, "Persistent Memory (legacy)"))
		add_inclusive(&iomem->pmem, &iomem->n_pmem, first, last);
	else if (iomem_is(name, n, "reserved") || iomem_is(name, n, "Reserved"))
		add_inclusive(&iomem->reserved, &iomem->n_reserved, first, last);
}

void iomem_parse(const char *text, struct iomem *iomem)
{
	*iomem = (struct iomem){0};
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), depth;
		uint64_t first, last;
		const char *name;

		if (iomem_line(line, &depth, &first, &last, &name) && name <= line + len) {
			size_t n = (size_t)(line + len - name);

			iomem->known |= last != 0;
			if (depth)
				add_claim(iomem, first, name, n);
			else
				add_resource(iomem, first, last, name, n);
		}
		line += len + (line[len] == '\n');
	}
	if (!iomem->known)
		iomem_release(iomem);
}

void iomem_release(struct iomem *iomem)
{
	free(iomem->system_ram);
	free(iomem->pmem);
	free(iomem->reserved);
	for (size_t i = 0; i < iomem->n_claims; i++)
		free(iomem->claims[i].name);
	free(iomem->claims);
	*iomem = (struct iomem){0};
}

void iomem_observe(const struct sysfs *fs, struct iomem *iomem)
{
	_cleanup_(text_release) struct text text = {0};

	*iomem = (struct iomem){0};
	if (sysfs_read_all(fs, &text, IOMEM_MAX, "proc/iomem") == 0)
		iomem_parse(text_str(&text), iomem);
}

void firmware_observe(const struct sysfs *fs, struct iomem *iomem, struct machine *m)
{
	memmap_observe(fs, m);
	boot_params_observe(fs, m);
	m->has_iomem = iomem->known;
	m->system_ram = TAKE_PTR(iomem->system_ram);
	m->n_system_ram = ranges_join(m->system_ram, iomem->n_system_ram);
	m->n_firmware_ram = ranges_join(m->firmware_ram, m->n_firmware_ram);
	m->n_e820_ram = ranges_join(m->e820_ram, m->n_e820_ram);
}
