/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_world - world/kernelworld.h and rc.conf(5), by a process of its own
 * that keeps the privileges for them when the engine has none any more.
 *
 * It looks and changes on request. What the engine asks for is not believed:
 * the process has its own last look, and changes only what that says is ours
 * (by index and MAC, see kernelworld.h); a DHCP client gets no other arguments
 * than those that rc.conf names. What is refused is logged by the process
 * itself. It has no descriptor of the engine but two sockets, takes no name of
 * a file from it, and ends when the engine does.
 */
#ifndef DAEMON_NATIVE_WORLD_H
#define DAEMON_NATIVE_WORLD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"
#include "daemon/rules_daemon.h"
#include "failover/operation.h"
#include "failover/rcvars.h"

struct native_world;

/* Forks; log is that of the process. said() gets what it has to say, during
 * the calls below. 0, or as kernelworld_open(). */
int native_world_start(const struct daemon_native *config,
    const struct log *log,
    void (*said)(void *ctx, enum log_level level, const char *text), void *ctx,
    struct native_world **out, struct err *err);
void native_world_end(struct native_world *w); /* NULL is fine */

/* As those of kernelworld.h; when the process is gone there is nothing that
 * could be changed, and every change is refused. */
void native_world_observe(struct native_world *w, struct snapshot *out);
int native_world_apply(struct native_world *w, const struct operation *op);
int native_world_fd(const struct native_world *w);
bool native_world_told(struct native_world *w);

/* rc.conf as it is now, as native_rc_read(): the caller frees. */
int native_world_rc(struct native_world *w, struct rcvars **out,
    struct err *err);

/* NULL while it is there, or why it is not. */
const char *native_world_gone(const struct native_world *w);

/* --- the process, for its tests: until the engine is gone --- */

void native_world_serve(const struct daemon_native *config,
    const struct log *log, int asks, int hints);

#endif
