/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/iflook.h"

#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <ifaddrs.h>
#include <unistd.h>

#include "world/iflook_parts.h"

static bool
is_internet(const struct ifaddrs *a)
{
	return a->ifa_addr != NULL &&
	    (a->ifa_addr->sa_family == AF_INET ||
		a->ifa_addr->sa_family == AF_INET6);
}

int
iflook(struct linktable *t, struct err *err)
{
	struct ifaddrs *all, *a;
	int fd;

	if (getifaddrs(&all) < 0)
		return err_sys(err, errno, "the interfaces (getifaddrs)");
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	linktable_begin(t, IFEVENT_LINK);
	for (a = all; a != NULL; a = a->ifa_next)
		if (a->ifa_addr != NULL &&
		    a->ifa_addr->sa_family == iflook_link_family)
			iflook_link(t, fd, a);
	linktable_end(t, IFEVENT_LINK);
	linktable_begin(t, IFEVENT_ADDR);
	for (a = all; a != NULL; a = a->ifa_next)
		if (is_internet(a))
			iflook_addr(t, a);
	linktable_end(t, IFEVENT_ADDR);
	linktable_begin(t, IFEVENT_ROUTE);
	iflook_routes(t);
	linktable_end(t, IFEVENT_ROUTE);
	if (fd >= 0)
		close(fd);
	freeifaddrs(all);
	return 0;
}
