// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold FILE: maps two MiB of a file or device, shared, closes it, and waits to be killed: it is in
 * use then, and no open file shows it.
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
	memory[0] = 1;
	puts("held");
	fflush(stdout);
	pause();
	return 0;
}
