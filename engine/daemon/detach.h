/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detach - into the background, with the starter waiting until we are ready.
 *
 * The child is in a session of its own, in the root folder, with /dev/null as
 * its standard descriptors. The process that was started stays until the
 * child says detach_ready(), so that a system's start waits for the records
 * that were queued, and a failure has an exit status.
 */
#ifndef DAEMON_DETACH_H
#define DAEMON_DETACH_H

#include <stdbool.h>

#include "base/err.h"

/* Opens what is missing of the standard descriptors, so that no other file
 * gets their numbers. */
void detach_standard(void);

/* Returns twice. In the child: 0, and *ready for detach_ready(). In the
 * parent: the child's number when that is ready, ERR_STATE when it ended
 * before. One return with ERR_IO when there is no child. */
int detach(int *ready, struct err *err);
void detach_ready(int *ready);

#endif
