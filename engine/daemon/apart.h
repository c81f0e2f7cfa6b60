/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apart - what a process beside the engine does first, in the child.
 */
#ifndef DAEMON_APART_H
#define DAEMON_APART_H

#include <stddef.h>

#define APART_MOST 4

/* Leaves no descriptor open but the standard ones, of which the input is
 * /dev/null, and keep[0..count), which get the numbers from APART_FIRST on in
 * their order; one that is -1 stays away. Signals that are for the engine are
 * ignored: we end with it. The system's log is closed, to be opened anew. */
#define APART_FIRST 3
void apart(const int *keep, size_t count);

#endif
