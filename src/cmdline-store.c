// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmdline-store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"
#include "units.h"

#define STORE_MAX (64 * KIB)
#define STORE_NEW "cmdline.new"

/* The directory of the store, made if need be, never outside the root. A descriptor or -errno. */
static int open_directory(const struct sysfs *fs)
{
	static const char *const steps[] = {"var", "var/lib", CMDLINE_STORE_DIR};
	int fd = sysfs_open_file(fs, O_RDONLY | O_DIRECTORY, "/");

	for (size_t i = 0; i < ARRAY_SIZE(steps) && fd >= 0; i++) {
		const char *name = strrchr(steps[i], '/');
		int parent = fd;

		if (mkdirat(parent, name ? name + 1 : steps[i], 0755) < 0 && errno != EEXIST)
			fd = -errno;
		else
			fd = sysfs_open_file(fs, O_RDONLY | O_DIRECTORY, "%s", steps[i]);
		close(parent);
	}
	return fd;
}

static int write_whole(int fd, const struct text *text)
{
	for (size_t at = 0; at < text->len;) {
		ssize_t n = write(fd, text->s + at, text->len - at);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int cmdline_store(const struct sysfs *fs, const char *fingerprint, const char *line)
{
	_cleanup_(text_release) struct text text = {0};
	_cleanup_(closep) int dir = open_directory(fs);
	_cleanup_(closep) int fd = -1;
	int r;

	if (dir < 0)
		return dir;
	text_addf(&text,
		  "# Written by \"ramdax gen-cmdline --store\", and replaced whole by the next.\n"
		  "version=1\nfingerprint=%s\ncmdline=%s\n",
		  fingerprint, line);
	fd = openat(dir, STORE_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = write_whole(fd, &text);
	if (r == 0 && (renameat(dir, STORE_NEW, dir, "cmdline") < 0 || fsync(dir) < 0))
		r = -errno;
	if (r < 0)
		unlinkat(dir, STORE_NEW, 0);
	return r;
}

/* Cuts the next line that is no comment off *@rest. NULL at the end. */
static char *next_line(char **rest)
{
	char *line;

	while ((line = strsep(rest, "\n")) && *line == '#')
		;
	return line;
}

/* The value if @line is @key and a value. */
static const char *value_of(const char *line, const char *key)
{
	size_t n = strlen(key);

	return line && !strncmp(line, key, n) && line[n] == '=' ? line + n + 1 : NULL;
}

int cmdline_stored(const struct sysfs *fs, const char *fingerprint, char **line)
{
	_cleanup_(text_release) struct text text = {0};
	int r = sysfs_read_all(fs, &text, STORE_MAX, CMDLINE_STORE_PATH);
	const char *version, *machine, *cmdline;
	char *rest;

	if (r < 0)
		return r;
	rest = text.s;
	version = value_of(next_line(&rest), "version");
	machine = value_of(next_line(&rest), "fingerprint");
	cmdline = value_of(next_line(&rest), "cmdline");
	/* The newline after it is the last byte written: without it, the file was cut off. */
	if (!version || strcmp(version, "1") != 0 || !machine || !cmdline || !rest ||
	    (*cmdline && strncmp(cmdline, "memmap=", strlen("memmap=")) != 0))
		return -EBADMSG;
	if (strcmp(machine, fingerprint) != 0)
		return -ESTALE;
	*line = mem_strdup(cmdline);
	return 0;
}
