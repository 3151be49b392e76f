// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layouts nobody wrote: every key at random, with values that are valid where they stand. All
 * read, print and read back as the same. RAMDAX_LONG: more of them.
 */
#include "layout-tools.h"

#define RUNS      300
#define RUNS_LONG 20000

/* xorshift64: the same layouts everywhere. */
static uint64_t state = 88172645463325252U;

static unsigned below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % n);
}

static bool maybe(void)
{
	return below(3) == 0;
}

#define ONE_OF(...)                                               \
	({                                                        \
		static const char *const _list[] = {__VA_ARGS__}; \
		_list[below(ARRAY_SIZE(_list))];                  \
	})

static const char *const modes[] = {"fsdax", "devdax", "sector", "raw"};

static void add_uuid(struct text *t, const char *key)
{
	text_addf(t, "%s = \"%08x-0000-4000-8000-%08x%04x\"\n", key, below(1U << 31),
		  below(1U << 31), below(1U << 16));
}

static void add_filesystem(struct text *t, unsigned n)
{
	const char *type = ONE_OF("ext4", "xfs", "ext2", "btrfs", "vfat", "none");

	text_addf(t, "[region.namespace.filesystem]\ntype = \"%s\"\n", type);
	if (!strcmp(type, "none"))
		return;
	if (maybe())
		text_addf(t, "label = \"%s\"\n", ONE_OF("a", "Two w", "x_y-z"));
	if (maybe())
		add_uuid(t, "uuid");
	if (maybe())
		text_add(t, "options = [\"-f\", \"-v\"]\n");
	if (maybe())
		text_addf(t, "mount_point = \"/srv/%u/%s\"\n", n,
			  ONE_OF("a", "b c", "\\u00e4\\\""));
	if (maybe())
		text_addf(t, "mount_options = [%s]\n",
			  ONE_OF("", "\"noatime\"", "\"a=\\\"b\\\"\", \"nodev\""));
}

/* Keys that may also stand in [defaults]. */
static void add_common(struct text *t, unsigned mode)
{
	if (mode <= MODE_DEVDAX && maybe())
		text_addf(t, "align = %s\n", ONE_OF("4096", "\"2MiB\"", "\"1G\""));
	if (mode <= MODE_DEVDAX && maybe())
		text_addf(t, "map = \"%s\"\n", ONE_OF("dev", "mem"));
	if (mode == MODE_SECTOR && maybe())
		text_addf(t, "sector_size = %s\n", ONE_OF("512", "4096"));
	if (maybe())
		text_addf(t, "on_conflict = \"%s\"\n", ONE_OF("keep", "recreate"));
	if (maybe())
		text_addf(t, "survives = \"%s\"\n", ONE_OF("reset", "kexec", "none"));
	if (maybe())
		text_addf(t, "scrub = %s\n", ONE_OF("true", "false"));
	if (maybe())
		text_addf(t, "owner = %s\n", ONE_OF("0", "\"qemu\"", "\"42\"", "4294967294"));
	if (maybe())
		text_addf(t, "group = %s\n", ONE_OF("7", "\"kvm\"", "0"));
	if (maybe())
		text_addf(t, "access = \"%s\"\n", ONE_OF("0600", "0660", "444", "0777"));
	if (maybe())
		text_addf(t, "required = %s\n", ONE_OF("true", "false"));
}

static void add_size(struct text *t, bool shares)
{
	if (shares)
		text_addf(t, "size = \"%s\"\n", ONE_OF("5%", "6.25%", "3.3333%"));
	else if (maybe())
		text_addf(t, "raw_size = \"%uGiB\"\n", 4 + below(9));
	else
		text_addf(t, "size = %s\n",
			  ONE_OF("\"4GiB\"", "4294967296", "\"2G\"", "\"1536MiB\"", "\"1T\""));
}

static void add_namespace(struct text *t, unsigned n, bool shares, bool modeless)
{
	unsigned mode = modeless ? MODE_FSDAX : below(ARRAY_SIZE(modes));
	unsigned count = maybe() ? 1 + below(4) : 0;

	text_addf(t, "[[region.namespace]]\nname = \"n%u%s\"\n", n,
		  ONE_OF("", " x", "\\\\", " \\\"q\\\"", "\\u20ac"));
	if (!modeless)
		text_addf(t, "mode = \"%s\"\n", modes[mode]);
	add_size(t, shares);
	if (count)
		text_addf(t, "count = %u\n", count);
	else if (maybe())
		add_uuid(t, "uuid");
	add_common(t, mode);
	if (mode != MODE_DEVDAX && !count && maybe())
		add_filesystem(t, n);
}

static void add_region(struct text *t, unsigned n)
{
	bool shares = maybe();

	text_addf(t, "[[region]]\nname = \"r%u\"\n", n);
	if (shares)
		text_addf(t, "size = \"%s\"\n", ONE_OF("1TiB", "2000000M", "12.5%"));
	if (maybe())
		text_addf(t, "node = %u\n", below(8));
	if (maybe())
		text_addf(t, "address = \"0x%u00000000000\"\n", n + 1);
	if (maybe())
		text_addf(t, "required = %s\n", ONE_OF("true", "false"));
	for (unsigned i = 0, of = 1 + below(4); i < of; i++)
		add_namespace(t, 100 * n + i, shares, maybe());
}

static char *random_layout(void)
{
	struct text t = {0};

	text_add(&t, "version = 1\n");
	if (maybe())
		add_uuid(&t, "seed");
	if (maybe())
		text_addf(&t, "system_memory = %s\n", ONE_OF("\"16GiB\"", "1"));
	if (maybe())
		text_addf(&t, "boot_timeout = %u\n", 1 + below(3600));
	if (maybe()) {
		text_add(&t, "[defaults]\n");
		add_common(&t, below(ARRAY_SIZE(modes)));
		if (maybe())
			text_addf(&t, "[defaults.filesystem]\ntype = \"%s\"\n",
				  ONE_OF("ext4", "xfs", "none"));
	}
	for (unsigned i = 0, n = below(4); i < n; i++)
		add_region(&t, i);
	return text_take(&t);
}

static void random_layouts_round_trip(void)
{
	unsigned runs = getenv("RAMDAX_LONG") ? RUNS_LONG : RUNS;

	for (unsigned i = 0; i < runs; i++) {
		_cleanup_(freep) char *text = random_layout();
		unsigned failed = unit_failed;

		check_round_trip(text);
		if (unit_failed > failed) {
			printf("# layout %u of seed:\n%s", i, text);
			return;
		}
	}
}

UNIT_TESTS(UNIT(random_layouts_round_trip))
