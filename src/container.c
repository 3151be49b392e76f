// SPDX-License-Identifier: GPL-2.0-or-later
#include "container.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "mem.h"
#include "units.h"

#define ENVIRON_MAX MIB
/* The first PID namespace's inode (include/uapi/linux/nsfs.h, PID_NS_INIT_INO; it always was). */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

/* What container managers leave in the file systems they make. */
static char *marker(const struct sysfs *fs)
{
	static const char *const files[] = {"run/systemd/container", "run/.containerenv",
					    ".dockerenv"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (sysfs_exists(fs, "%s", files[i]))
			return mem_printf("\"/%s\" exists", files[i]);
	return NULL;
}

/* The first process's variable "container", which says by whom. */
static char *variable(const struct sysfs *fs)
{
	_cleanup_(text_release) struct text environment = {0};

	if (sysfs_read_all(fs, &environment, ENVIRON_MAX, "proc/1/environ") < 0)
		return NULL;
	for (size_t at = 0; at < environment.len; at += strlen(environment.s + at) + 1)
		if (!strncmp(environment.s + at, "container=", strlen("container=")))
			return mem_printf("process 1 has \"%s\" in its environment",
					  environment.s + at);
	return NULL;
}

static char *file_system(const struct sysfs *fs, const char *path, unsigned long magic)
{
	_cleanup_(closep) int fd = sysfs_open_file(fs, O_PATH | O_DIRECTORY, "%s", path);
	struct statfs found;

	if (fd < 0 || fstatfs(fd, &found) < 0)
		return mem_printf("there is no \"/%s\"", path);
	if ((unsigned long)found.f_type != magic)
		return mem_printf("\"/%s\" is not the kernel's", path);
	return NULL;
}

static char *other_root(void)
{
	struct stat ours, first;

	if (stat("/", &ours) < 0 || stat("/proc/1/root/.", &first) < 0)
		return mem_printf("the root of process 1 cannot be looked at (%s)",
				  strerror(errno));
	if (ours.st_dev != first.st_dev || ours.st_ino != first.st_ino)
		return mem_strdup("process 1 has another root directory");
	return NULL;
}

static char *other_namespace(void)
{
	char target[64];
	ssize_t n = readlink("/proc/self/ns/pid", target, sizeof(target) - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	return strcmp(target, FIRST_PID_NAMESPACE) != 0
		       ? mem_strdup("this is not the first PID namespace")
		       : NULL;
}

char *container_evidence(const struct sysfs *fs)
{
	char *evidence = marker(fs);

	if (!evidence)
		evidence = variable(fs);
	if (!evidence)
		evidence = file_system(fs, "proc", PROC_SUPER_MAGIC);
	if (!evidence)
		evidence = file_system(fs, "sys", SYSFS_MAGIC);
	if (!evidence)
		evidence = other_namespace();
	if (!evidence)
		evidence = other_root();
	return evidence;
}
