/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harm damage DEVICE SEED PLACES: damages what is on media in the carveout DEVICE, one way that the
 * number SEED chooses, and says which. PLACES is a file with a line "KIND OFFSET" for what is
 * there: pfn (also of devdax) and btt info blocks, super for a superblock. The label area is the
 * last 128 KiB.
 *
 * harm changed BEFORE DEVICE [START SIZE]...: 0 if DEVICE is as the file BEFORE, but for these
 * ranges; else says where it is not, and 1.
 *
 * Some damage is given checksums that fit, so that the kernel believes it. Two kinds of it crash
 * Linux 7.3 by itself, before any program could look, and are left out: an index block whose number
 * of slots overflows 32 bits (drivers/nvdimm/label.c, nd_label_data_init), and a BTT with fewer
 * free blocks than lanes (btt.c, btt_freelist_init).
 */
#define _GNU_SOURCE
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#define LABEL_AREA (128 * 1024)
#define INDEX_SIZE 256
#define LABEL_SIZE 256
#define LABELS     (2 * INDEX_SIZE)
#define SLOTS      510
#define INFO_SIZE  4096
#define PLACES_MAX 16

static uint64_t state;

/* splitmix64 */
static uint64_t number(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint64_t below(uint64_t n)
{
	return number() % n;
}

static void get(int fd, void *bytes, size_t n, uint64_t at)
{
	if (pread(fd, bytes, n, (off_t)at) != (ssize_t)n)
		err(2, "read at %#llx", (unsigned long long)at);
}

static void put(int fd, const void *bytes, size_t n, uint64_t at)
{
	if (pwrite(fd, bytes, n, (off_t)at) != (ssize_t)n)
		err(2, "write at %#llx", (unsigned long long)at);
}

/* lib/libnvdimm's nd_fletcher64() over @n bytes whose checksum, at @at, counts as zero. */
static void sum(uint8_t *bytes, size_t n, size_t at)
{
	uint32_t low = 0, word;
	uint64_t high = 0, value;

	memset(bytes + at, 0, 8);
	for (size_t i = 0; i < n; i += 4) {
		memcpy(&word, bytes + i, 4);
		low += le32toh(word);
		high += low;
	}
	value = htole64((high << 32) | low);
	memcpy(bytes + at, &value, 8);
}

/* Bits, a torn write, or noise. */
static const char *wreck(uint8_t *bytes, size_t n)
{
	size_t at;

	switch (below(4)) {
	case 0:
		for (uint64_t i = 1 + below(3); i; i--)
			bytes[below(n)] ^= (uint8_t)(1 << below(8));
		return "bits flipped";
	case 1:
		at = below(n);
		memset(bytes + at, 0, n - at);
		return "torn, zeroes behind";
	case 2:
		at = below(n);
		memset(bytes, 0xff, at);
		return "torn, ones before";
	default:
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)number();
		return "noise";
	}
}

struct field {
	const char *name;
	size_t offset, size;
};

/* A value that is near to what is there, an extreme, or any. */
static void change(uint8_t *bytes, const struct field *f)
{
	uint64_t value = 0;

	memcpy(&value, bytes + f->offset, f->size < 8 ? f->size : 8);
	switch (below(6)) {
	case 0:
		value += (uint64_t)1 << below(40);
		break;
	case 1:
		value -= (uint64_t)1 << below(40);
		break;
	case 2:
		value = 0;
		break;
	case 3:
		value = UINT64_MAX;
		break;
	case 4:
		value <<= 1 + below(8);
		break;
	default:
		value = number();
	}
	memcpy(bytes + f->offset, &value, f->size < 8 ? f->size : 8);
}

#define FIELD(list) (&(list)[below(sizeof(list) / sizeof((list)[0]))])

/* drivers/nvdimm/label.h, struct nd_namespace_index; without nslot, at 0x38: see above */
static const struct field index_fields[] = {
	{"signature", 0, 8},       {"flags", 0x10, 3},        {"label size", 0x13, 1},
	{"sequence", 0x14, 4},     {"own offset", 0x18, 8},   {"own size", 0x20, 8},
	{"other offset", 0x28, 8}, {"label offset", 0x30, 8}, {"major", 0x3c, 2},
	{"minor", 0x3e, 2},        {"free slots", 0x48, 2},
};
#define INDEX_SUM 0x40

/* struct nvdimm_efi_label */
static const struct field label_fields[] = {
	{"uuid", 0, 8},        {"name", 0x10, 8},   {"flags", 0x50, 4},    {"labels", 0x54, 2},
	{"position", 0x56, 2}, {"cookie", 0x58, 8}, {"lba size", 0x60, 8}, {"start", 0x68, 8},
	{"raw size", 0x70, 8}, {"slot", 0x78, 4},   {"type", 0x80, 8},     {"claim class", 0x90, 8},
};
#define LABEL_SUM 0xf8

/* drivers/nvdimm/pfn.h, struct nd_pfn_sb */
static const struct field pfn_fields[] = {
	{"signature", 0, 8},      {"uuid", 0x10, 8},        {"parent uuid", 0x20, 8},
	{"flags", 0x30, 4},       {"major", 0x34, 2},       {"minor", 0x36, 2},
	{"data offset", 0x38, 8}, {"pages", 0x40, 8},       {"mode", 0x48, 4},
	{"start pad", 0x4c, 4},   {"end cut", 0x50, 4},     {"alignment", 0x54, 4},
	{"page size", 0x58, 4},   {"page struct", 0x5c, 2},
};

/* drivers/nvdimm/btt.h, struct btt_sb: what does not lead the kernel astray */
static const struct field btt_fields[] = {
	{"signature", 0, 8}, {"uuid", 0x10, 8},  {"parent uuid", 0x20, 8},
	{"flags", 0x30, 4},  {"major", 0x34, 2}, {"minor", 0x36, 2},
};

static bool is_used(const uint8_t *area, size_t slot)
{
	return !(area[INDEX_SUM + 8 + slot / 8] >> (slot % 8) & 1);
}

/* One of the labels that count, by the first index block. */
static size_t used_label(const uint8_t *area)
{
	size_t slots[SLOTS], n = 0;

	for (size_t i = 0; i < SLOTS; i++)
		if (is_used(area, i) && area[LABELS + i * LABEL_SIZE + 0x54])
			slots[n++] = i;
	return LABELS + (n ? slots[below(n)] : below(8)) * LABEL_SIZE;
}

static void harm_labels(uint8_t *area)
{
	size_t index = below(2) * INDEX_SIZE, one = used_label(area), two = used_label(area);
	const struct field *f;

	switch (below(7)) {
	case 0:
		printf("index %zu: %s\n", index / INDEX_SIZE, wreck(area + index, INDEX_SIZE));
		break;
	case 1:
		printf("both indexes: %s\n", wreck(area, 2 * INDEX_SIZE));
		break;
	case 2:
		printf("a label: %s\n", wreck(area + one, LABEL_SIZE));
		break;
	case 3:
		f = FIELD(index_fields);
		for (size_t i = 0; i < 2; i++) {
			change(area + i * INDEX_SIZE, f);
			sum(area + i * INDEX_SIZE, INDEX_SIZE, INDEX_SUM);
		}
		printf("indexes: %s, with a sum that fits\n", f->name);
		break;
	case 4:
		f = FIELD(label_fields);
		change(area + one, f);
		sum(area + one, LABEL_SIZE, LABEL_SUM);
		printf("a label: %s, with a sum that fits\n", f->name);
		break;
	case 5:
		f = FIELD(label_fields);
		memcpy(area + two + f->offset, area + one + f->offset, f->size);
		sum(area + two, LABEL_SIZE, LABEL_SUM);
		printf("two labels: the same %s\n", f->name);
		break;
	default:
		printf("the label area: %s\n", wreck(area, LABEL_AREA));
	}
}

static void harm_info(uint8_t *block, const char *kind, const struct field *f)
{
	if (below(2)) {
		printf("%s info block: %s\n", kind, wreck(block, INFO_SIZE));
		return;
	}
	change(block, f);
	sum(block, INFO_SIZE, INFO_SIZE - 8);
	printf("%s info block: %s, with a sum that fits\n", kind, f->name);
}

static uint64_t device_size(int fd)
{
	uint64_t size;

	if (ioctl(fd, BLKGETSIZE64, &size))
		err(2, "size");
	return size;
}

static int damage(const char *device, const char *seed, const char *places)
{
	static uint8_t area[LABEL_AREA];
	unsigned long long at[PLACES_MAX];
	char kind[PLACES_MAX][8];
	size_t n = 0, i;
	int fd = open(device, O_RDWR | O_SYNC);
	FILE *f = fopen(places, "r");

	if (fd < 0 || !f)
		err(2, "%s, %s", device, places);
	while (n < PLACES_MAX && fscanf(f, "%7s %lli", kind[n], (long long *)&at[n]) == 2)
		n++;
	fclose(f);
	state = strtoull(seed, NULL, 0);
	if (!n || below(5) < 3) {
		uint64_t labels = device_size(fd) - LABEL_AREA;

		get(fd, area, sizeof(area), labels);
		harm_labels(area);
		put(fd, area, sizeof(area), labels);
	} else {
		i = below(n);
		get(fd, area, INFO_SIZE, at[i]);
		if (!strcmp(kind[i], "pfn"))
			harm_info(area, "page frame", FIELD(pfn_fields));
		else if (!strcmp(kind[i], "btt"))
			harm_info(area, "BTT", FIELD(btt_fields));
		else
			printf("superblock: %s\n", wreck(area + 1024, 1024)); /* of ext4 */
		put(fd, area, INFO_SIZE, at[i]);
	}
	close(fd);
	return 0;
}

static int changed(const char *before, const char *device, int n, char **ranges)
{
	static uint8_t old[1 << 16], new[1 << 16];
	int a = open(before, O_RDONLY), b = open(device, O_RDONLY);
	uint64_t size;

	if (a < 0 || b < 0)
		err(2, "%s, %s", before, device);
	size = device_size(b);
	for (uint64_t at = 0; at < size; at += sizeof(old)) {
		get(a, old, sizeof(old), at);
		get(b, new, sizeof(new), at);
		if (!memcmp(old, new, sizeof(old)))
			continue;
		for (size_t i = 0; i < sizeof(old); i++) {
			bool allowed = old[i] == new[i];

			for (int r = 0; !allowed && r + 1 < n; r += 2) {
				uint64_t start = strtoull(ranges[r], NULL, 0);

				allowed = at + i >= start &&
					  at + i - start < strtoull(ranges[r + 1], NULL, 0);
			}
			if (!allowed) {
				printf("byte %#llx was %#x and is %#x\n",
				       (unsigned long long)(at + i), old[i], new[i]);
				return 1;
			}
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "damage"))
		return damage(argv[2], argv[3], argv[4]);
	if (argc >= 4 && !strcmp(argv[1], "changed"))
		return changed(argv[2], argv[3], argc - 4, argv + 4);
	fprintf(stderr, "usage: harm damage DEVICE SEED PLACES\n"
			"       harm changed BEFORE DEVICE [START SIZE]...\n");
	return 2;
}
