// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold FILE [thread]: maps two MiB of a file or device, shared, closes it, and writes to it now and
 * then until it is killed, by SIGBUS if the memory goes away: it is in use then, and no open file
 * shows it. In a second thread, the first of which has ended, if that is wanted.
 *
 * hold FILE ring: has it open as a registered file of an io_uring, and in no other way.
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HELD (2 << 20)

static void *use(void *memory)
{
	for (;; usleep(100000))
		*(volatile char *)memory += 1;
	return memory;
}

static int hold_in_ring(int fd)
{
	struct io_uring_params params = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1) < 0) {
		perror("hold");
		return 1;
	}
	close(fd);
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int fd = argc >= 2 ? open(argv[1], O_RDWR) : -1;
	pthread_t thread;

	if (argc == 3 && !strcmp(argv[2], "ring"))
		return hold_in_ring(fd);

	char *memory = mmap(NULL, HELD, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED) {
		perror("hold");
		return 1;
	}
	close(fd);
	puts("held");
	fflush(stdout);
	if (argc == 3 && pthread_create(&thread, NULL, use, memory) == 0)
		pthread_exit(NULL);
	use(memory);
}
