// SPDX-License-Identifier: GPL-2.0-or-later
#include "found.h"

#include <blkid/blkid.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "mem.h"

static char *value_of(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) < 0 ? NULL : mem_strdup(value);
}

static int open_block(const char *device)
{
	_cleanup_(freep) char *path = mem_printf("/dev/%s", device);
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISBLK(st.st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* blkid_do_safeprobe(): 0 one signature, 1 none, -2 several, -1 that it could not look. */
static void probe(blkid_probe probe, struct found_filesystem *fs)
{
	int r = blkid_do_safeprobe(probe);

	if (r == -1)
		return;
	if (r == 1) {
		fs->state = FOUND_NOTHING;
		return;
	}
	fs->type = value_of(probe, "TYPE");
	fs->uuid = value_of(probe, "UUID");
	fs->label = value_of(probe, "LABEL");
	if (!fs->type)
		fs->type = value_of(probe, "PTTYPE");
	fs->state = r == 0 && fs->type && !blkid_probe_has_value(probe, "SBBADCSUM")
			    ? FOUND_ONE
			    : FOUND_UNCLEAR;
}

void look_filesystem(const char *device, struct found_filesystem *fs)
{
	_cleanup_(closep) int fd = open_block(device);
	blkid_probe p;

	*fs = (struct found_filesystem){.state = FOUND_NOT_LOOKED};
	if (fd < 0)
		return;
	p = blkid_new_probe();
	if (!p)
		mem_exhausted();
	blkid_probe_enable_superblocks(p, true);
	/* With BADCSUM a damaged superblock is shown, not passed over. */
	blkid_probe_set_superblocks_flags(p, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID |
						     BLKID_SUBLKS_LABEL | BLKID_SUBLKS_BADCSUM);
	blkid_probe_enable_partitions(p, true);
	if (blkid_probe_set_device(p, fd, 0, 0) == 0)
		probe(p, fs);
	blkid_free_probe(p);
}
