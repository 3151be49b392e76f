/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between inuse.c (what the kernel says about devices), inuse-proc.c (what it says about
 * processes) and inuse-target.c (what it says about those it serves to others), and for tests.
 */
#ifndef RAMDAX_INUSE_PARTS_H
#define RAMDAX_INUSE_PARTS_H

#include <sys/types.h>

#include "index.h"
#include "inuse.h"

/* A device node: the device itself or one of its partitions. */
struct inuse_node {
	bool character;
	dev_t dev;
	char *name; /* below dev/ */
	struct inuse *owner;
};

struct inuse_search {
	const struct sysfs *fs;
	struct inuse_node *nodes; /* sorted by kind and number */
	size_t n_nodes;
	char **blocks; /* the names of all block devices, partitions included */
	size_t n_blocks;
	struct index partitions; /* of these, by the disk that each is of if it is one */
	bool claimed;            /* whole disks were, before: inuse_claim() */
	char *blind;             /* what could not be looked at, as the words for a user; or NULL */
};

/* The node with this kind and number, or NULL. */
const struct inuse_node *inuse_find(const struct inuse_search *search, bool character, dev_t dev);

/*
 * The node that the absolute path @path means, or NULL. On the running machine that is decided by
 * what is there, on a captured one by the name below /dev.
 */
const struct inuse_node *inuse_find_path(const struct inuse_search *search, const char *path);

/* The node of the device that the absolute path @path means, or that was called so by whoever
 * opened it, in another mount namespace perhaps. */
const struct inuse_node *inuse_find_called(const struct inuse_search *search, const char *path);

/* Notes a user, unless one is known already. */
void inuse_note(const struct inuse_node *node, const char *format, ...) _printf_(2, 3);

/* Notes that @what could not be read, by root on the running machine: -errno @r. */
void inuse_blind(struct inuse_search *search, const char *what, int r);

/* Loop devices, and targets of the kernel (NVMe, LIO, rnbd, USB mass storage), which open a device
 * without claiming it, and with no process: nothing else shows them. */
void inuse_targets(struct inuse_search *search);

/* Mounts, open files and mappings of all processes. */
void inuse_processes(struct inuse_search *search);

/* A line of mountinfo (proc_pid_mountinfo(5)). The strings are decoded, in place. */
struct mountinfo {
	dev_t dev;
	const char *mount_point;
	const char *type;
	const char *source;
	const char *options; /* of the file system */
};

/* Cuts @line, which it overwrites. False if it is no such line. */
bool mountinfo_parse(char *line, struct mountinfo *mount);

/* A line of /proc/PID/maps (proc_pid_maps(5)). */
struct mapping {
	uint64_t start, end; /* virtual */
	bool shared;
	dev_t dev;        /* of the file system of the file */
	const char *path; /* "" if none */
	bool file;        /* of a file: it has an inode number */
};

/* Cuts @line, which it overwrites. False if it is no such line. */
bool mapping_parse(char *line, struct mapping *mapping);

/* Replaces \040 and the like, in place. */
void octal_decode(char *s);

#endif
