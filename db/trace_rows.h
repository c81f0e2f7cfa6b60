/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_rows - what one row says of a run, a record, an operation, a state:
 * the tables of db/trace.h that a running machine fills.
 */
#ifndef DB_TRACE_ROWS_H
#define DB_TRACE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_NONE (-1)
#define TRACE_OPEN INT64_C(-1) /* a time that has not come */
/* No time of a run is larger, nor less than its negative: of two of them the
 * difference can be told. More than 146 years. */
#define TRACE_TIME_MAX (INT64_MAX / 2)

struct trace_run {
	char *title;   /* scenario's title or recording's name */
	char *kind;    /* "simulated", "replay-open", "replay-closed", "import",
			  "recorded", "capture", "flight", "vm" or "search",
			  which has checks only (cmd/searchruns.h) */
	char *policy;  /* "stock", "native" or "" */
	char *machine; /* profile name or "" */
	char *source;  /* the file it came from or "" */
	char *version; /* of Switchback */
	char *note;    /* "stand-in", origin …; "" */
	uint64_t seed;
	int64_t start_ns;
	int64_t end_ns;
	bool cut; /* written piece by piece, and its end has not come */
};

enum trace_fate {
	TRACE_RECORD_QUEUED,  /* not read when the run ended */
	TRACE_RECORD_READ,    /* by the engine */
	TRACE_RECORD_DROPPED, /* pushed out of the devctl queue */
	TRACE_RECORD_NOBODY,  /* imported: no engine was there to read it */
};

struct trace_record { /* one devctl record */
	int64_t emit_ns;
	int64_t read_ns; /* TRACE_OPEN unless read */
	enum trace_fate fate;
	char *raw; /* bytes as the kernel wrote them, without the LF */
	size_t raw_bytes;
	bool no_newline; /* the record lacked its final LF */
	bool planted;	 /* by a scenario: no kernel told it; not stored */
};

struct trace_firing { /* a rule that ran for a record */
	int64_t at_ns;
	int32_t record;
	char *file; /* rule's place */
	unsigned line;
	char *action;  /* expanded text, or "" for a rule without one */
	char *carried; /* who took it: "controller", "command", "none" */
};

struct trace_operation { /* one change our engine made to the system */
	int64_t start_ns;
	int64_t end_ns; /* TRACE_OPEN while it runs */
	char *text;	/* canonical words: "lagg0 port-add mce0" */
	char *why;	/* the controller's reason, for a person */
	int result;	/* 0 or the FreeBSD errno; meaningless while open */
	int32_t record; /* the record that led to it, or TRACE_NONE */
};

struct trace_command { /* a process, ours or an action's */
	int64_t start_ns;
	int64_t end_ns;
	char *text;
	char *outcome; /* "exit 0", "timeout", "cancelled", … ; "" while open */
	int32_t record;
};

struct trace_state { /* a field of an object took this value */
	int64_t at_ns;
	char *object; /* "lagg0", "mce0", "route", "hn0", "daemon", "vm" */
	char *field;  /* see below */
	char *value;
};
/*
 * Fields of an interface:
 *	exists yes|no   up yes|no   running yes|no   link up|down|unknown
 *	mac  mtu   inet "10.0.0.4/24 …" or ""   member-of lagg0|none
 *	dhclient none|init|bound|…   capabilities "rxcsum tso4 …"
 *	accept-rtadv yes|no (not of a NIC on a bus)
 * of a vlan, besides:  parent lagg0|none
 * of a lagg, besides:  ports "hn0 mce0" or ""   master hn0|none
 *	active mce0|none
 * of an hn, besides:   vf mce0|none   rxvf yes|no   datapath synthetic|vf
 * route:  field "default", value "10.0.0.1 via lagg0" or "none";
 *	field "A.B.C.D/N" (a connected prefix), value lagg0|none
 * daemon: field running yes|no
 * vm:     field frozen yes|no; if it ever migrates, migrating yes|no and host,
 *	the number of the one it runs on, from 1
 * sysctl: field = name, value = number
 * An object's fields are all given when it first exists; exists=no ends them
 * (they hold no value until it exists again).
 */

struct trace_mark { /* a named moment of the scenario */
	int64_t at_ns;
	char *name;
};

struct trace_stimulus { /* what the outside world did */
	int64_t at_ns;
	char *text;
	unsigned line; /* in the scenario; 0 if none */
};

struct trace_note { /* log lines of the engine and of the machine */
	int64_t at_ns;
	char *who; /* "engine", "kernel", "host" */
	char *text;
};

struct trace_hint { /* a message of the routing socket or of rtnetlink */
	int64_t at_ns;
	char *text; /* "IFINFO lagg0 up link-up", see sim/machine/machine.h */
};

struct trace_reach { /* a place of the model that the run came through */
	char *name;  /* "N2", "overflow"; see sim/scenario/reach.h */
	uint64_t times;
};

struct trace_setup { /* a part of what the engine began with */
	char *name;  /* the words of core/decision.h */
	char *body;  /* NUL-terminated beyond its end */
	size_t bytes;
};

struct trace_decision { /* what the core was told, or what it answered */
	int64_t at_ns;
	bool in;    /* it was told */
	char *kind; /* the words of core/decision.h */
	char *body; /* NUL-terminated beyond its end */
	size_t bytes;
};

#endif
