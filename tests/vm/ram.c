/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ram save FILE START SIZE: keeps what is in that physical range, by the pages that are not zero.
 * ram restore FILE [START SIZE]...: makes the range as it was then. Fails if one of these parts of
 * it was not, and says where.
 *
 * Through /dev/mem, which shows memory that no driver has (CONFIG_IO_STRICT_DEVMEM).
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096

struct page {
	uint64_t at; /* from the start */
	uint8_t bytes[PAGE];
};

struct copy {
	uint64_t start, size;
	size_t n;
	struct page *pages; /* those that are not zero, in their order */
};

static const uint8_t zero[PAGE];

/* Words, which an emulated processor has faster than vectors. */
static bool is_zero(const uint8_t *page)
{
	const uint64_t *words = (const uint64_t *)(const void *)page, *end = words + PAGE / 8;

	for (; words < end; words += 8)
		if (words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] |
		    words[7])
			return false;
	return true;
}

static uint8_t *map(uint64_t start, uint64_t size)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;

	if (fd >= 0)
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)start);
	if (p == MAP_FAILED)
		err(2, "/dev/mem");
	close(fd);
	return p;
}

static int save(const char *path, uint64_t start, uint64_t size)
{
	FILE *f = fopen(path, "w");
	uint64_t head[2] = {start, size};
	uint8_t *ram = map(start, size);
	bool good = f && fwrite(head, sizeof(head), 1, f) == 1;

	for (uint64_t at = 0; good && at < size; at += PAGE)
		if (!is_zero(ram + at))
			good = fwrite(&at, sizeof(at), 1, f) == 1 &&
			       fwrite(ram + at, PAGE, 1, f) == 1;
	if (!good || fclose(f))
		err(2, "%s", path);
	return 0;
}

static struct copy load(const char *path)
{
	struct copy copy = {0};
	uint64_t head[2];
	struct stat st;
	FILE *f = fopen(path, "r");

	if (!f || fstat(fileno(f), &st) || fread(head, sizeof(head), 1, f) != 1)
		err(2, "%s", path);
	copy.start = head[0];
	copy.size = head[1];
	copy.n = ((size_t)st.st_size - sizeof(head)) / sizeof(struct page);
	copy.pages = malloc(copy.n * sizeof(struct page) + 1);
	if (!copy.pages || fread(copy.pages, sizeof(struct page), copy.n, f) != copy.n)
		err(2, "%s", path);
	fclose(f);
	return copy;
}

static bool is_in(uint64_t at, int n, char **ranges)
{
	for (int r = 0; r + 1 < n; r += 2) {
		uint64_t start = strtoull(ranges[r], NULL, 0);

		if (at >= start && at - start < strtoull(ranges[r + 1], NULL, 0))
			return true;
	}
	return false;
}

static int restore(const char *path, int n, char **ranges)
{
	struct copy copy = load(path);
	uint8_t *ram = map(copy.start, copy.size);
	int differs = 0;
	size_t i = 0;

	for (uint64_t at = 0; at < copy.size; at += PAGE) {
		const uint8_t *bytes = zero;

		if (i < copy.n && copy.pages[i].at == at)
			bytes = copy.pages[i++].bytes;
		if (bytes == zero ? is_zero(ram + at) : !memcmp(ram + at, bytes, PAGE))
			continue;
		memcpy(ram + at, bytes, PAGE);
		if (is_in(copy.start + at, n, ranges)) {
			printf("page %#llx is not as it was\n",
			       (unsigned long long)(copy.start + at));
			differs = 1;
		}
	}
	return differs;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "save"))
		return save(argv[2], strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0));
	if (argc >= 3 && !strcmp(argv[1], "restore"))
		return restore(argv[2], argc - 3, argv + 3);
	fprintf(stderr, "usage: ram save FILE START SIZE | restore FILE [START SIZE]...\n");
	return 2;
}
