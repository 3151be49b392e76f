// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "inuse-parts.h"
#include "mem.h"
#include "units.h"

#define MOUNTINFO_MAX (64 * MIB)
#define MAPS_MAX      (64 * MIB) /* the default of 65530 mappings with long names fits */
/* What /proc/PID/fd calls an io_uring, how much it may say of itself, and how often it is asked. */
#define RING       "anon_inode:[io_uring]"
#define RING_MAX   (64 * MIB)
#define RING_TRIES 20
/* The first of the kernel's threads, whose mounts are those of all others; but one has a devtmpfs
 * of its own, where it makes the nodes of devices (drivers/base/devtmpfs.c, devtmpfsd). */
#define KTHREADD "2"
/* Its inode (include/uapi/linux/nsfs.h, PID_NS_INIT_INO; it always was). */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

void octal_decode(char *s)
{
	char *out = s;

	for (; *s; out++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*out = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*out = *s++;
		}
	}
	*out = '\0';
}

/* The next word of *@rest, separated by single spaces; NULL at the end. */
static char *word(char **rest)
{
	return strsep(rest, " ");
}

static bool dev_parse(const char *s, int base, dev_t *dev)
{
	unsigned long major, minor;
	char *end;

	major = strtoul(s, &end, base);
	if (end == s || *end != ':')
		return false;
	s = end + 1;
	minor = strtoul(s, &end, base);
	if (end == s || *end || major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	*dev = makedev((unsigned)major, (unsigned)minor);
	return true;
}

bool mountinfo_parse(char *line, struct mountinfo *mount)
{
	char *fields[6], *type, *source, *options, *separator;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fields[i] = word(&line);
		if (!fields[i])
			return false;
	}
	do { /* any number of optional fields */
		separator = word(&line);
	} while (separator && strcmp(separator, "-") != 0);
	type = word(&line);
	source = word(&line);
	options = word(&line);
	if (!separator || !type || !source || !options || !dev_parse(fields[2], 10, &mount->dev))
		return false;
	octal_decode(fields[4]);
	octal_decode(source);
	mount->mount_point = fields[4];
	mount->type = type;
	mount->source = source;
	mount->options = options;
	return true;
}

bool mapping_parse(char *line, struct mapping *mapping)
{
	char *range = word(&line), *perms = word(&line), *offset = word(&line);
	char *dev = word(&line), *inode = word(&line);

	if (!range || !perms || !offset || !dev || !inode || strlen(perms) < 4 ||
	    sscanf(range, "%" SCNx64 "-%" SCNx64, &mapping->start, &mapping->end) != 2 ||
	    !dev_parse(dev, 16, &mapping->dev))
		return false;
	mapping->shared = perms[3] == 's';
	mapping->file = strcmp(inode, "0") != 0;
	mapping->path = line ? line + strspn(line, " ") : "";
	return true;
}

/* Whether a comma-separated list has dax, dax=always or dax=inode. */
static bool has_dax(const char *options)
{
	while (options) {
		size_t n = strcspn(options, ",");

		if ((n == 3 && !strncmp(options, "dax", n)) ||
		    (n == 10 && !strncmp(options, "dax=always", n)) ||
		    (n == 9 && !strncmp(options, "dax=inode", n)))
			return true;
		options = options[n] ? options + n + 1 : NULL;
	}
	return false;
}

/* Notes that the file of /proc could not be read, unless its process has gone away, or only others
 * than root could not read it. A zombie has no mount namespace any more: EINVAL
 * (fs/proc_namespace.c, mounts_open_common). */
static void unreadable(struct inuse_search *search, const char *process, const char *file, int r)
{
	bool gone = r == -ENOENT || r == -ESRCH || r == -EINVAL;
	_cleanup_(freep) char *path = mem_printf("/proc/%s%s", process, file);

	if (!gone)
		inuse_blind(search, path, r);
}

static void mounts_observe(struct inuse_search *search, const char *process)
{
	_cleanup_(text_release) struct text text = {0};
	char *rest, *line;
	int r = sysfs_read_all(search->fs, &text, MOUNTINFO_MAX, "proc/%s/mountinfo", process);

	if (r < 0) {
		unreadable(search, process, "/mountinfo", r);
		return;
	}
	rest = text.s;
	while ((line = strsep(&rest, "\n"))) {
		const struct inuse_node *node;
		struct mountinfo mount;

		if (!mountinfo_parse(line, &mount))
			continue;
		/* btrfs has a number of its own and names the device only. */
		node = inuse_find(search, false, mount.dev);
		if (!node && *mount.source == '/')
			node = inuse_find_path(search, mount.source);
		if (!node || node->owner->mount_point)
			continue;
		inuse_note(node, "mounted on %s", mount.mount_point);
		node->owner->mount_point = mem_strdup(mount.mount_point);
		node->owner->dax = has_dax(mount.options);
	}
}

/* Whether @line, "    0: /dev/pmem0", is a registered file of an io_uring. It is cut: *@path. */
static bool ring_file_parse(char *line, char **path)
{
	char *colon = strstr(line, ": ");

	line += strspn(line, " ");
	if (!colon || colon == line || strspn(line, "0123456789") != (size_t)(colon - line))
		return false;
	*path = colon + 2;
	octal_decode(*path);
	return **path == '/';
}

/* What is called @path where @process is. */
static const struct inuse_node *ring_node(const struct inuse_search *search, const char *process,
					  const char *path)
{
	_cleanup_(freep) char *there = mem_printf("/proc/%s/root%s", process, path);
	const struct inuse_node *node = search->fs->live ? inuse_find_path(search, there) : NULL;

	return node ? node : inuse_find_called(search, path);
}

/* The files that were registered with an io_uring are open, though no descriptor of the process may
 * be. While it is at work it says nothing of them (io_uring/fdinfo.c, io_uring_show_fdinfo). */
static void ring_observe(struct inuse_search *search, const char *process, const char *fd)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	_cleanup_(text_release) struct text text = {0};
	_cleanup_(freep) char *name = mem_printf("/fdinfo/%s", fd);
	char *rest = NULL, *line, *path;
	int r = 0;

	for (int i = 0; r == 0 && !rest && i < RING_TRIES; i++) {
		if (i)
			nanosleep(&pause, NULL);
		text_release(&text);
		r = sysfs_read_all(search->fs, &text, RING_MAX, "proc/%s%s", process, name);
		rest = r < 0 ? NULL : strstr(text_str(&text), "\nUserFiles:");
	}
	if (!rest) {
		unreadable(search, process, name, r < 0 ? r : -EBUSY);
		return;
	}
	rest++;
	for (line = strsep(&rest, "\n"); (line = strsep(&rest, "\n"));) {
		if (!strncmp(line, "UserBufs:", strlen("UserBufs:")))
			return;
		if (ring_file_parse(line, &path))
			inuse_note(ring_node(search, process, path), "open by process %s", process);
	}
}

static void files_observe(struct inuse_search *search, const char *process)
{
	_cleanup_(closep) int dir =
		sysfs_open_file(search->fs, O_RDONLY | O_DIRECTORY, "proc/%s/fd", process);
	char **names = NULL;
	size_t n = 0;
	int r = dir < 0 ? dir : sysfs_list(search->fs, &names, &n, "proc/%s/fd", process);

	if (r < 0) {
		unreadable(search, process, "/fd", r);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct inuse_node *node = NULL;
		char target[256];
		struct statx st = {0};
		ssize_t len;

		if (search->fs->live &&
		    statx(dir, names[i], AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0)
			continue;
		if (S_ISBLK(st.stx_mode) || S_ISCHR(st.stx_mode)) {
			node = inuse_find(search, S_ISCHR(st.stx_mode),
					  makedev(st.stx_rdev_major, st.stx_rdev_minor));
		} else if (!(st.stx_mode & S_IFMT)) {
			/* What has no inode of its own has no type (fs/anon_inodes.c). */
			len = readlinkat(dir, names[i], target, sizeof(target) - 1);
			target[len < 0 ? 0 : len] = '\0';
			if (!strcmp(target, RING))
				ring_observe(search, process, names[i]);
			else if (!search->fs->live)
				node = inuse_find_path(search, target);
		}
		inuse_note(node, "open by process %s", process);
	}
	sysfs_free_names(names, n);
}

/* The device node a shared mapping is of. What the mapping's path says may be true in another
 * mount namespace only, so the mapped file itself is asked where that is allowed. */
static const struct inuse_node *mapped_node(const struct inuse_search *search, const char *process,
					    const struct mapping *mapping)
{
	_cleanup_(freep) char *file = NULL;
	struct statx st;

	if (!search->fs->live)
		return inuse_find_path(search, mapping->path);
	file = mem_printf("/proc/%s/map_files/%" PRIx64 "-%" PRIx64, process, mapping->start,
			  mapping->end);
	if (statx(AT_FDCWD, file, AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0)
		return inuse_find_path(search, mapping->path);
	if (!S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode))
		return NULL;
	return inuse_find(search, S_ISCHR(st.stx_mode),
			  makedev(st.stx_rdev_major, st.stx_rdev_minor));
}

/* Whether it is one of the kernel's own threads, which have nothing open and nothing mapped: so
 * says PF_KTHREAD (include/linux/sched.h), in the flags of proc_pid_stat(5), which take less time
 * to read than their maps and the list of their threads. */
static bool is_kernel_thread(const struct inuse_search *search, const char *process)
{
	const unsigned kthread = 0x00200000;
	_cleanup_(freep) char *text = NULL;
	const char *after_name;
	unsigned flags;

	if (sysfs_read(search->fs, &text, "proc/%s/stat", process) < 0)
		return false;
	/* state, parent, group, session, terminal, its group, flags */
	after_name = strrchr(text, ')');
	return after_name && sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       flags & kthread;
}

/* False if it has none: it has ended, or is the kernel's own. */
static bool mappings_observe(struct inuse_search *search, const char *process)
{
	_cleanup_(text_release) struct text text = {0};
	char *rest, *line;
	int r = sysfs_read_all(search->fs, &text, MAPS_MAX, "proc/%s/maps", process);

	if (r < 0) {
		unreadable(search, process, "/maps", r);
		return true;
	}
	rest = text.s;
	while ((line = strsep(&rest, "\n"))) {
		const struct inuse_node *node;
		struct mapping mapping;

		if (!mapping_parse(line, &mapping) || !mapping.file)
			continue;
		node = inuse_find(search, false, mapping.dev);
		if (!node && mapping.shared)
			node = mapped_node(search, process, &mapping);
		inuse_note(node, "mapped by process %s", process);
	}
	return text.len;
}

/* Whether @name is in the list; it is added if not. */
static bool seen_before(char ***list, size_t *n, char *name)
{
	for (size_t i = 0; i < *n; i++) {
		if (!strcmp((*list)[i], name)) {
			free(name);
			return true;
		}
	}
	*MEM_APPEND(*list, *n) = name;
	return false;
}

/* A process whose first thread has ended shows nothing any more of what the others have open and
 * mapped: each of them has a directory of its own, which no listing of /proc names. */
static void threads_observe(struct inuse_search *search, const char *process)
{
	char **threads = NULL;
	size_t n = 0;

	if (sysfs_list(search->fs, &threads, &n, "proc/%s/task", process) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(threads[i], process))
			continue;
		mounts_observe(search, threads[i]);
		files_observe(search, threads[i]);
		mappings_observe(search, threads[i]);
	}
	sysfs_free_names(threads, n);
}

/* In another PID namespace /proc shows its own processes only: who else there is cannot be seen. */
static void namespace_observe(struct inuse_search *search)
{
	_cleanup_(freep) char *name = NULL;
	int r = sysfs_read_link(search->fs, &name, "proc/1/ns/pid");

	if (r < 0)
		unreadable(search, "1", "/ns/pid", r);
	else if (search->fs->live && !search->blind && strcmp(name, FIRST_PID_NAMESPACE) != 0)
		search->blind = mem_strdup("unknown, /proc shows only processes of a container");
}

void inuse_processes(struct inuse_search *search)
{
	_cleanup_(freep) char *self = search->fs->live ? mem_printf("%d", getpid()) : NULL;
	char **processes = NULL, **namespaces = NULL;
	size_t n = 0, n_namespaces = 0;
	char *name = NULL;
	int r;

	/* Ours first: where it is mounted for us is what people want to read. */
	if (sysfs_read_link(search->fs, &name, "proc/self/ns/mnt") == 0)
		(void)seen_before(&namespaces, &n_namespaces, name);
	mounts_observe(search, "self");
	namespace_observe(search);
	r = sysfs_list(search->fs, &processes, &n, "proc");
	if (r < 0)
		unreadable(search, "", "", r);
	for (size_t i = 0; i < n; i++) {
		const char *process = processes[i];
		bool kernels;

		if (*process < '0' || *process > '9')
			continue;
		kernels = is_kernel_thread(search, process);
		if (kernels && strcmp(process, KTHREADD) != 0)
			continue;
		if (sysfs_read_link(search->fs, &name, "proc/%s/ns/mnt", process) < 0 ||
		    !seen_before(&namespaces, &n_namespaces, name))
			mounts_observe(search, process);
		if (kernels || (self && !strcmp(process, self)))
			continue;
		if (mappings_observe(search, process))
			files_observe(search, process);
		else
			threads_observe(search, process);
	}
	sysfs_free_names(processes, n);
	sysfs_free_names(namespaces, n_namespaces);
}
