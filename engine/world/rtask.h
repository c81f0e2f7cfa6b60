/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtask - requests to Linux's rtnetlink(7) and their answers, one at a time.
 *
 * The kernel works on a request before the call that sends it returns, so an
 * answer is there at once; should it not be, it is waited for, but no longer
 * than the given time. Linux only.
 */
#ifndef WORLD_RTASK_H
#define WORLD_RTASK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "world/linklook.h"

struct rtask;

int rtask_open(int64_t wait_ns, struct rtask **out, struct err *err);
void rtask_close(struct rtask *r); /* NULL is fine */

/* The sequence that the next request must have. */
uint32_t rtask_sequence(struct rtask *r);

/* Sends it, and gives 0 or the errno of its acknowledgement, ETIMEDOUT when
 * there is none. */
int rtask_request(struct rtask *r, const uint8_t *message, size_t bytes);

/* Everything that there is, of one moment, into a reset look. 0 or ERR_IO. */
int rtask_look(struct rtask *r, struct linklook *look, struct err *err);

#endif
