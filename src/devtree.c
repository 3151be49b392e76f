// SPDX-License-Identifier: GPL-2.0-or-later
#include "devtree.h"

#include <endian.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"

#define PROPERTY_MAX (64 * KIB)
#define BUSES_MAX    8 /* between a node and the root */
#define ROOT_NODE    "sys/firmware/devicetree/base"

/* A value of @n cells at *@p, which is moved behind it. */
static uint64_t cells_at(const uint8_t **p, unsigned n)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < n; i++, *p += 4) {
		uint32_t cell;

		memcpy(&cell, *p, sizeof(cell));
		value = value << 32 | be32toh(cell);
	}
	return value;
}

bool devtree_reg_parse(const void *reg, size_t size, unsigned n_address, unsigned n_size,
		       struct range **ranges, size_t *n)
{
	size_t each = 4 * (size_t)(n_address + n_size);
	const uint8_t *p = reg, *end = p + size;

	if (n_address - 1 > 1 || n_size - 1 > 1 || !size || size % each)
		return false;
	while (p < end) {
		struct range r;
		uint64_t sum;

		r.start = cells_at(&p, n_address);
		r.size = cells_at(&p, n_size);
		if (checked_add(r.start, r.size, &sum))
			*MEM_APPEND(*ranges, *n) = r;
	}
	return true;
}

bool devtree_is_carveout(const struct sysfs *fs, const char *name)
{
	static const char wanted[] = "pmem-region";
	_cleanup_(text_release) struct text list = {0};

	if (sysfs_read_all(fs, &list, PROPERTY_MAX,
			   "sys/bus/platform/devices/%s/of_node/compatible", name) < 0)
		return false;
	for (size_t at = 0; at < list.len; at += strlen(list.s + at) + 1) {
		if (!strcmp(list.s + at, wanted))
			return true;
	}
	return false;
}

/* The number of cells in @property of the node @path; 0 (never a count here) if it has none. */
static unsigned cell_count(const struct sysfs *fs, const char *path, const char *property)
{
	_cleanup_(text_release) struct text value = {0};
	const uint8_t *p;
	uint64_t n;

	if (sysfs_read_all(fs, &value, 4, "%s/%s", path, property) < 0 || value.len != 4)
		return 0;
	p = (const uint8_t *)value.s;
	n = cells_at(&p, 1);
	return n > 2 ? 0 : (unsigned)n;
}

static bool is_root_node(const struct sysfs *fs, const char *path)
{
	_cleanup_(closep) int root = sysfs_open_file(fs, O_PATH, ROOT_NODE);
	_cleanup_(closep) int node = sysfs_open_file(fs, O_PATH, "%s", path);
	struct stat a, b;

	return root >= 0 && node >= 0 && fstat(root, &a) == 0 && fstat(node, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * Moves @r from the addresses of the children of @bus to those of the parent of @bus, which has
 * @n_parent cells of address. No property means that there is no way across, an empty one that
 * addresses are the same.
 */
static bool cross_bus(const struct sysfs *fs, const char *bus, unsigned n_address, unsigned n_size,
		      unsigned n_parent, struct range *r)
{
	_cleanup_(text_release) struct text map = {0};
	size_t each = 4 * (size_t)(n_address + n_parent + n_size);
	const uint8_t *p, *end;

	if (sysfs_read_all(fs, &map, PROPERTY_MAX, "%s/ranges", bus) < 0 || map.len % each)
		return false;
	if (!map.len)
		return true;
	p = (const uint8_t *)map.s;
	for (end = p + map.len; p < end;) {
		uint64_t child = cells_at(&p, n_address);
		uint64_t parent = cells_at(&p, n_parent);
		uint64_t size = cells_at(&p, n_size);

		if (r->start >= child && r->start - child < size &&
		    r->size <= size - (r->start - child) &&
		    checked_add(parent, r->start - child, &r->start) &&
		    checked_add(r->start, r->size, &size))
			return true;
	}
	return false;
}

bool devtree_ranges(const struct sysfs *fs, const char *name, struct range **ranges, size_t *n)
{
	_cleanup_(freep) char *bus = mem_printf("sys/bus/platform/devices/%s/of_node/..", name);
	_cleanup_(freep) struct range *found = NULL;
	_cleanup_(text_release) struct text reg = {0};
	unsigned n_address = cell_count(fs, bus, "#address-cells");
	unsigned n_size = cell_count(fs, bus, "#size-cells");
	size_t n_found = 0;

	if (sysfs_read_all(fs, &reg, PROPERTY_MAX, "sys/bus/platform/devices/%s/of_node/reg",
			   name) < 0 ||
	    !devtree_reg_parse(text_str(&reg), reg.len, n_address, n_size, &found, &n_found))
		return false;
	for (int i = 0; !is_root_node(fs, bus); i++) {
		_cleanup_(freep) char *child_bus = TAKE_PTR(bus);
		unsigned n_parent;

		bus = mem_printf("%s/..", child_bus);
		n_parent = cell_count(fs, bus, "#address-cells");
		if (!n_parent || !n_size || i == BUSES_MAX)
			return false;
		for (size_t j = 0; j < n_found; j++) {
			if (!cross_bus(fs, child_bus, n_address, n_size, n_parent, &found[j]))
				return false;
		}
		n_address = n_parent;
		n_size = cell_count(fs, bus, "#size-cells");
	}
	for (size_t i = 0; i < n_found; i++)
		*MEM_APPEND(*ranges, *n) = found[i];
	return true;
}
