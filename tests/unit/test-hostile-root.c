// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A captured machine with a few of its files replaced by anything, over and over: it is observed
 * and planned for without harm, which the sanitizers judge, and nothing is planned that a machine
 * without these files would not bear.
 */
#include <ftw.h>

#include "observe.h"
#include "plan.h"

#include "unit.h"

#include "tree.h"

#define MACHINE "tests/machines/four-modes-7.3.4"
#define ROUNDS  150

static char **files;
static size_t n_files;
static uint64_t state = 88172645463325252;

static uint64_t next_random(uint64_t limit)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % limit;
}

static int add_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (kind == FTW_F)
		*MEM_APPEND(files, n_files) = mem_strdup(path);
	return 0;
}

/* What stands in the file @path from now on. */
static void replace(const char *path)
{
	static const char *const values[] = {
		"",
		"0\n",
		"-1\n",
		"18446744073709551615\n",
		"0xffffffffffffffff\n",
		"4096\n",
		"namespace0.0\n",
		"nmem0,0,18446744073709551615,0\n",
		"ramdax\n",
		"[\n",
		"512 [4096]\n",
		"2f62bc6e-b3ce-5422-ae6e-0bda41420139\n",
		"100000000-120000000 : Persistent Memory (legacy)\n",
		"ffffffffffffffff-0 : System RAM\n",
	};
	FILE *f = fopen(path, "w");
	size_t n = next_random(ARRAY_SIZE(values) + 3);

	if (!f)
		tree_fail(path);
	if (n < ARRAY_SIZE(values))
		fputs(values[n], f);
	else
		for (uint64_t i = next_random(5000); i > 0; i--)
			fputc((int)next_random(256), f);
	fclose(f);
}

static void restore(const char *root, const char *path)
{
	_cleanup_(freep) char *line = mem_printf("cp %s%s %s", MACHINE, path + strlen(root), path);

	if (system(line) != 0)
		tree_fail(path);
}

static void anything_may_stand_in_any_file(void)
{
	static const char text[] =
		"version = 1\n[[region]]\nname = \"main\"\n"
		"[[region.namespace]]\nname = \"files\"\nsize = \"30MiB\"\n"
		"filesystem.type = \"ext4\"\n"
		"[[region.namespace]]\nname = \"new\"\nmode = \"raw\"\nsize = \"4MiB\"\n";
	_cleanup_(tree_remove) struct tree t;
	_cleanup_(freep) char *copy = NULL;
	struct fault_list faults = {0};
	struct plan_options options = {.recreate = true, .prune = true};
	struct layout *layout = layout_read_text(text, sizeof(text) - 1, "layout.toml", &faults);

	tree_make(&t);
	copy = mem_printf("cp -r %s/. %s", MACHINE, t.path);
	if (!CHECK(layout) || !CHECK(system(copy) == 0))
		return;
	nftw(t.path, add_file, 16, FTW_PHYS);
	CHECK(n_files > 100);
	for (int round = 0; round < ROUNDS; round++) {
		size_t changed[4];
		struct machine *m;
		struct plan *plan;

		for (size_t i = 0; i < ARRAY_SIZE(changed); i++) {
			changed[i] = next_random(n_files);
			replace(files[changed[i]]);
		}
		m = observe(&t.fs);
		plan = plan_make(layout, m, &options);
		for (size_t i = 0; i < plan->n_steps; i++)
			CHECK(plan->steps[i].kind != STEP_CREATE || plan->steps[i].where.size > 0);
		plan_free(plan);
		machine_free(m);
		for (size_t i = 0; i < ARRAY_SIZE(changed); i++)
			restore(t.path, files[changed[i]]);
	}
	for (size_t i = 0; i < n_files; i++)
		free(files[i]);
	free(files);
	layout_free(layout);
}

UNIT_TESTS(UNIT(anything_may_stand_in_any_file))
