/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * debugger - a scenario's run that stands still between any two things that
 * happen in it. It goes forward one thing at a time, and back by beginning
 * anew: the same run is the same every time. For that reason it also knows at
 * its beginning what will come, which expectation fails and when.
 */
#ifndef CMD_DEBUGGER_H
#define CMD_DEBUGGER_H

#include "db/trace.h"
#include "report/happening.h"
#include "sim/stage/simstage.h"

enum stop_kind {
	STOP_NEVER, /* at the end */
	STOP_TIME,  /* before the first thing behind at_ns */
	STOP_MARK,  /* text: its name */
	STOP_EVENT, /* something of which text is a part */
	STOP_FAIL,  /* when an expectation is violated for good */
	STOP_WHAT,  /* something of this kind */
	STOP_SEEN,  /* anything that a time line shows */
};

struct stop {
	enum stop_kind kind;
	int64_t at_ns;
	char *text; /* owned */
	enum happening_kind what;
	unsigned number; /* of a breakpoint, from 1 */
};

struct debugger {
	struct simstage stage; /* what is run; all in it is borrowed */
	struct trace *whole;   /* the run at its end */
	struct trace *t;       /* and as far as it is now */
	struct simwalk *walk;
	uint64_t done;	 /* so many things have happened */
	int64_t from_ns; /* when it was set running the last time */
	bool ended;
	struct happening_mark shown, before; /* the newest thing: behind it */
	struct stop *breaks;
	size_t n_breaks, cap_breaks;
	unsigned n_ever;
};

/* Runs it once to its end. ERR_*: it cannot be run. */
int debugger_open(struct debugger *d, const struct simstage *stage,
    struct err *e);
void debugger_close(struct debugger *d);

/* One thing; false at the end. */
bool debugger_step(struct debugger *d);

/* Until the stop, a breakpoint or the end. Gives where it stopped: one of the
 * breakpoints, stop itself, or NULL at the end. */
const struct stop *debugger_run(struct debugger *d, const struct stop *stop);

/* To where so many things have happened. */
void debugger_go(struct debugger *d, uint64_t done);

/* The first expectation that fails from now on, or NULL. */
const struct trace_check *debugger_failure(const struct debugger *d);

/* Whether it failed since the debugger was set running the last time. */
bool debugger_has_failed(const struct debugger *d, const struct trace_check *c);

/* Whether something with this text is still to come. */
bool debugger_will_be(const struct debugger *d, const char *text);

/* A line for a person: "mark revoke". */
void stop_text(const struct stop *s, struct strbuf *out);

#endif
