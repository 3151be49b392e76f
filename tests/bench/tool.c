// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the benchmark needs in its guest, beside ramdax:
 *
 *	tool time COMMAND...	runs it: prints "MILLISECONDS PEAK-KIB", ends with its status
 *	tool enumerate		binds the carveouts' device to ramdax and waits for the kernel to
 *				have brought up what the labels say: prints milliseconds. The floor.
 *	tool release		the opposite, with 32 threads: prints milliseconds
 *	tool forget		release, and the label areas are emptied: a cold boot follows
 *	tool memset MIB THREADS	non-temporal stores into memory in use already: prints MiB/s
 */
#include <dirent.h>
#include <emmintrin.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ndctl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEVICES "/sys/bus/nd/devices"
#define DRIVERS "/sys/bus/nd/drivers"
#define RAMDAX  "/sys/bus/platform/drivers/ramdax"
#define THREADS 32
#define LABELS  (128 << 10)
#define CHUNK   (32 << 10)

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "tool: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	ssize_t n = fd < 0 ? -1 : write(fd, value, strlen(value));
	int error = errno;

	close(fd);
	errno = error;
	return n < 0 ? -1 : 0;
}

static void settle(void)
{
	char byte[8];
	int fd = open(DEVICES "/ndbus0/wait_probe", O_RDONLY);

	if (fd < 0 || read(fd, byte, sizeof(byte)) < 0)
		die("wait_probe");
	close(fd);
}

static double enumerate(void)
{
	double start = now();

	if (put(RAMDAX "/bind", "e820_pmem") < 0)
		die("binding e820_pmem");
	settle();
	return now() - start;
}

/* The devices of a driver, and which is next. */
struct bound {
	const char *driver;
	char **names;
	size_t n, next;
	pthread_mutex_t lock;
};

static void bound_list(struct bound *b, const char *driver)
{
	char path[256];
	struct dirent *entry;
	DIR *dir;

	*b = (struct bound){.driver = driver, .lock = PTHREAD_MUTEX_INITIALIZER};
	snprintf(path, sizeof(path), DRIVERS "/%s", driver);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (!strpbrk(entry->d_name, "0123456789"))
			continue;
		b->names = realloc(b->names, (b->n + 1) * sizeof(*b->names));
		b->names[b->n++] = strdup(entry->d_name);
	}
	if (dir)
		closedir(dir);
}

static void *unbind_some(void *context)
{
	struct bound *b = context;
	char path[256];
	size_t i;

	snprintf(path, sizeof(path), DRIVERS "/%s/unbind", b->driver);
	for (;;) {
		pthread_mutex_lock(&b->lock);
		i = b->next++;
		pthread_mutex_unlock(&b->lock);
		if (i >= b->n)
			return NULL;
		if (put(path, b->names[i]) < 0)
			die(b->names[i]);
	}
}

static void unbind_all(const char *driver)
{
	pthread_t threads[THREADS];
	struct bound b;

	bound_list(&b, driver);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, unbind_some, &b);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void empty_labels(const char *dimm)
{
	struct nd_cmd_set_config_hdr *command = calloc(1, sizeof(*command) + CHUNK + 4);
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", dimm);
	fd = open(path, O_RDWR);
	for (unsigned at = 0; at < LABELS; at += CHUNK) {
		command->in_offset = at;
		command->in_length = CHUNK;
		if (ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, command) < 0)
			die(path);
	}
	close(fd);
	free(command);
}

static double release(int forget)
{
	double start = now(), spent;
	struct bound dimms;

	unbind_all("nd_pmem");
	unbind_all("dax_pmem");
	unbind_all("nd_region");
	spent = now() - start;
	bound_list(&dimms, "nvdimm");
	for (size_t i = 0; forget && i < dimms.n; i++)
		empty_labels(dimms.names[i]);
	start = now();
	if (put(RAMDAX "/unbind", "e820_pmem") < 0)
		die("unbinding e820_pmem");
	return spent + now() - start;
}

struct piece {
	char *at;
	size_t n;
};

static void *clear(void *context)
{
	struct piece *p = context;
	__m128i zero = _mm_setzero_si128();

	for (char *at = p->at; at < p->at + p->n; at += 64) {
		_mm_stream_si128((__m128i *)at, zero);
		_mm_stream_si128((__m128i *)at + 1, zero);
		_mm_stream_si128((__m128i *)at + 2, zero);
		_mm_stream_si128((__m128i *)at + 3, zero);
	}
	_mm_sfence();
	return NULL;
}

static double bandwidth(size_t mib, size_t n)
{
	char *all =
		mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct piece *pieces = calloc(n, sizeof(*pieces));
	pthread_t *threads = calloc(n, sizeof(*threads));
	double best = 0;

	if (all == MAP_FAILED)
		die("mmap");
	madvise(all, mib << 20, MADV_HUGEPAGE);
	memset(all, 1, mib << 20);
	for (int run = 0; run < 5; run++) {
		double start = now(), rate;

		for (size_t i = 0; i < n; i++) {
			pieces[i] = (struct piece){all + i * ((mib << 20) / n), (mib << 20) / n};
			pthread_create(&threads[i], NULL, clear, &pieces[i]);
		}
		for (size_t i = 0; i < n; i++)
			pthread_join(threads[i], NULL);
		rate = (double)mib / ((now() - start) / 1e3);
		best = rate > best ? rate : best;
	}
	return best;
}

static int time_command(char **argv)
{
	struct rusage usage;
	double start = now();
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/tmp/log", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(fd, 1);
		dup2(fd, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		die(argv[0]);
	printf("%.1f %ld\n", now() - start, usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "time") && argc > 2)
		return time_command(argv + 2);
	if (!strcmp(what, "enumerate"))
		printf("%.1f\n", enumerate());
	else if (!strcmp(what, "release"))
		printf("%.1f\n", release(0));
	else if (!strcmp(what, "forget"))
		printf("%.1f\n", release(1));
	else if (!strcmp(what, "memset") && argc == 4)
		printf("%.0f\n", bandwidth(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0)));
	else
		return 2;
	return 0;
}
