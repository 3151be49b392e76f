// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot.h"
#include "cmdline.h"

#include <blkid/blkid.h>
#include <fcntl.h>
#include <string.h>

#include "mem.h"

#define MODULES_DEP_MAX (32 * MIB) /* measured: 0.7 MiB with all of a distribution's modules */
#define CMDLINE_MAX     (64 * KIB)

/* Boot loader numbers (Documentation/arch/x86/boot.rst): 0xD is kexec; the value read has the
 * loader's version in the low four bits. */
#define LOADER_KEXEC 0xd

/* The GUID of systemd's own EFI variables; HibernateLocation is written when it hibernates and
 * removed by the resume. */
#define HIBERNATE_LOCATION \
	"sys/firmware/efi/efivars/HibernateLocation-8cf2644b-4b0b-428f-9387-6d876050dc67"

static enum boot_kind boot_kind_observe(const struct sysfs *fs)
{
	uint64_t loader;

	/* Device tree: drivers/of/kexec.c leaves a note for the next kernel. */
	if (sysfs_exists(fs, "sys/firmware/devicetree/base/chosen/linux,booted-from-kexec"))
		return BOOT_KEXEC;
	if (sysfs_read_number(fs, &loader, "proc/sys/kernel/bootloader_type") < 0)
		return BOOT_UNKNOWN;
	return loader >> 4 == LOADER_KEXEC ? BOOT_KEXEC : BOOT_FIRMWARE;
}

/* Whether a list of modules, one path a line with perhaps ":" and more behind it, has ramdax. */
static bool modules_name_driver(const struct sysfs *fs, const char *release, const char *list)
{
	static const char *const places[] = {"lib", "usr/lib"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_(text_release) struct text text = {0};

		if (sysfs_read_all(fs, &text, MODULES_DEP_MAX, "%s/modules/%s/%s", places[i],
				   release, list) < 0)
			continue;
		for (char *line = text.s, *next; line; line = next) {
			char *end;

			next = strchr(line, '\n');
			if (next)
				*next++ = '\0';
			end = strchr(line, ':');
			if (end)
				*end = '\0';
			end = strrchr(line, '/');
			end = end ? end + 1 : line;
			if (!strncmp(end, "ramdax.ko", strlen("ramdax.ko")))
				return true;
		}
	}
	return false;
}

bool boot_release_has_driver(const struct sysfs *fs, const char *release)
{
	return modules_name_driver(fs, release, "modules.dep") ||
	       modules_name_driver(fs, release, "modules.builtin");
}

static enum driver_state driver_observe(const struct sysfs *fs, const char *release)
{
	if (sysfs_exists(fs, "sys/bus/platform/drivers/ramdax"))
		return DRIVER_READY;
	return release && boot_release_has_driver(fs, release) ? DRIVER_MODULE : DRIVER_MISSING;
}

static bool reads(const struct sysfs *fs, const char *path, const char *wanted)
{
	_cleanup_(freep) char *value = NULL;

	return sysfs_read(fs, &value, "%s", path) == 0 && !strcmp(value, wanted);
}

/* The first processor's flags are enough, and quick where there are hundreds. */
static bool cpu_has(const struct sysfs *fs, const char *flag)
{
	_cleanup_(closep) int fd = sysfs_open_file(fs, O_RDONLY, "proc/cpuinfo");
	char text[8192];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *line;

	if (n <= 0)
		return false;
	text[n] = '\0';
	line = strstr(text, "\nflags");
	if (!line)
		return false;
	text[(size_t)(line + 1 - text) + strcspn(line + 1, "\n")] = '\0';
	return cmdline_has(line, flag);
}

/*
 * Guests whose memory is not what the carveout driver takes it for: Xen PV ignores the e820 types
 * of memmap=; TDX and SEV-SNP memory must be accepted and mapped encrypted, which nothing does
 * for a carveout.
 */
static const char *guest_observe(const struct sysfs *fs)
{
	if (reads(fs, "sys/hypervisor/type", "xen") && reads(fs, "sys/hypervisor/guest_type", "PV"))
		return "Xen PV";
	if (cpu_has(fs, "tdx_guest"))
		return "TDX";
	/* Both are registered in SNP guests only (arch/x86/coco/sev/core.c). */
	if (sysfs_exists(fs, "sys/devices/platform/sev-guest") ||
	    sysfs_exists(fs, "sys/devices/system/cpu/sev/vmpl"))
		return "SEV-SNP";
	return NULL;
}

void boot_observe(const struct sysfs *fs, struct machine *m)
{
	_cleanup_(text_release) struct text cmdline = {0};
	_cleanup_(freep) char *boot_id = NULL;

	if (sysfs_read(fs, &m->release, "proc/sys/kernel/osrelease") < 0)
		m->release = NULL;
	if (sysfs_read_all(fs, &cmdline, CMDLINE_MAX, "proc/cmdline") == 0 && cmdline.len &&
	    cmdline.s[cmdline.len - 1] == '\n')
		cmdline.s[--cmdline.len] = '\0';
	m->cmdline = text_take(&cmdline);
	if (sysfs_read(fs, &boot_id, "proc/sys/kernel/random/boot_id") == 0 &&
	    strlen(boot_id) < sizeof(m->boot_id))
		strcpy(m->boot_id, boot_id);
	m->boot_kind = boot_kind_observe(fs);
	/* dracut's images say what they are; initramfs-tools' hold the script that runs this. */
	m->initramfs = sysfs_exists(fs, "etc/initrd-release") ||
		       sysfs_exists(fs, "scripts/init-top/ramdax");
	m->driver = driver_observe(fs, m->release);
	m->guest = mem_strdup(guest_observe(fs));
}

bool boot_is_crash_kernel(const struct sysfs *fs, const char *cmdline)
{
	_cleanup_(freep) char *elfcorehdr = cmdline_value(cmdline, "elfcorehdr");

	return elfcorehdr || sysfs_exists(fs, "proc/vmcore");
}

/* Whether the swap area at @offset bytes of the device holds an image (libblkid: swsuspend). */
static bool holds_image(const char *device, uint64_t offset)
{
	_cleanup_(closep) int fd = open(device, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	blkid_probe probe = fd < 0 ? NULL : blkid_new_probe();
	const char *type = NULL;
	bool found;

	if (!probe)
		return false;
	blkid_probe_enable_superblocks(probe, true);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	found = blkid_probe_set_device(probe, fd, (blkid_loff_t)offset, 0) == 0 &&
		blkid_do_safeprobe(probe) == 0 &&
		blkid_probe_lookup_value(probe, "TYPE", &type, NULL) == 0 &&
		!strcmp(type, "swsuspend");
	blkid_free_probe(probe);
	return found;
}

/* The node that resume= means; the caller frees it. Links are udev's and devtmpfs's: nothing is
 * searched for, since no device that they lack could be resumed from. */
static char *resume_device(const char *resume)
{
	static const struct {
		const char *tag;
		const char *directory;
	} tags[] = {
		{"UUID=", "uuid"},
		{"LABEL=", "label"},
		{"PARTUUID=", "partuuid"},
		{"PARTLABEL=", "partlabel"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		size_t n = strlen(tags[i].tag);

		if (!strncmp(resume, tags[i].tag, n))
			return mem_printf("/dev/disk/by-%s/%s", tags[i].directory, resume + n);
	}
	return *resume == '/' ? mem_strdup(resume) : mem_printf("/dev/block/%s", resume);
}

bool boot_is_resuming(const struct sysfs *fs, const char *cmdline)
{
	_cleanup_(freep) char *resume = cmdline_value(cmdline, "resume");
	_cleanup_(freep) char *pages = cmdline_value(cmdline, "resume_offset");
	_cleanup_(freep) char *device = NULL;
	uint64_t offset = 0;

	if (cmdline_has(cmdline, "noresume"))
		return false;
	if (sysfs_exists(fs, HIBERNATE_LOCATION))
		return true;
	if (!fs->live || !resume || !*resume)
		return false;
	if (pages && (number_parse(pages, &offset) < 0 ||
		      !checked_multiply(offset, (uint64_t)sysconf(_SC_PAGESIZE), &offset) ||
		      offset > INT64_MAX))
		return false;
	device = resume_device(resume);
	return holds_image(device, offset);
}

bool boot_only_checks(const char *cmdline)
{
	_cleanup_(freep) char *value = cmdline_value(cmdline, "rd.ramdax");

	return value && !strcmp(value, "check");
}

bool boot_is_rescue(const char *cmdline)
{
	static const char *const words[] = {
		"rescue",
		"single",
		"emergency",
		"s",
		"S",
		"1",
		"-s",
		"-b",
		"systemd.unit=rescue.target",
		"systemd.unit=emergency.target",
		"rd.systemd.unit=rescue.target",
		"rd.systemd.unit=emergency.target",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (cmdline_has(cmdline, words[i]))
			return true;
	return false;
}
