/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper - the process beside the engine that keeps its privileges.
 *
 * The engine reads what strangers have written, and gives its privileges up
 * (world/confine.h). What it then may not do itself, the keeper does for it,
 * and nothing else:
 *
 *	commands of rules, each as world/command_runner.h has it, when it has
 *	seen for itself that a rule asks for it (daemon/keeper_judge.h);
 *	the rules, read again from the file that the operator named;
 *	a new connection to the source of records;
 *	the file of a flight recorder's dump, opened, and renamed when whole;
 *	lines for the system's log;
 *	at the end: pid file and names of sockets, removed.
 *
 * Names of files are the keeper's own: the engine can ask for no other one.
 * What an engine in other hands can do here is what it could by inventing
 * records: run an action of the rules with values that the action's rule
 * accepts. The keeper is forked before the engine has read a record, and
 * has no descriptor of it but the two sockets between them.
 *
 * It ends when the engine does. Commands that are running then have
 * KEEPER_STOP_WAIT, then SIGTERM, and RUNNER_GRACE later SIGKILL.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "daemon/apart.h"
#include "rules/loader.h"
#include "world/command_runner.h"

#define KEEPER_STOP_WAIT (INT64_C(5) * 1000000000)
#define KEEPER_COMMANDS	 64 /* at a time; more are refused */

struct pidfile;	    /* daemon/pidfile.h */
struct ruleset;	    /* rules/ruleset.h */
struct world_cause; /* world/world.h */

/* All borrowed; a name that is NULL is not there. */
struct keeper_config {
	const struct log *log;
	const char *rules_path;
	const struct ruleset *rules; /* what the engine begins with */
	bool native;		     /* it drives the fail-over itself */
	const char *source_path;     /* a socket that may be connected again */
	const char *dump_path;	     /* a file, or a folder for WORD.db */
	const char *streams[2];	     /* names of sockets, removed at the end */
	const char *seqpacket;
	const struct pidfile *pidfile;
	enum apart_rights rights;
};

struct keeper;

/* Forks. 0, or ERR_IO. */
int keeper_start(const struct keeper_config *config, struct keeper **out,
    struct err *err);
/* In a copy of the engine, which has no business with it. */
void keeper_leave(struct keeper *k);
/* Waits until it is gone, which it is at once when no command runs; NULL is
 * fine. */
void keeper_end(struct keeper *k);

/* --- commands: as those of runner_*() --- */

void keeper_on_end(struct keeper *k,
    void (*ended)(void *ctx, const struct command_end *end), void *ctx);
/* 0; ERR_INPUT: too long; ERR_STATE: the keeper is gone. Where it cannot be
 * started, or nothing asks for it, it ends with status 126 and has written why.
 */
int keeper_run(struct keeper *k, uint32_t id, const char *text,
    const struct world_cause *cause, struct err *err);
void keeper_cancel(struct keeper *k, uint32_t id);
void keeper_cancel_all(struct keeper *k);
size_t keeper_count(const struct keeper *k); /* not ended */

/* To be polled for reading, and then to be told so. */
int keeper_fd(const struct keeper *k);
void keeper_readable(struct keeper *k);
/* NULL while it is there, or why it is not. */
const char *keeper_gone(const struct keeper *k);

/* --- what the engine asks; each waits for the answer --- */

/* The files of rules, as they are now: a loader that has no others. It lives
 * until it is asked for again. ERR_STATE: a devd(8) does the same by now. */
int keeper_rules(struct keeper *k, struct rule_loader *out, struct err *err);

/* A non-blocking descriptor, or a negative err_code. ctx is the keeper: for
 * source_reconnect_by(). */
int keeper_connect(void *ctx, struct err *err);

/* word is "signal", "deadline", "order" or "error". 0, a descriptor to write
 * to, and the file that it will be; one at a time. */
int keeper_dump(struct keeper *k, const char *word, int *fd,
    struct strbuf *name, struct err *err);
int keeper_dump_end(struct keeper *k, bool whole, struct err *err);

/* --- the log: a sink, ctx is the keeper, and the line becomes one of the log
 * in its configuration. When the keeper is gone it is written here: such a log
 * must have been written to before, so that it is open. --- */

void keeper_log(void *ctx, enum log_level level, const char *line);

#endif
