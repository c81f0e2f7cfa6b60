/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netlinksock - a netlink socket that listens to groups (netlink(7), Linux).
 */
#ifndef WORLD_NETLINKSOCK_H
#define WORLD_NETLINKSOCK_H

#include <stddef.h>

#include "base/err.h"

struct mnl_socket; /* <libmnl/libmnl.h> */

/* Non-blocking, not inherited, with room for so many bytes if the system lets
 * us: only root may go beyond its limit, and less is no failure. what is for
 * the message. 0 or ERR_IO; mnl_socket_close() it. */
int netlinksock_listen(int protocol, unsigned groups, int bytes,
    const char *what, struct mnl_socket **out, struct err *err);

#endif
