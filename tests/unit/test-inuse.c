// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Users of devices, found in files as a captured machine has them. That live devices are looked
 * at too is shown in a virtual machine.
 */
#include "inuse.h"

#include <sys/resource.h>
#include <sys/sysmacros.h>

#include "unit.h"

#include "inuse-parts.h"
#include "tree.h"

static void mounts_are_parsed(void)
{
	char line[] = "36 35 259:3 / /srv/my\\040files rw,noatime shared:1 master:2 - ext4 "
		      "/dev/pmem0 rw,dax=always";
	char plain[] = "36 35 0:45 / /mnt rw - btrfs /dev/pmem1 rw";
	char *broken[] = {(char[]){""}, (char[]){"36 35 259:3 / /mnt rw shared:1 ext4 a b"},
			  (char[]){"36 35 259 / /mnt rw - ext4 a b"},
			  (char[]){"36 35 259:3 / /mnt rw - ext4 a"},
			  (char[]){"36 35 259:3x / /mnt rw - ext4 a b"}};
	struct mountinfo m;

	if (CHECK(mountinfo_parse(line, &m))) {
		CHECK_INT(m.dev, makedev(259, 3));
		CHECK_STR(m.mount_point, "/srv/my files");
		CHECK_STR(m.type, "ext4");
		CHECK_STR(m.source, "/dev/pmem0");
		CHECK_STR(m.options, "rw,dax=always");
	}
	CHECK(mountinfo_parse(plain, &m));
	CHECK_STR(m.source, "/dev/pmem1");
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
		CHECK(!mountinfo_parse(broken[i], &m));
}

static void mappings_are_parsed(void)
{
	char dax[] = "7f0000000000-7f0000200000 rw-s 00000000 00:06 231    /dev/dax0.1";
	char anonymous[] = "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 ";
	char broken[] = "7ffc00000000 rw-p 00000000 00:00 0";
	struct mapping m;

	if (CHECK(mapping_parse(dax, &m))) {
		CHECK(m.shared && m.file);
		CHECK_STR(m.path, "/dev/dax0.1");
		CHECK_INT(m.dev, makedev(0, 6));
		CHECK_INT(m.end - m.start, 0x200000);
	}
	if (CHECK(mapping_parse(anonymous, &m)))
		CHECK(!m.shared && !m.file);
	CHECK(!mapping_parse(broken, &m));
}

static void escapes_are_decoded(void)
{
	char text[] = "a\\040b\\134c\\9\\12";

	octal_decode(text);
	CHECK_STR(text, "a b\\c\\9\\12");
}

/* A machine with the block devices pmem0 (259:0), pmem1 (259:1, a partition 259:2) and the
 * character device dax0.2 (252:0). */
static void machine_make(struct tree *t, struct inuse *devices)
{
	tree_make(t);
	tree_file(t, "d/pmem0/dev", "259:0\n");
	tree_directory(t, "d/pmem0/holders");
	tree_file(t, "d/pmem1/dev", "259:1\n");
	tree_file(t, "d/pmem1/pmem1p1/dev", "259:2\n");
	tree_directory(t, "sys/class/block/pmem1p1");
	tree_directory(t, "sys/class/block/pmem10p1"); /* of another disk */
	tree_file(t, "d/dax0.2/dev", "252:0\n");
	memset(devices, 0, 3 * sizeof(*devices));
	devices[0].dir = mem_strdup("d/pmem0");
	devices[1].dir = mem_strdup("d/pmem1");
	devices[2].dir = mem_strdup("d/dax0.2");
}

static void devices_release(struct inuse *devices)
{
	for (int i = 0; i < 3; i++) {
		free(devices[i].dir);
		free(devices[i].user);
		free(devices[i].mount_point);
	}
}

/* One way of using a device: files to add, and who is found. */
struct use {
	const char *path;
	const char *text; /* or a link's target after "->" */
	const char *users[3];
};

static const struct use uses[] = {
	{"proc/swaps", "Filename\tType\n/dev/pmem0   partition 1 0 -1\n", {"swap"}},
	{"proc/swaps", "Filename\tType\n/swapfile   file 1 0 -1\n", {NULL}},
	{"d/pmem0/holders/dm-3", "->../../dm-3", {"dm-3"}},
	{"d/pmem1/pmem1p1/holders/md0", "->../../md0", {NULL, "md0"}},
	{"sys/block/loop4/loop/backing_file", "/dev/pmem0\n", {"loop4"}},
	{"proc/self/mountinfo", "1 0 259:0 / /srv rw - xfs /dev/root rw\n", {"mounted on /srv"}},
	{"proc/12/mountinfo", "1 0 259:2 / /a rw - ext4 x rw\n", {NULL, "mounted on /a"}},
	{"proc/12/mountinfo", "1 0 0:40 / /a rw - btrfs /dev/pmem1 rw\n", {NULL, "mounted on /a"}},
	{"proc/12/mountinfo", "1 0 259:9 / /a rw - ext4 /dev/sda rw\n", {NULL}},
	{"proc/12/fd/5", "->/dev/dax0.2", {NULL, NULL, "open by process 12"}},
	{"proc/12/fd/5", "->/dev/pmem0", {"open by process 12"}},
	{"proc/12/fd/5", "->/dev/pmem01", {NULL}},
	{"proc/12/maps",
	 "1000-2000 rw-s 0 00:06 9 /dev/dax0.2\n",
	 {NULL, NULL, "mapped by process 12"}},
	{"proc/12/maps", "1000-2000 r--p 0 103:01 9 /srv/file\n", {NULL, "mapped by process 12"}},
	{"proc/12/maps", "1000-2000 rw-p 0 00:00 0 /dev/dax0.2\n", {NULL}},
	{"d/dax0.2/driver", "->../../bus/dax/drivers/kmem", {NULL, NULL, "driver kmem"}},
	{"d/dax0.2/driver", "->../../bus/dax/drivers/device_dax", {NULL}},
	{"sys/kernel/config/nvmet/subsystems/s/namespaces/1/device_path", "/dev/pmem0\n", {NULL}},
};

static void add_file(struct tree *t, const char *path, const char *text)
{
	if (!strncmp(text, "->", 2))
		tree_link(t, path, text + 2);
	else
		tree_file(t, path, text);
}

static void are_found(struct tree *t, struct inuse devices[3], const char *const users[3])
{
	inuse_observe(&t->fs, devices, 3);
	for (int i = 0; i < 3; i++)
		CHECK_STR(devices[i].user, users[i]);
	devices_release(devices);
}

static void every_use_is_found(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		_cleanup_(tree_remove) struct tree t;
		struct inuse devices[3];

		machine_make(&t, devices);
		add_file(&t, uses[i].path, uses[i].text);
		are_found(&t, devices, uses[i].users);
	}
}

#define NVMET "sys/kernel/config/nvmet/subsystems/s/namespaces/1/"
#define LIO   "sys/kernel/config/target/core/"
#define FILEIO(f) \
	"Status: ACTIVATED\n        TCM FILEIO ID: 0        File: " f "  Size: 9  Mode: O_DSYNC\n"
#define IBLOCK(n) \
	"Status: ACTIVATED\n        iBlock device: x  readonly: 0\n        " n "  CLAIMED: IBLOCK\n"

#define RING "proc/12/fd/5", "->anon_inode:[io_uring]", "proc/12/fdinfo/5"

/* A target: its files, and who is found to use each device. */
struct target {
	const char *files[9]; /* paths and texts */
	const char *users[3];
};

static const struct target targets[] = {
	{{NVMET "device_path", "/dev/pmem0\n", NVMET "enable", "1\n"}, {"nvme target s"}},
	{{NVMET "device_path", "/dev/pmem0\n", NVMET "enable", "0\n"}, {NULL}},
	/* What cannot be read may be anything. */
	{{NVMET "device_path", "/dev/pmem0\n", NVMET "enable/x", ""}, {"nvme target s"}},
	{{LIO "fileio_0/a/control", "", LIO "fileio_0/a/enable", "1\n", LIO "fileio_0/a/info",
	  FILEIO("/dev/pmem0")},
	 {"exported by LIO as fileio_0/a"}},
	{{LIO "fileio_0/a/control", "", LIO "fileio_0/a/enable", "0\n", LIO "fileio_0/a/info",
	  FILEIO("/dev/pmem0")},
	 {NULL}},
	{{LIO "fileio_0/a/control", "", LIO "fileio_0/a/enable", "1\n", LIO "fileio_0/a/info",
	  FILEIO("/dev/pmem1p1")},
	 {NULL, "exported by LIO as fileio_0/a"}},
	{{LIO "fileio_0/a/control", "", LIO "fileio_0/a/enable", "1\n", LIO "fileio_0/a/info",
	  FILEIO("/srv/a  Size: 1/../../dev/pmem1")},
	 {NULL, "exported by LIO as fileio_0/a"}},
	{{LIO "fileio_0/a/control", "", LIO "fileio_0/a/enable", "1\n", LIO "fileio_0/a/info",
	  FILEIO("/dev/pmem01")},
	 {NULL}},
	{{LIO "iblock_1/b/control", "", LIO "iblock_1/b/enable", "1\n", LIO "iblock_1/b/info",
	  IBLOCK("Major: 259 Minor: 2")},
	 {NULL, "exported by LIO as iblock_1/b"}},
	{{LIO "iblock_1/b/control", "", LIO "iblock_1/b/enable", "1\n", LIO "iblock_1/b/info",
	  IBLOCK("Major: 8 Minor: 2")},
	 {NULL}},
	/* Only the note tells. */
	{{LIO "user_1/c/control", "", LIO "user_1/c/enable", "1\n", LIO "user_1/c/udev_path",
	  "/dev/pmem0\n"},
	 {"exported by LIO as user_1/c"}},
	/* No backstore. */
	{{LIO "alua/lu_gps/enable", "1\n", LIO "alua/lu_gps/udev_path", "/dev/pmem0\n"}, {NULL}},
	{{"sys/class/rnbd-server/ctl/devices/p/block_dev", "->../../block/pmem1/pmem1p1"},
	 {NULL, "exported by rnbd as p"}},
	{{"sys/kernel/config/usb_gadget/g/functions/mass_storage.0/lun.0/file", "/dev/pmem0\n"},
	 {"USB gadget g"}},
	{{"sys/kernel/config/usb_gadget/g/functions/mass_storage.0/lun.0/file", "\n"}, {NULL}},
	/* Registered with an io_uring. */
	{{RING, "pos:\t0\nSqMask:\t0x0\nUserFiles:\t2\n    1: /dev/pmem1p1\nUserBufs:\t0\n"},
	 {NULL, "open by process 12"}},
	{{RING, "pos:\t0\nUserFiles:\t0\nUserBufs:\t1\n    0: /dev/pmem0\n"}, {NULL}},
	{{RING,
	  "pos:\t0\nUserFiles:\t1\n    0: anon_inode:[eventpoll]\n/dev/pmem0\nUserBufs:\t0\n"},
	 {NULL}},
	/* The kernel's own threads have nothing open, and whoever calls himself one may have. What
	 * is mounted for them is for the first. */
	{{"proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0", "proc/2/mountinfo",
	  "1 0 259:0 / /a rw - ext4 x rw\n", "proc/7/stat", "7 (kdevtmpfs) S 2 0 0 0 -1 2129984 0",
	  "proc/7/mountinfo", "1 0 259:2 / /b rw - ext4 x rw\n"},
	 {"mounted on /a"}},
	{{"proc/7/stat", "7 (kworker) S 2 0 0 0 -1 69238880 0", "proc/7/fd/5", "->/dev/pmem0",
	  "proc/8/stat", "8 (S 2 0 0 0 -1 69238880 0) S 1 8 8 0 -1 4194560 0", "proc/8/fd/5",
	  "->/dev/pmem1"},
	 {NULL, "open by process 8"}},
};

static void every_target_is_found(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		_cleanup_(tree_remove) struct tree t;
		struct inuse devices[3];

		machine_make(&t, devices);
		for (const char *const *f = targets[i].files; *f; f += 2)
			add_file(&t, f[0], f[1]);
		are_found(&t, devices, targets[i].users);
	}
}

static void our_own_mounts_come_first(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct inuse devices[3];

	machine_make(&t, devices);
	tree_file(&t, "proc/self/mountinfo",
		  "1 0 259:0 / /ours rw - xfs a rw,dax=inode\n2 0 259:0 / /again rw - xfs a rw\n");
	tree_link(&t, "proc/self/ns/mnt", "mnt:[2]");
	tree_file(&t, "proc/1/mountinfo", "1 0 259:0 / /theirs rw - xfs a rw\n");
	tree_link(&t, "proc/1/ns/mnt", "mnt:[1]");
	/* In our namespace: what it would say is known already. */
	tree_file(&t, "proc/3/mountinfo", "1 0 259:2 / /never/read rw - xfs a rw\n");
	tree_link(&t, "proc/3/ns/mnt", "mnt:[2]");
	inuse_observe(&t.fs, devices, 3);
	CHECK_STR(devices[0].user, "mounted on /ours");
	CHECK_STR(devices[0].mount_point, "/ours");
	CHECK(devices[0].dax && !devices[1].dax);
	CHECK_STR(devices[1].mount_point, NULL);
	devices_release(devices);
}

/* Before something is taken away, whatever could not be read for want of memory or files might have
 * told of a user. */
static void who_cannot_be_looked_for_is_a_user(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct inuse devices[3];
	struct rlimit before, limit;
	int lowest;

	machine_make(&t, devices);
	lowest = open("/dev/null", O_RDONLY);
	close(lowest);
	if (!CHECK_INT(getrlimit(RLIMIT_NOFILE, &before), 0))
		return;
	limit = before;
	limit.rlim_cur = (rlim_t)lowest;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	inuse_claim(&t.fs, devices, 3);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &before), 0);
	for (int i = 0; i < 3; i++)
		CHECK_STR(devices[i].user, "unknown, looking for users: Too many open files");
	devices_release(devices);
}

UNIT_TESTS(UNIT(mounts_are_parsed), UNIT(mappings_are_parsed), UNIT(escapes_are_decoded),
	   UNIT(every_use_is_found), UNIT(every_target_is_found), UNIT(our_own_mounts_come_first),
	   UNIT(who_cannot_be_looked_for_is_a_user))
