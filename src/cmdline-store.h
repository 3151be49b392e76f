/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that gen-cmdline printed last, for the boot loader's configuration to fall back on.
 *
 * The file is text: comments start with "#", then one KEY=VALUE a line, in this order:
 *
 *	version=1
 *	fingerprint=	of the machine it was made for (evidence.h), 64 hexadecimal digits
 *	cmdline=	the line, empty if no region needs one
 *
 * It is replaced whole, so that a reader finds the old one or the new one.
 */
#ifndef RAMDAX_CMDLINE_STORE_H
#define RAMDAX_CMDLINE_STORE_H

#include "sysfs.h"

#define CMDLINE_STORE_DIR  "var/lib/ramdax"
#define CMDLINE_STORE_PATH CMDLINE_STORE_DIR "/cmdline"

/* Stores @line; directories are made as needed. 0 or -errno. */
int cmdline_store(const struct sysfs *fs, const char *fingerprint, const char *line);

/*
 * What is stored for the machine with @fingerprint. 0 and *@line, which the caller frees; -ENOENT
 * if there is none; -ESTALE if it is another machine's; -EBADMSG if the file is damaged; -errno.
 */
int cmdline_stored(const struct sysfs *fs, const char *fingerprint, char **line);

#endif
