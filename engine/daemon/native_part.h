/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_part - what switchbackd has beside its rules when it drives the
 * fail-over itself: the kernel's interfaces (world/kernelworld.h), rc.conf,
 * and a line of the log for every change that is made, with its reason.
 */
#ifndef DAEMON_NATIVE_PART_H
#define DAEMON_NATIVE_PART_H

#include "daemon/rules_daemon.h"
#include "failover/operation.h"
#include "failover/rcvars.h"

struct native_part;

/* config and log are borrowed. 0, ERR_IO, ERR_UNSUPPORTED or ERR_INPUT. */
int native_part_open(const struct daemon_native *config, const struct log *log,
    struct native_part **out, struct err *err);
void native_part_set_log(struct native_part *n, const struct log *log);
void native_part_close(struct native_part *n); /* NULL is fine */

void native_part_observe(struct native_part *n, struct snapshot *out);
/* NULL, or why there is nobody any more who does it. */
const char *native_part_gone(const struct native_part *n);
/* As kernelworld_fd() and kernelworld_told(). */
int native_part_fd(const struct native_part *n);
bool native_part_told(struct native_part *n);
int native_part_apply(struct native_part *n, const struct operation *op);

/* Lives until the reload after the next one. */
const struct rcvars *native_part_rc(const struct native_part *n);
/* Reads rc.conf again; NULL when the old one stays. */
const struct rcvars *native_part_reload(struct native_part *n);

void native_part_log_counts(const struct native_part *n);

#endif
