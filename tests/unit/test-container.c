// SPDX-License-Identifier: GPL-2.0-or-later
/* What gives containers and chroots away, in the files that their makers leave. */
#include <string.h>

#include "container.h"
#include "tree.h"
#include "unit.h"

/* What is said of a root that holds the file @path with @n bytes of @text. */
static char *evidence_of(const char *path, const char *text, size_t n)
{
	struct tree t;
	char *evidence;

	tree_make(&t);
	if (path)
		tree_bytes(&t, path, text, n);
	evidence = container_evidence(&t.fs);
	tree_remove(&t);
	return evidence;
}

static void check(const char *path, const char *text, size_t n, const char *expected)
{
	_cleanup_(freep) char *evidence = evidence_of(path, text, n);

	CHECK_STR(evidence, expected);
}

static void files_of_container_managers(void)
{
	check("run/systemd/container", "lxc\n", 4, "\"/run/systemd/container\" exists");
	check("run/.containerenv", "", 0, "\"/run/.containerenv\" exists");
	check(".dockerenv", "", 0, "\"/.dockerenv\" exists");
}

static void the_variable_of_process_1(void)
{
	static const char with[] = "TERM=linux\0container=systemd-nspawn\0HOME=/";
	static const char without[] = "TERM=linux\0mycontainer=x\0container";

	check("proc/1/environ", with, sizeof(with),
	      "process 1 has \"container=systemd-nspawn\" in its environment");
	check("proc/1/environ", without, sizeof(without), "\"/proc\" is not the kernel's");
}

static void a_root_without_the_kernels_file_systems(void)
{
	check(NULL, NULL, 0, "there is no \"/proc\"");
	check("proc/cmdline", "quiet\n", 6, "\"/proc\" is not the kernel's");
}

UNIT_TESTS(UNIT(files_of_container_managers), UNIT(the_variable_of_process_1),
	   UNIT(a_root_without_the_kernels_file_systems))
