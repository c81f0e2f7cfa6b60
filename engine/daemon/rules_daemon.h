/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules_daemon - records in, commands out: the loop of switchbackd.
 *
 * One thread around poll(2). Every action is run as the shell command it is
 * (CORE_RULES), by another process, the keeper (daemon/keeper.h), and when
 * that is gone the loop ends with an error; the loop itself gives up its
 * privileges before it reads a record. The daemon looks at no interface and
 * changes none. With a native part (CORE_NATIVE) it drives the fail-over
 * itself, by the same loop: it looks when a record or a hint has come, makes
 * one change after another, and leaves everything as it is when it ends.
 *
 * Signals: SIGHUP reads the rules again. A file that is refused changes
 * nothing. A good one replaces the rules of the core that is running, by
 * core_set_rules(): what the old rules have fired keeps its place and its
 * deadline, so that there is no gap and no second queue to keep in order with
 * the first. SIGUSR1 (SIGINFO, too, where there is one) logs the counts.
 * SIGTERM and SIGINT end: nothing more is read or started, running commands
 * get DAEMON_STOP_WAIT, then SIGTERM and SIGKILL; a second one cuts the wait.
 * SIGUSR2 dumps the flight recorder (daemon/flight.h).
 *
 * A source that ends (a file) ends the daemon when all its commands have
 * ended; one that fails ends it as SIGTERM does, but with an error.
 */
#ifndef DAEMON_RULES_DAEMON_H
#define DAEMON_RULES_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "daemon/apart.h"
#include "rules/ruleset.h"
#include "world/confine.h"
#include "world/devctl_source.h"

#define DAEMON_STOP_WAIT (INT64_C(5) * 1000000000)
#define DAEMON_PARALLEL	 32 /* commands at a time */

struct nicpairs;   /* world/nicpair.h */
struct supervisor; /* daemon/supervisor.h */
struct keeper;	   /* daemon/keeper.h */

/* What native fail-over needs. On Linux the pairs are declared, elsewhere the
 * kernel knows them. */
struct daemon_native {
	const struct nicpairs *pairs;
	/* rc.conf(5), read again at SIGHUP; NULL: what the synthetic NICs have
	 * at the start is to be kept. */
	const char *rc_path;
	bool keep_rx_all;	  /* leave what inactive ports accept alone */
	enum apart_rights rights; /* of the process that changes them */
};

/* What the loop gives up before it reads a record (world/confine.h). What was
 * asked for must be had; the rest, when it cannot be, is a line of the log. */
struct daemon_confine {
	bool wanted;
	const char *user; /* NULL: a default one */
	enum confine_way way;
	bool way_asked;
};

struct daemon_config {
	const char *rules_path; /* for SIGHUP */
	/* Runs the commands, and does what the loop may not. */
	struct keeper *keeper;
	struct daemon_confine confine;
	const struct log *log;
	int64_t deadline_ns; /* of a command */
	bool serial;	     /* one command at a time, as devd(8) does */
	/* Before ready() is called, what is queued is read, and its commands
	 * have ended. */
	bool drain;
	size_t flight_bytes; /* of the flight recorder; 0: there is none */
	int64_t flight_keep_ns;
	const char *flight_path; /* where the keeper puts its dumps */
	/* And it is dumped, too, when a command was at its deadline, and at
	 * an end with an error. */
	bool flight_offers;
	/* Where others come in (daemon/doors.h); NULL: not there. A door that
	 * was asked for must open, another one may stay closed. */
	const char *clients_stream, *clients_seqpacket, *control;
	size_t clients_limit;
	bool clients_asked, control_asked;
	const struct daemon_native *native; /* NULL: rules alone */
	struct supervisor *supervisor;	    /* NULL: none; borrowed */
	void (*ready)(void *ctx);	    /* once */
	void *ctx;
};

/* Takes rules and source over. 0 after an orderly end, or ERR_IO; with native,
 * ERR_UNSUPPORTED, or ERR_INPUT for an rc.conf of which each mistake has been
 * logged. */
int daemon_run(const struct daemon_config *config, struct ruleset *rules,
    struct devctl_source *source, struct err *err);

#endif
