/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pidfile - one daemon at a time, and its number for others to read.
 *
 * The file is locked (flock(2)) for as long as it is open; the lock passes to
 * a child that is forked, and goes with the last of them. Mode 0600, the
 * number in decimal without a newline, as devd(8) writes it.
 */
#ifndef DAEMON_PIDFILE_H
#define DAEMON_PIDFILE_H

#include "base/err.h"

struct pidfile;

/* Makes and locks it. 0 and *out; ERR_BUSY when another process has it (the
 * text has its number), ERR_IO. */
int pidfile_open(const char *path, struct pidfile **out, struct err *err);
int pidfile_write(struct pidfile *p, struct err *err); /* our own number */

/* Removes it. NULL is fine. */
void pidfile_remove(struct pidfile *p);
/* Closes it in a process that leaves the lock to its child. NULL is fine. */
void pidfile_leave(struct pidfile *p);

/* For the process that has our privileges when we have none any more. */
int pidfile_fd(const struct pidfile *p);
void pidfile_unlink(const struct pidfile *p);

#endif
