/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/apart.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <syslog.h>
#include <unistd.h>

static void
ignore_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1,
		SIGUSR2, SIGPIPE };
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
}

void
apart(const int *keep, size_t count)
{
	const int end = APART_FIRST + (int)count;
	int fds[APART_MOST], null;
	size_t i;

	assert(count <= APART_MOST);
	ignore_signals();
	closelog();
	/* First out of the way of each other. */
	for (i = 0; i < count; i++)
		fds[i] = fcntl(keep[i], F_DUPFD_CLOEXEC, end);
	for (i = 0; i < count; i++)
		if (fds[i] < 0 || dup2(fds[i], APART_FIRST + (int)i) < 0 ||
		    fcntl(APART_FIRST + (int)i, F_SETFD, FD_CLOEXEC) < 0)
			close(APART_FIRST + (int)i);
	closefrom(end);
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0) {
		dup2(null, STDIN_FILENO);
		close(null);
	}
}
