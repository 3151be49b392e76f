// SPDX-License-Identifier: GPL-2.0-or-later
#include "notify.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

void notify_extend_start(uint64_t ms)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	_cleanup_(closep) int fd = -1;
	char message[64];
	int n;

	/* "/path", or "@name" of the abstract name space. */
	if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	if (*path == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	n = snprintf(message, sizeof(message), "EXTEND_TIMEOUT_USEC=%" PRIu64, ms * 1000);
	/* Nobody listening is no reason to fail. */
	(void)sendto(fd, message, (size_t)n, MSG_NOSIGNAL, (struct sockaddr *)&address,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
}
