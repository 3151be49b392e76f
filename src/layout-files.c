// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout-files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"

/* Later ones hide earlier ones: systemd's order. */
static const char *const directories[] = {"usr/lib", "usr/local/lib", "run", "etc"};

static struct layout_file *append(struct layout_files *files, char *path)
{
	struct layout_file *file = MEM_APPEND(files->items, files->n);

	file->path = path;
	return file;
}

void layout_files_add(struct layout_files *files, const char *path, const char *text, size_t n)
{
	struct layout_file *file = append(files, mem_strdup(path));

	file->trusted = true;
	text_add_bytes(&file->text, text, n);
}

/* All of it, at most a little more than TOML_SIZE_MAX. 0 or -errno. */
static int read_rest(int fd, struct text *text)
{
	char buffer[4096];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		text_add_bytes(text, buffer, (size_t)n);
		if (text->len > TOML_SIZE_MAX)
			return -EFBIG;
	}
	return n < 0 ? -errno : 0;
}

/* Reads the file that is open as @fd, or could not be opened: then @fd is -errno. */
static int read_file(struct layout_file *file, int fd)
{
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	file->trusted =
		!S_ISREG(st.st_mode) || (st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)));
	file->changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return read_rest(fd, &file->text);
}

int layout_files_open(struct layout_files *files, const char *path)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	return read_file(append(files, mem_strdup(path)), fd < 0 ? -errno : fd);
}

/* A drop-in, and where it was found last. */
struct drop_in {
	char *name;
	const char *directory;
};

struct drop_ins {
	struct drop_in *items;
	size_t n;
};

static void drop_ins_release(struct drop_ins *found)
{
	for (size_t i = 0; i < found->n; i++)
		free(found->items[i].name);
	free(found->items);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct drop_in *)a)->name, ((const struct drop_in *)b)->name);
}

static bool is_drop_in(const char *name)
{
	size_t n = strlen(name), suffix = strlen(".toml");

	return n > suffix && !strcmp(name + n - suffix, ".toml");
}

/* 0, also where there is no such directory, or -errno: what is in one that cannot be read would be
 * taken for not declared. */
static int find_below(const struct sysfs *root, const char *directory, struct drop_ins *found)
{
	size_t n = 0, n_before = found->n;
	char **names = NULL;
	int r = sysfs_list(root, &names, &n, "%s/" LAYOUT_DROP_INS, directory);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		if (!is_drop_in(names[i]))
			continue;
		while (k < n_before && strcmp(found->items[k].name, names[i]) != 0)
			k++;
		if (k == n_before) {
			k = found->n;
			MEM_APPEND(found->items, found->n)->name = mem_strdup(names[i]);
		}
		found->items[k].directory = directory;
	}
	sysfs_free_names(names, n);
	return 0;
}

/* A link to /dev/null, which a captured root need not have. */
static bool is_mask(const struct sysfs *root, const struct drop_in *d)
{
	_cleanup_(freep) char *target = NULL;

	return sysfs_read_link(root, &target, "%s/" LAYOUT_DROP_INS "/%s", d->directory, d->name) ==
		       0 &&
	       !strcmp(target, "null");
}

static int read_drop_in(struct layout_files *files, const struct sysfs *root, const char *prefix,
			const struct drop_in *d)
{
	_cleanup_(closep) int fd = -1;
	char *path;

	if (is_mask(root, d))
		return 0;
	path = mem_printf("%s/%s/" LAYOUT_DROP_INS "/%s", prefix, d->directory, d->name);
	if (files->n == LAYOUT_FILES_MAX) {
		append(files, path);
		return -E2BIG;
	}
	fd = sysfs_open_file(root, O_RDONLY, "%s/" LAYOUT_DROP_INS "/%s", d->directory, d->name);
	return read_file(append(files, path), fd);
}

int layout_files_find(struct layout_files *files, const struct sysfs *root, const char *prefix)
{
	_cleanup_(drop_ins_release) struct drop_ins found = {0};
	_cleanup_(closep) int fd = sysfs_open_file(root, O_RDONLY, LAYOUT_PATH);
	int r = read_file(append(files, mem_printf("%s" LAYOUT_PATH, prefix)), fd);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(directories); i++) {
		r = find_below(root, directories[i], &found);
		if (r < 0)
			append(files, mem_printf("%s/%s/" LAYOUT_DROP_INS, prefix, directories[i]));
	}
	if (found.n)
		qsort(found.items, found.n, sizeof(*found.items), by_name);
	for (size_t i = 0; r == 0 && i < found.n; i++)
		r = read_drop_in(files, root, prefix, &found.items[i]);
	return r;
}

const char *layout_file_of(const struct layout_files *files, unsigned line)
{
	size_t i = line / LAYOUT_FILE_LINES;

	return i < files->n ? files->items[i].path : "";
}

unsigned layout_line_of(unsigned line)
{
	return line % LAYOUT_FILE_LINES;
}

void layout_files_say(const struct layout_files *files, const struct fault_list *faults)
{
	for (size_t i = 0; i < faults->n; i++) {
		struct fault f = faults->items[i];

		f.line = layout_line_of(f.line);
		fault_say(&f, layout_file_of(files, faults->items[i].line));
	}
}

void layout_files_release(struct layout_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->items[i].path);
		text_release(&files->items[i].text);
	}
	free(files->items);
	*files = (struct layout_files){0};
}
