/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/routesock.h"

#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "world/netlinksock.h"
#include "world/rtnetlink.h"

#define RECEIVE_BYTES (4 * 1024 * 1024)
#define GROUPS                                                                 \
	(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |               \
	    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)

struct routesock {
	struct mnl_socket *mnl;
};

int
routesock_open(struct routesock **out, struct err *err)
{
	struct mnl_socket *mnl;
	struct routesock *s;
	int rc = netlinksock_listen(NETLINK_ROUTE, GROUPS, RECEIVE_BYTES,
	    "routing messages", &mnl, err);

	if (rc < 0)
		return rc;
	s = mem_zero(1, sizeof(*s));
	s->mnl = mnl;
	*out = s;
	return 0;
}

void
routesock_close(struct routesock *s)
{
	if (s == NULL)
		return;
	mnl_socket_close(s->mnl);
	free(s);
}

int
routesock_fd(const struct routesock *s)
{
	return mnl_socket_get_fd(s->mnl);
}

ssize_t
routesock_read(struct routesock *s, void *buf, struct err *err)
{
	ssize_t n;

	do {
		n = mnl_socket_recvfrom(s->mnl, buf, ROUTESOCK_BYTES);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return ROUTESOCK_NOTHING;
	/* ENOSPC: libmnl's word for a message that did not fit. */
	if (errno == ENOBUFS || errno == ENOSPC)
		return ROUTESOCK_LOST;
	err_sys(err, errno, "routing messages (netlink)");
	return ROUTESOCK_FAILED;
}

size_t
routesock_next(const void *data, size_t bytes, struct ifevent *out)
{
	return rtnetlink_next(data, bytes, out);
}

bool
routesock_tells_all(void)
{
	return true;
}

int
routesock_ask(struct routesock *s, enum ifevent_kind what, uint32_t sequence,
    struct err *err)
{
	/* For all families: zeroed. */
	static const struct {
		uint16_t type;
		size_t header;
	} asks[] = {
		[IFEVENT_LINK] = { RTM_GETLINK, sizeof(struct ifinfomsg) },
		[IFEVENT_ADDR] = { RTM_GETADDR, sizeof(struct ifaddrmsg) },
		[IFEVENT_ROUTE] = { RTM_GETROUTE, sizeof(struct rtmsg) },
	};
	char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	h->nlmsg_type = asks[what].type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	h->nlmsg_seq = sequence;
	mnl_nlmsg_put_extra_header(h, asks[what].header);
	if (mnl_socket_sendto(s->mnl, h, h->nlmsg_len) < 0)
		return err_sys(err, errno, "asking for all interfaces");
	return 0;
}
