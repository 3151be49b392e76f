/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harm SIZE FIRST LAST REPORT: a round for each seed from FIRST to LAST, on a carveout of SIZE
 * bytes at 4 GiB. REPORT is what ramdax status says of it, in JSON, as it is now, which is what
 * each round begins with.
 *
 * Every other round lays its damage into RAM that no driver has, as it is found after a reset, and
 * ramdax binds the device. In the others the device is bound and the region disabled; labels go
 * through the DIMM's ioctl, and the kernel has read all of it before ramdax comes. So what the
 * kernel does to itself is told from what ramdax has it do.
 *
 * A line each: "ok" or "not ok" and what was done. Status 1 if any was not ok.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ndctl.h>

#include "harm.h"

#define DEVICES "/sys/bus/nd/devices/"
#define DRIVERS "/sys/bus/nd/drivers/"
#define RAMDAX  "/sys/bus/platform/drivers/ramdax/"
#define DEVICE  "e820_pmem"
#define CHUNK   (64 * 1024) /* of the label area, as much as an ioctl takes */
#define TIME    120         /* seconds for one run of ramdax */

static int kmsg;

/* 0 or an errno. */
static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		r = errno;
	if (fd >= 0)
		close(fd);
	return r;
}

static void must(const char *path, const char *value)
{
	if (put(path, value))
		err(2, "'%s' to %s", value, path);
}

static void get(char *to, size_t size, const char *device, const char *attribute)
{
	char path[320];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), DEVICES "%s/%s", device, attribute);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, to, size - 1);
		close(fd);
	}
	to[n < 0 ? 0 : n] = '\0';
	to[strcspn(to, "\n")] = '\0';
}

/* The names of nd devices that begin so, one after another; @n of them at most. */
static size_t list(const char *prefix, char names[][64], size_t max)
{
	DIR *dir = opendir(DEVICES);
	struct dirent *entry;
	size_t n = 0;

	while (dir && n < max && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)))
			snprintf(names[n++], 64, "%.63s", entry->d_name);
	if (dir)
		closedir(dir);
	return n;
}

static void settle(void)
{
	char bus[1][64], done[8];

	if (list("ndbus", bus, 1))
		get(done, sizeof(done), bus[0], "wait_probe");
}

static uint8_t *map(const struct media *m)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;

	if (fd >= 0)
		p = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)BASE);
	if (p == MAP_FAILED)
		err(2, "/dev/mem");
	close(fd);
	return p;
}

/* Writes where the damage is. */
static void lay(const struct media *m, bool labels)
{
	uint8_t *ram = map(m);

	for (size_t i = 0; i < m->n_harmed; i++)
		if (labels || m->harmed[i].start < m->size - LABEL_AREA)
			memcpy(ram + m->harmed[i].start, m->bytes + m->harmed[i].start,
			       m->harmed[i].size);
	munmap(ram, m->size);
}

static void restore(struct media *m, uint8_t *ram)
{
	for (size_t i = 0; i < m->n_harmed; i++)
		memcpy(ram + m->harmed[i].start, m->pristine + m->harmed[i].start,
		       m->harmed[i].size);
	for (uint64_t page = 0; page < m->size; page += PAGE)
		if (m->touched[page / PAGE])
			memcpy(ram + page, m->pristine + page, PAGE);
	memset(m->touched, 0, m->size / PAGE);
}

static void write_labels(const struct media *m, const char *dimm)
{
	struct nd_cmd_set_config_hdr *command = malloc(sizeof(*command) + CHUNK + 4);
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", dimm);
	fd = open(path, O_RDWR | O_CLOEXEC);
	for (uint32_t at = 0; at < LABEL_AREA; at += CHUNK) {
		command->in_offset = at;
		command->in_length = CHUNK;
		memcpy(command->in_buf, m->bytes + m->size - LABEL_AREA + at, CHUNK);
		if (fd < 0 || ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, command) < 0)
			err(2, "labels to %s", path);
	}
	close(fd);
	free(command);
}

/* What the kernel has up: whatever it has made of labels is there, and stays. */
static void see(struct places *seen)
{
	char names[PLACES_MAX][64], text[80];

	seen->n = list("namespace", names, PLACES_MAX);
	for (size_t i = 0; i < seen->n; i++) {
		struct place *p = &seen->at[i];

		memset(p, 0, sizeof(*p));
		get(p->name, sizeof(p->name), names[i], "alt_name");
		get(text, sizeof(text), names[i], "size");
		p->raw = strtoull(text, NULL, 0);
		get(text, sizeof(text), names[i], "resource");
		p->start = strtoull(text, NULL, 0) - BASE;
	}
}

/* The damage as a running kernel meets it. */
static void lay_alive(const struct media *m, struct places *seen)
{
	char region[1][64], dimm[1][64];

	must("/sys/bus/platform/devices/" DEVICE "/driver_override", "ramdax");
	must(RAMDAX "bind", DEVICE);
	settle();
	if (list("region", region, 1) != 1 || list("nmem", dimm, 1) != 1)
		errx(2, "there is no region");
	must(DRIVERS "nd_region/unbind", region[0]);
	lay(m, false);
	write_labels(m, dimm[0]);
	must(DRIVERS "nvdimm/unbind", dimm[0]);
	put(DRIVERS "nvdimm/bind", dimm[0]); /* refused, if labels overlap */
	put(DRIVERS "nd_region/bind", region[0]);
	settle();
	see(seen);
}

/* How ramdax ended: its exit status, or 128 and the signal. What it prints is in @out and @errors.
 */
static int ramdax(const char *out, const char *errors, const char *verb, const char *option)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (!freopen(out, "w", stdout) || !freopen(errors, "w", stderr))
			_exit(126);
		alarm(TIME);
		execlp("ramdax", "ramdax", verb, option, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(2, "cannot run ramdax");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The first line of the kernel's log since the last call that says that it has fallen; NULL if it
 * has not. A warning is none: the kernel warns of requests that lie outside a namespace. */
static const char *fallen(void)
{
	static char line[1024], found[1024];
	ssize_t n;

	found[0] = '\0';
	while ((n = read(kmsg, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue;
		line[n] = '\0';
		if (!*found && (strstr(line, "BUG:") || strstr(line, "Oops") ||
				strstr(line, "general protection")))
			memcpy(found, line, sizeof(found));
	}
	return *found ? found : NULL;
}

static void show(const char *path)
{
	char line[512];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		printf("#   %s", line);
	if (f)
		fclose(f);
}

static void judge(struct media *m, const struct places *seen, int status, int again,
		  char why[TEXT_MAX])
{
	static struct report report;
	uint8_t *ram = NULL;

	if (!report_read("/tmp/json", &report))
		add_text(why, "there is no report\n");
	else
		judge_report(m, &report, status, why);
	if (again != status && !((status == 1 || status == 4) && again >= 4 && again <= 6))
		add_text(why, "then plan --check: %d\n", again);
	put(RAMDAX "unbind", DEVICE);
	ram = map(m);
	judge_memory(m, &report, seen, ram, why);
	restore(m, ram);
	munmap(ram, m->size);
}

static bool one(struct media *m, uint64_t seed)
{
	static struct places seen;
	char what[TEXT_MAX] = "", why[TEXT_MAX] = "";
	const char *fell;
	bool alive = seed % 2;
	int status, again;

	media_harm(m, seed, what);
	seen.n = 0;
	if (alive)
		lay_alive(m, &seen);
	else
		lay(m, true);
	fell = fallen();
	if (fell)
		errx(3, "%llu: %s: the kernel fell before ramdax came: %s",
		     (unsigned long long)seed, what, fell);
	unlink("/run/ramdax/report.json"); /* or what this boot made counts as created for ever */
	status = ramdax("/tmp/json", "/tmp/err", "apply", "--json");
	again = ramdax("/tmp/out", "/tmp/out", "plan", "--check");
	judge(m, &seen, status, again, why);
	fell = fallen();
	if (fell)
		add_text(why, "the kernel fell: %s\n", fell);
	media_heal(m);
	printf("%s - %llu, %s: %s: %d\n", *why ? "not ok" : "ok", (unsigned long long)seed,
	       alive ? "alive" : "after a reset", what, status);
	if (*why)
		printf("#   %s", why);
	if (*why || status == 1)
		show("/tmp/err");
	if (*why)

		show("/tmp/out");
	fflush(stdout);
	return !*why;
}

int main(int argc, char **argv)
{
	static struct report report;
	struct media m = {0};
	uint64_t seed, last;
	unsigned n_bad = 0;
	uint8_t *ram;

	if (argc != 5 || !report_read(argv[4], &report)) {
		fprintf(stderr, "usage: harm SIZE FIRST LAST REPORT\n");
		return 2;
	}
	m.size = strtoull(argv[1], NULL, 0);
	m.known = report.places;
	m.pristine = malloc(m.size);
	m.bytes = malloc(m.size);
	m.touched = calloc(m.size / PAGE, 1);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0 || !m.pristine || !m.bytes || !m.touched)
		err(2, "/dev/kmsg, or memory");
	must(RAMDAX "unbind", DEVICE);
	ram = map(&m);
	memcpy(m.pristine, ram, m.size);
	memcpy(m.bytes, ram, m.size);
	munmap(ram, m.size);
	last = strtoull(argv[3], NULL, 0);
	for (seed = strtoull(argv[2], NULL, 0); seed <= last; seed++)
		n_bad += !one(&m, seed);
	return n_bad > 0;
}
