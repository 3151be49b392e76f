// SPDX-License-Identifier: GPL-2.0-or-later
#include "journal.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "utf8.h"

#define SOCKET_PATH "run/systemd/journal/socket"

/* By its descriptor, so that links of another root lead nowhere else and its path may be long. */
int journal_open(const struct sysfs *fs)
{
	_cleanup_(closep) int path = sysfs_open_file(fs, O_PATH | O_CLOEXEC, SOCKET_PATH);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_(closep) int fd = -1;

	if (path < 0)
		return path;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

void journal_add(struct text *entry, const char *field, const char *value)
{
	if (!value)
		return;
	text_addf(entry, "%s=", field);
	utf8_add_printable(entry, value);
	text_add_char(entry, '\n');
}

int journal_send(int fd, const struct text *entry)
{
	if (send(fd, text_str(entry), entry->len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}
