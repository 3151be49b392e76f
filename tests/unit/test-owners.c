// SPDX-License-Identifier: GPL-2.0-or-later
/* Owners and groups of another root. */
#include <sys/stat.h>

#include "layout-tools.h"

#define LAYOUT                                                                        \
	"version = 1\n[[region]]\nname = \"r\"\n[[region.namespace]]\nname = \"n\"\n" \
	"size = \"16MiB\"\nowner = %s\ngroup = %s\n"

static void file_write(const char *root, const char *path, const char *text)
{
	_cleanup_(freep) char *name = mem_printf("%s/%s", root, path);
	FILE *f = fopen(name, "w");

	if (CHECK(f)) {
		fputs(text, f);
		fclose(f);
	}
}

/* Owner and group as numbers, "OWNER GROUP", or what is said against them. */
static char *resolved(int root_fd, const char *owner, const char *group)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(freep) char *text = mem_printf(LAYOUT, owner, group);
	struct layout *layout = layout_of(text);
	const struct layout_namespace *ns;
	char *result;

	if (!layout)
		return mem_strdup("");
	layout_resolve_owners(layout, root_fd, &faults);
	ns = layout->regions[0].namespaces;
	result = faults.n ? faults_text(&faults, "l") : mem_printf("%s %s", ns->owner, ns->group);
	layout_free(layout);
	return result;
}

static void check_resolved(int root_fd, const char *owner, const char *group, const char *expected)
{
	_cleanup_(freep) char *found = resolved(root_fd, owner, group);

	CHECK_STR(found, expected);
}

static void names_are_those_of_the_root(void)
{
	char root[] = "/tmp/ramdax-owners-XXXXXX";
	_cleanup_(freep) char *etc = NULL, *remove = NULL;
	_cleanup_(closep) int fd = -1;

	if (!CHECK(mkdtemp(root)))
		return;
	etc = mem_printf("%s/etc", root);
	mkdir(etc, 0755);
	file_write(root, "etc/passwd",
		   "root:x:0:0:root:/root:/bin/sh\n"
		   "rootless:x:17:17::/:/bin/false\n"
		   "broken:x\n"
		   "bad:x:number:1::/:\n"
		   "qemu:x:107:36:qemu user:/:/sbin/nologin\n");
	file_write(root, "etc/group", "root:x:0:\nkvm:x:36:qemu\ndisk:x:6");
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	check_resolved(fd, "\"qemu\"", "\"kvm\"", "107 36");
	check_resolved(fd, "\"rootless\"", "\"disk\"", "17 6");
	check_resolved(fd, "\"root\"", "1000", "0 1000");
	check_resolved(fd, "\"12\"", "\"root\"", "12 0");
	check_resolved(fd, "\"broken\"", "\"kv\"",
		       "l:4:1: unknown user \"broken\"\nl:4:1: unknown group \"kv\"\n");
	check_resolved(fd, "\"bad\"", "\"qemu\"",
		       "l:4:1: unknown user \"bad\"\nl:4:1: unknown group \"qemu\"\n");
	remove = mem_printf("rm -r %s", root);
	CHECK_INT(system(remove), 0);
}

static void root_needs_no_database(void)
{
	char root[] = "/tmp/ramdax-owners-XXXXXX";
	_cleanup_(closep) int fd = -1;

	if (!CHECK(mkdtemp(root)))
		return;
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	check_resolved(fd, "\"root\"", "\"root\"", "0 0");
	check_resolved(fd, "\"daemon\"", "1", "l:4:1: unknown user \"daemon\"\n");
	CHECK_INT(rmdir(root), 0);
}

UNIT_TESTS(UNIT(names_are_those_of_the_root), UNIT(root_needs_no_database))
