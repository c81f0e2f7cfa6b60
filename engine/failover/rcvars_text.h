/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcvars_text - the variables of rc.conf with their places, as text and back:
 * rows of base/rowtext.h, the first with the file that messages name.
 *
 *	file=/etc/rc.conf
 *	in=rc.conf name=ifconfig_hn0 value=SYNCDHCP line=3 col=1
 */
#ifndef FAILOVER_RCVARS_TEXT_H
#define FAILOVER_RCVARS_TEXT_H

#include "base/err.h"
#include "base/strbuf.h"
#include "failover/rcvars.h"

#define RCVARS_TEXT_MAX 10000 /* variables; more are refused */

void rcvars_write(const struct rcvars *rc, struct strbuf *out);

/* Into an empty one; after an error it is for rcvars_fini() alone. */
int rcvars_read(struct rcvars *rc, const char *text, size_t bytes,
    struct err *e);

#endif
