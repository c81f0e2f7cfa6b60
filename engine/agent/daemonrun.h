/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daemonrun - switchbackd as a child of the guest's part: started, sent
 * signals, its lines read one by one, and its end told.
 *
 * One at a time runs. What a killed one has left behind may still print; its
 * lines are taken until it closes its output.
 *
 * Nothing waits. Its owner polls, and calls daemonrun_reap() when SIGCHLD has
 * come.
 */
#ifndef AGENT_DAEMONRUN_H
#define AGENT_DAEMONRUN_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define DAEMONRUN_LINE 4096 /* bytes; a longer line is given in pieces */
#define DAEMONRUN_OPEN 8    /* outputs that are read at once */

struct daemonrun_user {
	void (*line)(void *ctx, const char *text, size_t bytes);
	/* status of exit; 128+N: signal N. After its last line, but for what
	 * it has left behind. */
	void (*ended)(void *ctx, int status);
	void *ctx;
};

struct daemonrun;

struct daemonrun *daemonrun_new(const struct daemonrun_user *user);
/* Kills what runs; ended() is not called any more. NULL is fine. */
void daemonrun_free(struct daemonrun *d);

/* command is for sh -c, which makes room for it. 0, ERR_STATE while one runs,
 * or ERR_IO. */
int daemonrun_start(struct daemonrun *d, const char *command, struct err *err);
bool daemonrun_is_running(const struct daemonrun *d);
int daemonrun_signal(struct daemonrun *d, int signo, struct err *err);

/* As those of world/command_runner.h; at most DAEMONRUN_OPEN. */
size_t daemonrun_fill(const struct daemonrun *d, struct pollfd *fds);
void daemonrun_polled(struct daemonrun *d, const struct pollfd *fds, size_t n);
void daemonrun_reap(struct daemonrun *d);

#endif
