/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox - shell commands run for real, on a system that is ours.
 *
 * A sandbox is a user, mount, network, process, IPC and host-name space of
 * its own. Its root holds the host's programs to read and run (/usr, /bin,
 * /lib*), empty /tmp, /var and /etc to write to, and the files of its owner.
 * It has no network, no privilege, no other file of the host, and ends with
 * its owner. A list of programs in it (sandbox_programs) are ours: each call
 * of one comes out here, waits, and gets the answer that the owner gives.
 *
 * The owner settles the sandbox, takes its calls and ends, answers some, and
 * settles again. Settled means: every process waits for an answer, for
 * another process or for ever, so that nothing happens any more before the
 * next answer, however much time goes by. A process that waits for the host's
 * clock is not at rest. In that state calls are told in an order that depends
 * on the commands alone.
 *
 * One thread to each sandbox. Paths are inside the sandbox, absolute.
 */
#ifndef WORLD_SANDBOX_H
#define WORLD_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SANDBOX_GUARD (INT64_C(30) * 1000000000)

struct sandbox;

/* Where FreeBSD has the programs that are ours; NULL-terminated. */
extern const char *const sandbox_programs[];

/* ERR_UNSUPPORTED and the reason when this system, or its settings, has no
 * sandboxes for us. ERR_IO when it should, and something was in the way.
 * guard_ns of the host's time is how long settling may take; 0:
 * SANDBOX_GUARD. */
int sandbox_open(int64_t guard_ns, struct sandbox **out, struct err *err);
void sandbox_close(struct sandbox *s); /* kills all in it; NULL is fine */

/* Writes a whole file, or removes one; folders above are made. A program of
 * the host in its place is covered. */
int sandbox_put(struct sandbox *s, const char *path, unsigned mode,
    const void *data, size_t bytes, struct err *err);
int sandbox_remove(struct sandbox *s, const char *path, struct err *err);

/* Starts "sh -c text" as a session of its own. It ends with that shell; once
 * it was sent a signal, with the last of its process group. */
int sandbox_run(struct sandbox *s, uint32_t id, const char *text,
    struct err *err);
/* To every process of its process group; SIGKILL and the like. */
int sandbox_signal(struct sandbox *s, uint32_t id, int sig, struct err *err);

/* ERR_STATE when it did not come to rest within the guard's time. */
int sandbox_settle(struct sandbox *s, struct err *err);

enum sandbox_event_kind { SANDBOX_CALL, SANDBOX_ENDED };

struct sandbox_event { /* all borrowed until the next sandbox_settle() */
	enum sandbox_event_kind kind;
	uint32_t id; /* of the call, or of the command */
	size_t argc;
	char **argv;
	int status; /* exit status, 128+N: ended by signal N */
	const char *output;
};

/* What the last sandbox_settle() found; false when all is told. */
bool sandbox_next(struct sandbox *s, struct sandbox_event *out);

/* A call's end: what it prints and its exit status. The caller may be gone
 * meanwhile; the answer is then lost. */
void sandbox_answer(struct sandbox *s, uint32_t call, int status,
    const void *out, size_t out_bytes, const void *errors, size_t error_bytes);
/* The program shall do its work in the sandbox: kill(1) of processes there,
 * daemon(8), and date(1), which takes the time from here. */
void sandbox_go(struct sandbox *s, uint32_t call, int64_t wall_ns);

/* --- the other side --- */

/* Whether this process was started under argv[0] as a part of a sandbox. A
 * program that opens sandboxes asks this first of all in its main(), and if
 * so, returns what sandbox_part() gives. */
bool sandbox_is_part(const char *argv0);
int sandbox_part(int argc, char **argv);

#endif
