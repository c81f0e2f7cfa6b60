/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * command_runner - commands of rules as child processes.
 *
 * Each is "/bin/sh -c TEXT" in a process group of its own, in the root folder,
 * with /dev/null to read from, an environment of PATH, HOME and LANG only, no
 * descriptor of ours, and signals as they are by default. What it writes is
 * read, and the last RUNNER_OUTPUT bytes are kept.
 *
 * A command ends when its shell does. What it has left in the background goes
 * on, and its output is read and thrown away for as long as it has the pipe.
 * A cancelled command is different: its whole group gets SIGTERM, and what of
 * it is left RUNNER_GRACE later, SIGKILL; only then it has ended.
 *
 * The runner waits for nothing. Its owner polls, and calls runner_reap() when
 * SIGCHLD has come, runner_tick() at runner_deadline().
 */
#ifndef WORLD_COMMAND_RUNNER_H
#define WORLD_COMMAND_RUNNER_H

#include <sys/types.h>

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RUNNER_OUTPUT 4096
#define RUNNER_GRACE  (INT64_C(2) * 1000000000)

struct command_end { /* lives during the call */
	uint32_t id;
	int status; /* of exit; 128+N: ended by signal N */
	const char *text;
	const char *output; /* its last bytes; not terminated */
	size_t output_bytes;
	uint64_t output_total; /* all it wrote */
};

struct command_runner;

/* ended() is called once a command, from runner_reap(), runner_tick() and
 * runner_polled(), and may start others. */
struct command_runner *
runner_new(void (*ended)(void *ctx, const struct command_end *end), void *ctx);

/* Kills what still runs; NULL is fine. ended() is not called any more. */
void runner_free(struct command_runner *r);

/* 0 or ERR_IO: then there is no such command. */
int runner_start(struct command_runner *r, uint32_t id, const char *text,
    struct err *err);
void runner_cancel(struct command_runner *r, uint32_t id, int64_t now_ns);
void runner_cancel_all(struct command_runner *r, int64_t now_ns);
size_t runner_count(const struct command_runner *r); /* not ended */
/* Whether that process is the shell of one that has not ended: nobody else may
 * reap it. */
bool runner_owns(const struct command_runner *r, pid_t pid);

/* What to poll: at most runner_polls() entries, of which it fills and gives
 * the number. Hand the same array back right after poll(). */
size_t runner_polls(const struct command_runner *r);
size_t runner_fill(const struct command_runner *r, struct pollfd *fds);
void runner_polled(struct command_runner *r, const struct pollfd *fds,
    size_t count);

void runner_reap(struct command_runner *r);
int64_t runner_deadline(const struct command_runner *r); /* INT64_MAX: none */
void runner_tick(struct command_runner *r, int64_t now_ns);

#endif
