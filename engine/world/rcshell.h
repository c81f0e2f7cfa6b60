/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcshell - rc.conf(5) as FreeBSD's own shell reads it: all its files in their
 * order, with whatever program text is in them. For a system that has
 * /etc/rc.subr; what rcfile.h reads is the text of one file, without a shell.
 *
 * The shell runs load_rc_config and prints what it has by "set". That is text
 * in the shell's quoting, which is taken apart again here; markers around it
 * tell whether all has come. The shell has an environment of PATH, HOME and
 * LANG only, no descriptor of ours, and RCSHELL_WAIT, then it is killed.
 */
#ifndef WORLD_RCSHELL_H
#define WORLD_RCSHELL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "failover/rcvars.h"

#define RCSHELL_SUBR  "/etc/rc.subr"
#define RCSHELL_MOST  (1024 * 1024) /* bytes that it may print */
#define RCSHELL_WAIT  (INT64_C(5) * 1000000000)
#define RCSHELL_BEGIN "switchback-rc-begin"
#define RCSHELL_END   "switchback-rc-end"

/* clock is clock_monotonic(). Runs the shell with that rc.subr and adds every
 * variable whose name begins in lower case to out, as of rc.conf. 0;
 * ERR_NOTFOUND when there is no such file; ERR_INPUT or ERR_IO, and out is then
 * left as it was. Waits. */
int rcshell_read(const char *subr, int64_t (*clock)(void), struct rcvars *out,
    struct err *err);

/* The pure part: what such a shell has printed. The same errors. */
int rcshell_parse(const char *text, size_t bytes, struct rcvars *out,
    struct err *err);

#endif
