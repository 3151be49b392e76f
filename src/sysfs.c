// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "mem.h"
#include "units.h"

int sysfs_note(const struct sysfs *fs, int r)
{
	int none = 0;

	switch (-r) {
	case EIO:
	case ENOMEM:
	case ENOSPC:
	case EBUSY:
	case EAGAIN:
	case EMFILE:
	case ENFILE:
		if (fs->failure)
			atomic_compare_exchange_strong(fs->failure, &none, -r);
		break;
	}
	return r;
}

/* Attempts when a rename elsewhere made the kernel unsure of the resolution (EAGAIN). */
#define RESOLVE_ATTEMPTS 8

/* However it is written. */
static bool is_own_root(const char *root)
{
	_cleanup_(freep) char *real = realpath(root, NULL);

	return real && !strcmp(real, "/");
}

int sysfs_open(struct sysfs *fs, const char *root)
{
	bool live = !root || is_own_root(root);
	int fd = open(live ? "/" : root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*fs = (struct sysfs){.root_fd = fd, .live = live};
	return 0;
}

void sysfs_close(struct sysfs *fs)
{
	closep(&fs->root_fd);
	fs->root_fd = -1;
}

/* A captured machine may hold anything, a pipe that nobody writes to among others. */
static long open_confined(int root_fd, int flags, const char *path)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | (flags & O_PATH ? 0 : O_NONBLOCK),
		.resolve = RESOLVE_IN_ROOT,
	};
	long fd = -1;

	for (int i = 0; fd < 0 && i < RESOLVE_ATTEMPTS; i++) {
		fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN)
			break;
	}
	return fd;
}

static int open_path(const struct sysfs *fs, int flags, const char *path)
{
	long fd;

	while (*path == '/')
		path++;
	if (!*path)
		path = ".";
	/* "/" needs no confinement, whose price is EAGAIN while devices come and go. */
	fd = fs->live ? openat(fs->root_fd, path, flags | O_CLOEXEC)
		      : open_confined(fs->root_fd, flags | O_CLOEXEC, path);
	return fd < 0 ? -errno : (int)fd;
}

static int open_formatted(const struct sysfs *fs, int flags, const char *format, va_list args)
	_printf_(3, 0);
static int open_formatted(const struct sysfs *fs, int flags, const char *format, va_list args)
{
	_cleanup_(text_release) struct text path = {0};

	text_vaddf(&path, format, args);
	return open_path(fs, flags, text_str(&path));
}

int sysfs_enter(const struct sysfs *fs, struct sysfs *below, const char *path, ...)
{
	va_list args;
	int fd;

	va_start(args, path);
	fd = open_formatted(fs, O_PATH | O_DIRECTORY, path, args);
	va_end(args);
	if (fd < 0)
		return sysfs_note(fs, fd);
	*below = (struct sysfs){.root_fd = fd, .live = fs->live, .failure = fs->failure};
	return 0;
}

int sysfs_open_file(const struct sysfs *fs, int flags, const char *path, ...)
{
	va_list args;
	int fd;

	va_start(args, path);
	fd = open_formatted(fs, flags, path, args);
	va_end(args);
	return fd;
}

bool sysfs_exists(const struct sysfs *fs, const char *path, ...)
{
	_cleanup_(closep) int fd = -1;
	va_list args;

	va_start(args, path);
	fd = open_formatted(fs, O_PATH, path, args);
	va_end(args);
	return sysfs_note(fs, fd) >= 0;
}

/* Appends what is left of @fd, at most @max bytes. 0, -EFBIG or -errno. */
static int read_rest(int fd, struct text *out, size_t max)
{
	char buf[4096];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		if ((size_t)n > max - total)
			return -EFBIG;
		total += (size_t)n;
		text_add_bytes(out, buf, (size_t)n);
	}
}

static int read_value(const struct sysfs *fs, char **value, const char *format, va_list args)
	_printf_(3, 0);
static int read_value(const struct sysfs *fs, char **value, const char *format, va_list args)
{
	_cleanup_(closep) int fd = open_formatted(fs, O_RDONLY, format, args);
	char text[SYSFS_VALUE_MAX + 1];
	ssize_t n;

	if (fd < 0)
		return sysfs_note(fs, fd);
	/* An attribute is read whole or not at all: a second read would only say that it ended. */
	do
		n = read(fd, text, sizeof(text));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return sysfs_note(fs, -errno);
	if (n > SYSFS_VALUE_MAX)
		return -EFBIG;
	text[n] = '\0';
	if (strlen(text) != (size_t)n)
		return -EINVAL;
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	*value = mem_strdup(text);
	return 0;
}

int sysfs_read(const struct sysfs *fs, char **value, const char *path, ...)
{
	va_list args;
	int r;

	va_start(args, path);
	r = read_value(fs, value, path, args);
	va_end(args);
	return r;
}

int sysfs_read_number(const struct sysfs *fs, uint64_t *n, const char *path, ...)
{
	_cleanup_(freep) char *value = NULL;
	va_list args;
	int r;

	va_start(args, path);
	r = read_value(fs, &value, path, args);
	va_end(args);
	if (r < 0)
		return r;
	return number_parse(value, n) < 0 ? -EINVAL : 0;
}

int sysfs_read_all(const struct sysfs *fs, struct text *out, size_t max, const char *path, ...)
{
	_cleanup_(text_release) struct text text = {0};
	_cleanup_(closep) int fd = -1;
	va_list args;
	int r;

	va_start(args, path);
	fd = open_formatted(fs, O_RDONLY, path, args);
	va_end(args);
	r = sysfs_note(fs, fd < 0 ? fd : read_rest(fd, &text, max));
	if (r == 0)
		text_add_bytes(out, text_str(&text), text.len);
	return r;
}

/* Whether the file is the running kernel's own, mounted below another root: what is written there
 * is done to the running machine, without any of the care that needs. */
static bool is_kernels(int fd)
{
	struct statfs st;

	return fstatfs(fd, &st) < 0 || st.f_type == SYSFS_MAGIC || st.f_type == PROC_SUPER_MAGIC;
}

int sysfs_write(struct sysfs *fs, const char *value, const char *path, ...)
{
	/* An attribute takes each value whole; the plain file of a captured machine must be cut. */
	int flags = O_WRONLY | (fs->live ? 0 : O_TRUNC);
	size_t len = strlen(value);
	_cleanup_(closep) int fd = -1;
	va_list args;
	ssize_t n;

	va_start(args, path);
	fd = open_formatted(fs, flags, path, args);
	va_end(args);
	if (fd < 0)
		return fd;
	if (!fs->live && is_kernels(fd))
		return -EROFS;
	n = write(fd, value, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int sysfs_read_link(const struct sysfs *fs, char **name, const char *path, ...)
{
	_cleanup_(closep) int fd = -1;
	char target[4096];
	const char *slash;
	va_list args;
	ssize_t n;

	va_start(args, path);
	fd = open_formatted(fs, O_PATH | O_NOFOLLOW, path, args);
	va_end(args);
	if (fd < 0)
		return sysfs_note(fs, fd);
	n = readlinkat(fd, "", target, sizeof(target) - 1);
	if (n < 0 && errno == ENOENT)
		return -EINVAL; /* what it says for no link at all */
	if (n < 0)
		return sysfs_note(fs, -errno);
	target[n] = '\0';
	slash = strrchr(target, '/');
	*name = mem_strdup(slash ? slash + 1 : target);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* "region12" with @prefix "region": a digit follows, so that "region_seed" is none. */
static bool is_numbered(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(name, prefix, n) && name[n] >= '0' && name[n] <= '9';
}

/* @prefix NULL: all. */
static int list(const struct sysfs *fs, const char *prefix, char ***names, size_t *n,
		const char *format, va_list args) _printf_(5, 0);
static int list(const struct sysfs *fs, const char *prefix, char ***names, size_t *n,
		const char *format, va_list args)
{
	_cleanup_(closedirp) DIR *dir = NULL;
	_cleanup_(closep) int fd = open_formatted(fs, O_RDONLY | O_DIRECTORY, format, args);
	struct dirent *entry;
	char **found = NULL;
	size_t n_found = 0;

	if (fd < 0)
		return sysfs_note(fs, fd);
	dir = fdopendir(fd);
	if (!dir)
		return sysfs_note(fs, -errno);
	TAKE_FD(fd); /* the directory stream's now */
	while (errno = 0, (entry = readdir(dir))) {
		if (prefix ? is_numbered(entry->d_name, prefix) : entry->d_name[0] != '.')
			*MEM_APPEND(found, n_found) = mem_strdup(entry->d_name);
	}
	if (errno) {
		int r = -errno;

		sysfs_free_names(found, n_found);
		return sysfs_note(fs, r);
	}
	if (n_found)
		qsort(found, n_found, sizeof(*found), compare_names);
	*names = found;
	*n = n_found;
	return 0;
}

int sysfs_list(const struct sysfs *fs, char ***names, size_t *n, const char *path, ...)
{
	va_list args;
	int r;

	va_start(args, path);
	r = list(fs, NULL, names, n, path, args);
	va_end(args);
	return r;
}

int sysfs_list_numbered(const struct sysfs *fs, const char *prefix, char ***names, size_t *n,
			const char *path, ...)
{
	va_list args;
	int r;

	va_start(args, path);
	r = list(fs, prefix, names, n, path, args);
	va_end(args);
	return r;
}

void sysfs_free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
