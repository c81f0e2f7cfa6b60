/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_rc - rc.conf(5), read for the native fail-over.
 */
#ifndef DAEMON_NATIVE_RC_H
#define DAEMON_NATIVE_RC_H

#include "base/diag.h"
#include "base/err.h"
#include "failover/rcvars.h"

struct rcvars *native_rc_new(const char *file);
void native_rc_free(struct rcvars *rc); /* NULL is fine */

/* One file, or without a path what the system's own shell makes of all of
 * them. 0, ERR_INPUT with findings in diag, ERR_NOTFOUND or ERR_IO. */
int native_rc_read(const char *path, struct diag *diag, struct rcvars **out,
    struct err *err);

/* Whether it is understood: the same. */
int native_rc_check(const char *path, struct diag *diag, struct err *err);

#endif
