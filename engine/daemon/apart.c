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

bool
apart_confine(enum apart_rights rights, enum confine_duty duty,
    const struct log *log)
{
	const char *subsystem =
	    duty == CONFINE_INTERFACES ? "interfaces" : "keeper";
	struct err err;
	int rc;

	if (rights == APART_KEEP)
		return true;
	rc = confine_duty(duty, &err);
	/* Who is not root has none of its privileges, and FreeBSD's root is
	 * one piece: neither is a failure. */
	if (rc == 0 || rc == ERR_STATE || rc == ERR_UNSUPPORTED)
		return true;
	log_line(log,
	    rights == APART_MUST ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    subsystem, "%s%s", err.text,
	    rights == APART_MUST ? "" : ": what it may do it keeps");
	return rights != APART_MUST;
}
