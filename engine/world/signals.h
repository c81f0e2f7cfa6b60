/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals - signals as something that poll(2) can wait for.
 *
 * A handler notes the signal and writes a byte into a pipe. Several of one
 * kind before they are taken count as one. There is one set of handlers in a
 * process, so this is the one module that has to keep state of its own.
 */
#ifndef WORLD_SIGNALS_H
#define WORLD_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Catches the signals of wanted[0..count) and ignores SIGPIPE. 0, and in *fd
 * what to poll for reading; or ERR_IO. Not twice without signals_close(). */
int signals_open(const int *wanted, size_t count, int *fd, struct err *err);
void signals_close(void); /* gives all back their default */

void signals_drain(void);     /* empties the pipe; before the taking */
bool signals_take(int signo); /* true once when it has come */

#endif
