/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/confine.h"

#include <sys/types.h>
#include <sys/capsicum.h>
#include <sys/procctl.h>

#include <errno.h>
#include <fcntl.h>
#include <nl_types.h>
#include <unistd.h>

#define DESCRIPTORS 1024 /* there are a few dozen at a start */

/* What the loop does with descriptors, of whichever kind. */
static int
limit_descriptors(struct err *err)
{
	cap_rights_t rights;
	int fd;

	cap_rights_init(&rights, CAP_READ, CAP_WRITE, CAP_EVENT, CAP_FCNTL,
	    CAP_FSTAT, CAP_FSYNC, CAP_SEEK, CAP_ACCEPT, CAP_GETSOCKOPT,
	    CAP_SETSOCKOPT, CAP_SHUTDOWN);
	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (fcntl(fd, F_GETFD) >= 0 &&
		    cap_rights_limit(fd, &rights) < 0 && errno != ENOSYS &&
		    errno != ENOTCAPABLE) /* who started us left it less */
			return err_sys(err, errno, "rights of descriptors");
	return 0;
}

enum confine_way
confine_usual(void)
{
	return CONFINE_ERRNO;
}

/* What is not allowed ends us by SIGTRAP. It can be refused to who is not root
 * (p_candebug() in the kernel): then what is not allowed fails. */
static void
set_trap(void)
{
	int trap = PROC_TRAPCAP_CTL_ENABLE;

	(void)procctl(P_PID, getpid(), PROC_TRAPCAP_CTL, &trap);
}

void
confine_arm(enum confine_way way)
{
	/* strerror(3) opens its catalogue, or looks for one, at each call,
	 * unless it is open or known not to be there. */
	(void)catopen("libc", NL_CAT_LOCALE);
	if (way == CONFINE_KILL)
		set_trap();
}

int
confine_calls(enum confine_way way, struct err *err)
{
	int rc;

	if (way == CONFINE_LOG)
		return err_set(err, ERR_UNSUPPORTED,
		    "this system cannot only log what is not allowed");
	if ((rc = limit_descriptors(err)) < 0)
		return rc;
	if (cap_enter() == 0)
		return 0;
	err_sys(err, errno, "capability mode");
	if (err != NULL && errno == ENOSYS)
		err->code = ERR_UNSUPPORTED;
	return errno == ENOSYS ? ERR_UNSUPPORTED : ERR_IO;
}

/* There is no part of root's that is about interfaces alone: priv(9) asks for
 * the user, and in capability mode no interface can be named. */
int
confine_duty(enum confine_duty duty, struct err *err)
{
	(void)duty;
	return err_set(err, ERR_UNSUPPORTED,
	    "root's privileges cannot be divided on this system");
}

bool
confine_is_wide(void)
{
	return false;
}
