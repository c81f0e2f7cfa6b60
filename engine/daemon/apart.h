/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apart - what a process beside the engine does first, in the child.
 */
#ifndef DAEMON_APART_H
#define DAEMON_APART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"
#include "world/confine.h"

#define APART_MOST 4

/* Leaves no descriptor open but the standard ones, of which the input is
 * /dev/null, and keep[0..count), which get the numbers from APART_FIRST on in
 * their order; one that is -1 stays away. Signals that are for the engine are
 * ignored: we end with it. The system's log is closed, to be opened anew. */
#define APART_FIRST 3
void apart(const int *keep, size_t count);

enum apart_rights {
	APART_KEEP,   /* all that we have */
	APART_DIVIDE, /* what the duty needs, where the system can divide */
	APART_MUST,   /* and it must not refuse */
};

/* Gives up what the duty does not need, as confine_duty(). When the system
 * refuses, that is a line of the log, and with APART_MUST false. */
bool apart_confine(enum apart_rights rights, enum confine_duty duty,
    const struct log *log);

#endif
