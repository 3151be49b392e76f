// SPDX-License-Identifier: GPL-2.0-or-later
#include "inuse.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "blockdev.h"
#include "crew.h"
#include "inuse-parts.h"
#include "mem.h"
#include "units.h"

#define SWAPS_MAX (1 * MIB)
/* Devices that are worth another thread. */
#define DEVICES_SHARE 16

static int compare_nodes(const void *a, const void *b)
{
	const struct inuse_node *x = a, *y = b;

	if (x->character != y->character)
		return x->character - y->character;
	return (x->dev > y->dev) - (x->dev < y->dev);
}

const struct inuse_node *inuse_find(const struct inuse_search *search, bool character, dev_t dev)
{
	const struct inuse_node key = {.character = character, .dev = dev};

	if (!search->n_nodes)
		return NULL;
	return bsearch(&key, search->nodes, search->n_nodes, sizeof(key), compare_nodes);
}

const struct inuse_node *inuse_find_path(const struct inuse_search *search, const char *path)
{
	struct statx st;

	if (search->fs->live) {
		/* Not synchronised: a dead file server must not hold us up. */
		if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0 ||
		    (!S_ISBLK(st.stx_mode) && !S_ISCHR(st.stx_mode)))
			return NULL;
		return inuse_find(search, S_ISCHR(st.stx_mode),
				  makedev(st.stx_rdev_major, st.stx_rdev_minor));
	}
	if (strncmp(path, "/dev/", 5) != 0)
		return NULL;
	for (size_t i = 0; i < search->n_nodes; i++) {
		if (!strcmp(search->nodes[i].name, path + 5))
			return &search->nodes[i];
	}
	return NULL;
}

void inuse_blind(struct inuse_search *search, const char *what, int r)
{
	if (search->fs->live && geteuid() == 0 && !search->blind)
		search->blind = mem_printf("unknown, cannot read %s: %s", what, strerror(-r));
}

void inuse_note(const struct inuse_node *node, const char *format, ...)
{
	struct text text = {0};
	va_list args;

	if (!node || node->owner->user)
		return;
	va_start(args, format);
	text_vaddf(&text, format, args);
	va_end(args);
	node->owner->user = text_take(&text);
}

/* A device being looked at, and the nodes that are found of it. */
struct look {
	const struct inuse_search *search;
	struct inuse *owner;
	struct inuse_node *nodes;
	size_t n_nodes;
	bool taken; /* the kernel lets nobody else claim it */
};

static void node_put(struct look *look, const char *name, dev_t dev)
{
	*MEM_APPEND(look->nodes, look->n_nodes) = (struct inuse_node){
		.character = !strncmp(name, "dax", 3),
		.dev = dev,
		.name = mem_strdup(name),
		.owner = look->owner,
	};
}

/* The device in the directory @dir, whose last component is its name. */
static bool node_add(struct look *look, const char *dir)
{
	_cleanup_(freep) char *text = NULL;
	unsigned major, minor;

	if (sysfs_read(look->search->fs, &text, "%s/dev", dir) < 0 ||
	    sscanf(text, "%u:%u", &major, &minor) != 2)
		return false;
	node_put(look, strrchr(dir, '/') + 1, makedev(major, minor));
	return true;
}

/* A descriptor or -errno. */
static int open_exclusively(const struct sysfs *fs, const char *name)
{
	_cleanup_(closep) int fd =
		sysfs_open_file(fs, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC, "dev/%s", name);
	int r = fd < 0 || !fs->live ? fd : device_check(fd, name);

	return r < 0 ? r : TAKE_FD(fd);
}

/* Device-mapper and md put a link to themselves into the directory of what they are on. */
static void holders_observe(const struct sysfs *fs, const char *dir, struct inuse *owner)
{
	char **names = NULL;
	size_t n = 0;

	if (sysfs_list(fs, &names, &n, "%s/holders", dir) < 0)
		return;
	if (n && !owner->user)
		owner->user = mem_strdup(names[0]);
	sysfs_free_names(names, n);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The bytes of @name that are the disk's name if it is a partition: "pmem0" of "pmem0p1", "pmem0s"
 * of "pmem0s1" (block/genhd.c, disk_name). */
static size_t disk_bytes(const char *name)
{
	size_t n = strlen(name);

	while (n && is_digit(name[n - 1]))
		n--;
	return n > 1 && name[n - 1] == 'p' && is_digit(name[n - 2]) ? n - 1 : n;
}

static bool is_partition(const char *name, const char *disk)
{
	size_t n = strlen(disk);

	return is_digit(name[strlen(name) - 1]) && disk_bytes(name) == n && !strncmp(name, disk, n);
}

static void partitions_observe(struct look *look, const char *disk, bool unclaimed)
{
	const struct inuse_search *search = look->search;

	for (size_t i = index_first(&search->partitions, disk, strlen(disk)); i != INDEX_NONE;
	     i = index_next(&search->partitions, i)) {
		_cleanup_(freep) char *dir = NULL;

		if (!is_partition(search->blocks[i], disk))
			continue;
		dir = mem_printf("%s/%s", look->owner->dir, search->blocks[i]);
		if (node_add(look, dir) && !unclaimed)
			holders_observe(search->fs, dir, look->owner);
	}
}

/*
 * Where nothing in the kernel claims the disk @name or a partition of it, it can be claimed
 * (block/bdev.c, bd_may_claim). Whatever does, shows as EBUSY: a file system, even one unmounted
 * lazily or on a second device, device-mapper, md, bcache, drbd.
 */
static void disk_observe(struct look *look, const char *name)
{
	const struct inuse_search *search = look->search;
	_cleanup_(closep) int own = -1;
	int claim = search->claimed ? look->owner->claim : -1;
	struct stat st;

	if (!search->claimed && search->fs->live) {
		claim = own = open_exclusively(search->fs, name);
		look->taken = own == -EBUSY;
	}
	/* A device that is open tells its number without an attribute. */
	if (claim >= 0 && fstat(claim, &st) == 0)
		node_put(look, name, st.st_rdev);
	else
		node_add(look, look->owner->dir);
	if (claim < 0)
		holders_observe(search->fs, look->owner->dir, look->owner);
	partitions_observe(look, name, claim >= 0);
}

/* kmem makes system memory of one. */
static void dax_observe(struct look *look)
{
	struct inuse *device = look->owner;
	_cleanup_(freep) char *driver = NULL;

	node_add(look, device->dir);
	if (sysfs_read_link(look->search->fs, &driver, "%s/driver", device->dir) == 0 &&
	    strcmp(driver, "device_dax") != 0)
		device->user = mem_printf("driver %s", driver);
}

static void device_observe(void *context, size_t number)
{
	struct look *look = (struct look *)context + number;
	const char *name = strrchr(look->owner->dir, '/') + 1;

	if (!strncmp(name, "dax", 3))
		dax_observe(look);
	else
		disk_observe(look, name);
}

static void looks_take(struct inuse_search *search, struct look *looks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < looks[i].n_nodes; j++)
			*MEM_APPEND(search->nodes, search->n_nodes) = looks[i].nodes[j];
		free(TAKE_PTR(looks[i].nodes));
	}
	if (search->n_nodes)
		qsort(search->nodes, search->n_nodes, sizeof(*search->nodes), compare_nodes);
}

static void swaps_observe(const struct inuse_search *search)
{
	_cleanup_(text_release) struct text text = {0};
	char *rest, *line;

	if (sysfs_read_all(search->fs, &text, SWAPS_MAX, "proc/swaps") < 0)
		return;
	rest = text.s;
	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, " \t")] = '\0';
		octal_decode(line);
		if (*line == '/')
			inuse_note(inuse_find_path(search, line), "swap");
	}
}

/* Devices being claimed, and what came of each: 0, -EBUSY, or why it could not be. */
struct claims {
	const struct sysfs *fs;
	struct inuse *devices;
	int *results;
};

/* Claims a whole disk, which claims its partitions, too (block/bdev.c, bd_may_claim). */
static void claim(void *context, size_t i)
{
	const struct claims *claims = context;
	struct inuse *device = &claims->devices[i];
	const char *name = strrchr(device->dir, '/') + 1;

	device->claim = -1;
	if (!claims->fs->live || !strncmp(name, "dax", 3))
		return;
	device->claim = open_exclusively(claims->fs, name);
	claims->results[i] = device->claim < 0 ? device->claim : 0;
}

/* A partition that is not seen is one whose users are not. */
static void blocks_observe(struct inuse_search *search)
{
	int r = sysfs_list(search->fs, &search->blocks, &search->n_blocks, "sys/class/block");

	if (r < 0 && search->fs->live && !search->blind)
		search->blind = mem_printf("unknown, listing block devices: %s", strerror(-r));
	for (size_t i = 0; i < search->n_blocks; i++)
		index_add(&search->partitions, search->blocks[i], disk_bytes(search->blocks[i]));
}

static void users_observe(struct inuse_search *search, struct inuse *devices, size_t n)
{
	_cleanup_(freep) struct look *looks = mem_calloc(n + 1, sizeof(*looks));

	for (size_t i = 0; i < n; i++)
		looks[i] = (struct look){.search = search, .owner = &devices[i]};
	blocks_observe(search);
	crew_run(crew_size(n / DEVICES_SHARE), n, device_observe, looks);
	looks_take(search, looks, n);
	swaps_observe(search);
	inuse_targets(search);
	inuse_processes(search);
	for (size_t i = 0; i < n; i++) {
		if (devices[i].user)
			continue;
		if (looks[i].taken)
			devices[i].user = mem_strdup("claimed by the kernel");
		else if (search->blind)
			devices[i].user = mem_strdup(search->blind);
	}
}

static void search_release(struct inuse_search *search)
{
	for (size_t i = 0; i < search->n_nodes; i++)
		free(search->nodes[i].name);
	free(search->nodes);
	sysfs_free_names(search->blocks, search->n_blocks);
	index_release(&search->partitions);
	free(search->blind);
}

void inuse_observe(const struct sysfs *fs, struct inuse *devices, size_t n)
{
	_cleanup_(search_release) struct inuse_search search = {.fs = fs};

	if (n)
		users_observe(&search, devices, n);
}

void inuse_claim(const struct sysfs *fs, struct inuse *devices, size_t n)
{
	_Atomic int failure = 0;
	struct sysfs watched = *fs;
	_cleanup_(search_release) struct inuse_search search = {.fs = &watched,
								.claimed = fs->live};
	_cleanup_(freep) int *results = mem_calloc(n + 1, sizeof(*results));
	struct claims claims = {fs, devices, results};

	watched.failure = &failure;
	crew_run(crew_size(n / DEVICES_SHARE), n, claim, &claims);
	if (n)
		users_observe(&search, devices, n);
	for (size_t i = 0; i < n; i++) {
		if (devices[i].user)
			continue;
		if (results[i] == 0 && failure)
			devices[i].user =
				mem_printf("unknown, looking for users: %s", strerror(failure));
		if (results[i] == 0)
			continue;
		devices[i].user = results[i] == -EBUSY
					  ? mem_strdup("claimed by the kernel")
					  : mem_printf("unknown, opening its device: %s",
						       strerror(-results[i]));
	}
}

void inuse_unclaim(struct inuse *device)
{
	closep(&device->claim);
	device->claim = -1;
}

void inuse_release(struct inuse *device)
{
	inuse_unclaim(device);
	free(device->dir);
	free(device->user);
	free(device->mount_point);
}
