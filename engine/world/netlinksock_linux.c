/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/netlinksock.h"

#include <sys/socket.h>

#include <errno.h>
#include <libmnl/libmnl.h>

int
netlinksock_listen(int protocol, unsigned groups, int bytes, const char *what,
    struct mnl_socket **out, struct err *err)
{
	struct mnl_socket *mnl =
	    mnl_socket_open2(protocol, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int fd, rc;

	if (mnl == NULL)
		return err_sys(err, errno, "%s (netlink)", what);
	fd = mnl_socket_get_fd(mnl);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) <
	    0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes,
		    sizeof(bytes));
	if (mnl_socket_bind(mnl, groups, MNL_SOCKET_AUTOPID) < 0) {
		rc = err_sys(err, errno, "%s (netlink)", what);
		mnl_socket_close(mnl);
		return rc;
	}
	*out = mnl;
	return 0;
}
