/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * local_socket - listening on a name in the file system (unix(4)).
 *
 * A name that another process listens on is left to it; one that nobody
 * answers on any more is taken over. What is no socket is never removed.
 * Descriptors are non-blocking and are not inherited.
 */
#ifndef WORLD_LOCAL_SOCKET_H
#define WORLD_LOCAL_SOCKET_H

#include <sys/types.h>

#include "base/err.h"

/* type is SOCK_STREAM or SOCK_SEQPACKET; the file gets exactly mode. The
 * descriptor, or ERR_BUSY (somebody listens), ERR_STATE (a file that is no
 * socket is in the way), ERR_INPUT (the name is too long), ERR_IO. */
int local_socket_listen(const char *path, int type, mode_t mode,
    struct err *err);

/* The next client that waits; -1 when none does, or none can be had. */
int local_socket_accept(int fd);

/* Removes the name of a socket on which nobody answers any more; leaves what
 * else there is. */
void local_socket_clear(const char *path, int type);

/* Closes it and removes its name, if the name is still ours; path
 * NULL: somebody else removes it. -1 is fine. */
void local_socket_close(const char *path, int fd);

#endif
