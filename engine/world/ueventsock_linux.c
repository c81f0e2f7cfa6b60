/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/ueventsock.h"

#include <sys/socket.h>

#include <linux/netlink.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "world/netlinksock.h"

#define RECEIVE_BYTES (1024 * 1024)
#define KERNEL_GROUP  1

struct ueventsock {
	struct mnl_socket *mnl;
};

int
ueventsock_open(struct ueventsock **out, struct err *err)
{
	struct mnl_socket *mnl;
	struct ueventsock *s;
	int rc = netlinksock_listen(NETLINK_KOBJECT_UEVENT, KERNEL_GROUP,
	    RECEIVE_BYTES, "device events", &mnl, err);

	if (rc < 0)
		return rc;
	s = mem_zero(1, sizeof(*s));
	s->mnl = mnl;
	*out = s;
	return 0;
}

void
ueventsock_close(struct ueventsock *s)
{
	if (s == NULL)
		return;
	mnl_socket_close(s->mnl);
	free(s);
}

int
ueventsock_fd(const struct ueventsock *s)
{
	return mnl_socket_get_fd(s->mnl);
}

enum ueventsock_got
ueventsock_next(struct ueventsock *s, struct uevent *out)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	char buf[8192];
	ssize_t n;

	do {
		n = recvfrom(mnl_socket_get_fd(s->mnl), buf, sizeof(buf), 0,
		    (struct sockaddr *)&from, &size);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ENOBUFS ? UEVENTSOCK_LOST : UEVENTSOCK_NOTHING;
	/* Only the kernel's: other programs may send to the group, too. */
	if (from.nl_pid != 0 || !uevent_decode(buf, (size_t)n, out))
		return UEVENTSOCK_OTHER;
	return UEVENTSOCK_EVENT;
}
