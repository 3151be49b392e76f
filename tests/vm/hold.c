// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold FILE: maps two MiB of a file or device, shared, closes it, and writes to it now and then
 * until it is killed, by SIGBUS if the memory goes away: it is in use then, and no open file shows
 * it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define HELD (2 << 20)

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
	char *memory = mmap(NULL, HELD, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED) {
		perror("hold");
		return 1;
	}
	close(fd);
	puts("held");
	fflush(stdout);
	for (;; usleep(100000))
		*(volatile char *)memory += 1;
}
