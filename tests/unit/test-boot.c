// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How the kernel came to run, what it can, what it was told.
 */
#include "boot.h"
#include "cmdline.h"

#include "unit.h"

#include "tree.h"

static struct machine *boot(const struct tree *t)
{
	struct machine *m = MEM_NEW(struct machine);

	boot_observe(&t->fs, m);
	return m;
}

static enum boot_kind kind_of(const struct tree *t)
{
	struct machine *m = boot(t);
	enum boot_kind kind = m->boot_kind;

	machine_free(m);
	return kind;
}

static void the_loader_tells_the_kind_of_boot(void)
{
	_cleanup_(tree_remove) struct tree t;

	tree_make(&t);
	CHECK_INT(kind_of(&t), BOOT_UNKNOWN);
	tree_file(&t, "proc/sys/kernel/bootloader_type", "33\n"); /* EFI stub */
	CHECK_INT(kind_of(&t), BOOT_FIRMWARE);
	tree_file(&t, "proc/sys/kernel/bootloader_type", "176\n"); /* QEMU */
	CHECK_INT(kind_of(&t), BOOT_FIRMWARE);
	tree_file(&t, "proc/sys/kernel/bootloader_type", "208\n"); /* kexec -s */
	CHECK_INT(kind_of(&t), BOOT_KEXEC);
}

static void a_device_tree_tells_kexec_too(void)
{
	_cleanup_(tree_remove) struct tree t;

	tree_make(&t);
	tree_file(&t, "sys/firmware/devicetree/base/chosen/linux,booted-from-kexec", "");
	CHECK_INT(kind_of(&t), BOOT_KEXEC);
}

static enum driver_state driver_of(const struct tree *t)
{
	struct machine *m = boot(t);
	enum driver_state driver = m->driver;

	machine_free(m);
	return driver;
}

static void the_driver_is_looked_for_everywhere(void)
{
	_cleanup_(tree_remove) struct tree t;

	tree_make(&t);
	tree_file(&t, "proc/sys/kernel/osrelease", "7.0\n");
	CHECK_INT(driver_of(&t), DRIVER_MISSING);
	tree_file(&t, "usr/lib/modules/7.0/modules.dep",
		  "kernel/drivers/nvdimm/nd_ramdax.ko: kernel/drivers/nvdimm/ramdax.ko\n");
	CHECK_INT(driver_of(&t), DRIVER_MISSING);
	tree_file(&t, "lib/modules/6.9/modules.dep", "kernel/drivers/nvdimm/ramdax.ko:\n");
	CHECK_INT(driver_of(&t), DRIVER_MISSING);
	tree_file(&t, "usr/lib/modules/7.0/modules.dep",
		  "kernel/a.ko:\nkernel/drivers/nvdimm/ramdax.ko.xz: kernel/b.ko\n");
	CHECK_INT(driver_of(&t), DRIVER_MODULE);
	tree_file(&t, "usr/lib/modules/7.0/modules.dep", "");
	tree_file(&t, "lib/modules/7.0/modules.builtin", "kernel/drivers/nvdimm/ramdax.ko\n");
	CHECK_INT(driver_of(&t), DRIVER_MODULE);
	tree_directory(&t, "sys/bus/platform/drivers/ramdax");
	CHECK_INT(driver_of(&t), DRIVER_READY);
}

static char *guest_of(const struct tree *t)
{
	struct machine *m = boot(t);
	char *guest = TAKE_PTR(m->guest);

	machine_free(m);
	return guest;
}

static void guests_that_lie_about_memory_are_named(void)
{
	static const struct {
		const char *files[4]; /* path, text, ... */
		const char *guest;
	} cases[] = {
		{{"sys/hypervisor/type", "xen\n", "sys/hypervisor/guest_type", "PV\n"}, "Xen PV"},
		{{"sys/hypervisor/type", "xen\n", "sys/hypervisor/guest_type", "HVM\n"}, NULL},
		{{"proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu tdx_guest sse\n\n"}, "TDX"},
		{{"proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu\nbugs\t\t: tdx_guest\n\n"}, NULL},
		{{"sys/devices/platform/sev-guest/uevent", ""}, "SEV-SNP"},
		{{"sys/devices/system/cpu/sev/vmpl", "0\n"}, "SEV-SNP"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(tree_remove) struct tree t;
		_cleanup_(freep) char *guest = NULL;

		tree_make(&t);
		for (size_t j = 0; j < 4 && cases[i].files[j]; j += 2)
			tree_file(&t, cases[i].files[j], cases[i].files[j + 1]);
		guest = guest_of(&t);
		CHECK_STR(guest, cases[i].guest);
	}
}

static void identity_is_read(void)
{
	_cleanup_(tree_remove) struct tree t;
	struct machine *m;

	tree_make(&t);
	tree_file(&t, "proc/cmdline", "quiet memmap=1G!4G\n");
	tree_file(&t, "proc/sys/kernel/random/boot_id", "0d2c9d2e-9a6c-4d4e-8f0e-0123456789ab\n");
	m = boot(&t);
	CHECK_STR(m->cmdline, "quiet memmap=1G!4G");
	CHECK_STR(m->boot_id, "0d2c9d2e-9a6c-4d4e-8f0e-0123456789ab");
	CHECK_STR(m->release, NULL);
	machine_free(m);
	tree_file(&t, "proc/sys/kernel/random/boot_id", "0d2c9d2e-9a6c-4d4e-8f0e-0123456789abc\n");
	m = boot(&t);
	CHECK_STR(m->boot_id, "");
	machine_free(m);
}

static void crash_kernels_are_recognised(void)
{
	_cleanup_(tree_remove) struct tree t;

	tree_make(&t);
	CHECK(!boot_is_crash_kernel(&t.fs, "quiet"));
	CHECK(boot_is_crash_kernel(&t.fs, "quiet elfcorehdr=0x77000000 nr_cpus=1"));
	tree_file(&t, "proc/vmcore", "");
	CHECK(boot_is_crash_kernel(&t.fs, "quiet"));
}

static void a_hibernated_system_is_recognised(void)
{
	_cleanup_(tree_remove) struct tree t;

	tree_make(&t);
	CHECK(!boot_is_resuming(&t.fs, "resume=/dev/sda2"));
	tree_file(&t,
		  "sys/firmware/efi/efivars/"
		  "HibernateLocation-8cf2644b-4b0b-428f-9387-6d876050dc67",
		  "{}");
	CHECK(boot_is_resuming(&t.fs, ""));
	CHECK(!boot_is_resuming(&t.fs, "noresume"));
}

static void words_of_the_command_line_are_found(void)
{
	static const char line[] = "BOOT_IMAGE=/vmlinuz  root=\"/dev/my disk\" rd.ramdax=check "
				   "single rd.ramdax=0\n";
	_cleanup_(freep) char *root = cmdline_value(line, "root");
	_cleanup_(freep) char *last = cmdline_value(line, "rd.ramdax");
	_cleanup_(freep) char *bare = cmdline_value(line, "single");
	_cleanup_(freep) char *none = cmdline_value(line, "rd.ramda");

	CHECK_STR(root, "/dev/my disk");
	CHECK_STR(last, "0");
	CHECK_STR(bare, "");
	CHECK_STR(none, NULL);
	CHECK(cmdline_has(line, "single") && cmdline_has(line, "rd.ramdax=0"));
	CHECK(!cmdline_has(line, "rescue") && !cmdline_has(line, "rd.ramdax"));
	CHECK(!cmdline_bool(line, "rd.ramdax", true));
	CHECK(cmdline_bool(line, "single", false));
	CHECK(cmdline_bool(line, "none", true) && !cmdline_bool(line, "none", false));
	CHECK(!cmdline_bool("a=no", "a", true) && !cmdline_bool("a=off", "a", true));
}

static void memmap_is_read_as_the_kernel_does(void)
{
	struct memmap_part *parts;
	size_t n = cmdline_memmap("memmap=512M!4G,0x1000!0x140000000 mem=1G memmap=16k$010 "
				  "memmap=exactmap memmap=2G memmap=1G!x memmap=16E!0,99E!1 -- "
				  "memmap=1G!1G",
				  &parts);
	static const struct {
		char kind;
		uint64_t start, size;
		const char *text;
	} wanted[] = {
		{'!', 4 * GIB, 512 * MIB, "512M!4G"},
		{'!', 0x140000000, 0x1000, "0x1000!0x140000000"},
		{'$', 8, 16 * KIB, "16k$010"},
		{0, 0, 0, "exactmap"},
		{0, 0, 0, "2G"},
		{0, 0, 0, "1G!x"},
		{0, 0, 0, "16E!0"},
		{0, 0, 0, "99E!1"},
	};

	if (CHECK_INT(n, ARRAY_SIZE(wanted))) {
		for (size_t i = 0; i < n; i++) {
			CHECK_INT(parts[i].kind, wanted[i].kind);
			CHECK_INT(parts[i].range.start, wanted[i].start);
			CHECK_INT(parts[i].range.size, wanted[i].size);
			CHECK_STR(parts[i].text, wanted[i].text);
		}
	}
	memmap_free(parts, n);
}

UNIT_TESTS(UNIT(the_loader_tells_the_kind_of_boot), UNIT(a_device_tree_tells_kexec_too),
	   UNIT(the_driver_is_looked_for_everywhere), UNIT(guests_that_lie_about_memory_are_named),
	   UNIT(identity_is_read), UNIT(crash_kernels_are_recognised),
	   UNIT(a_hibernated_system_is_recognised), UNIT(words_of_the_command_line_are_found),
	   UNIT(memmap_is_read_as_the_kernel_does))
