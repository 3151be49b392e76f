/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daxio read|write|size DEVICE [OFFSET LENGTH]: the contents of a device DAX, which knows only
 * mmap: to standard output, or from standard input. size: how much of it can be mapped, which is
 * what the kernel says and no more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static unsigned long long attribute(const char *device, const char *name)
{
	char path[256];
	unsigned long long value;
	struct stat st;
	FILE *f;

	if (stat(device, &st) || !S_ISCHR(st.st_mode))
		return 0;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/%s", major(st.st_rdev), minor(st.st_rdev),
		 name);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &value) != 1)
		value = 0;
	if (f)
		fclose(f);
	return value;
}

static int fail(const char *what)
{
	fprintf(stderr, "daxio: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long long size, offset, length;
	int fd, writing;
	char *map;

	if (argc < 3)
		return 2;
	size = attribute(argv[2], "size");
	if (!strcmp(argv[1], "size")) {
		printf("%llu\n", size);
		return !size;
	}
	offset = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	length = argc > 4 ? strtoull(argv[4], NULL, 0) : size - offset;
	if (!size || offset > size || length > size - offset) {
		errno = ERANGE;
		return fail(argv[2]);
	}

	writing = !strcmp(argv[1], "write");
	fd = open(argv[2], O_RDWR);
	if (fd < 0)
		return fail(argv[2]);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return fail("mmap");

	if (writing ? fread(map + offset, 1, length, stdin) != length
		    : fwrite(map + offset, 1, length, stdout) != length)
		return fail("copy");
	return fflush(stdout) ? fail("flush") : 0;
}
