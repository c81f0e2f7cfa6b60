/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsderrno - Linux's errors as FreeBSD's, which is how an operation's result
 * is told to the core (failover/operation.h). Up to 34 most are the same.
 */
#ifndef WORLD_BSDERRNO_H
#define WORLD_BSDERRNO_H

/* EIO for one without a counterpart. */
int bsderrno_of_linux(int number);

#endif
