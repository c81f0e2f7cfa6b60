/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules_daemon_parts - the inside of daemon/rules_daemon.h, for its own files:
 * the loop (rules_daemon.c), what it says (rules_tell.c), and those who come in
 * to it (rules_doors.c).
 */
#ifndef DAEMON_RULES_DAEMON_PARTS_H
#define DAEMON_RULES_DAEMON_PARTS_H

#include "core/core.h"
#include "core/pump.h"
#include "daemon/doors.h"
#include "daemon/failover_times.h"
#include "daemon/flight.h"
#include "daemon/flight_dump.h"
#include "daemon/keeper.h"
#include "daemon/orders.h"
#include "daemon/rules_daemon.h"
#include "daemon/supervisor.h"

enum phase {
	PHASE_RUNNING,
	PHASE_STOPPING, /* commands may end by themselves until phase_ns */
	PHASE_KILLING,	/* they are told to, until phase_ns */
};

struct rules_daemon {
	const struct daemon_config *config;
	/* What the flight recorder gets, too, and what it has otherwise. */
	const struct log *log, *plain;
	struct log both;
	struct flight *flight; /* NULL: none */
	struct flight_dump *dump;
	uint32_t *overdue; /* commands that were cancelled */
	size_t n_overdue, cap_overdue;
	struct ruleset *rules;
	struct devctl_source *source;
	struct core *core;
	struct pump *pump;
	struct keeper *keeper;	      /* borrowed */
	struct native_part *native;   /* NULL: rules alone */
	struct failover_times *times; /* the same */
	bool looked, asked; /* since the last rest; since the last look */
	bool is_idle;	    /* nothing is done for anybody, as it was told */
	struct devline line;
	char vm_guest[64];

	struct doors doors;
	struct orders orders;
	/* signals, commands, doors, the source, the native part, a dump */
	struct pollfd *fds;
	size_t fds_cap;
	bool told; /* by the native part, just now */
	int signal_fd;
	int64_t core_ns; /* what the core wants to be woken for */
	unsigned budget;
	bool ready;
	enum source_state seen; /* of the source, when last looked at */
	enum phase phase;
	int64_t phase_ns;

	int64_t begun_ns;
	uint64_t records, fired, actions, started, failed, cancelled;
	uint64_t reloads, refused_reloads, losses, overflows;
};

/* Reads the rules again, and rc.conf. 0, or the first reason why the rules
 * were refused, of which all are logged. */
int rules_daemon_reload(struct rules_daemon *d, struct err *err);

/* Tells the supervisor how we are (rules_tell.c). */
void rules_daemon_tell(struct rules_daemon *d,
    void (*tell)(struct supervisor *s, const char *status));
/* The last look asked for nothing: says what is new. */
void rules_daemon_rested(struct rules_daemon *d);

/* Opens what the configuration names. */
int rules_doors_open(struct rules_daemon *d, struct err *err);

#endif
