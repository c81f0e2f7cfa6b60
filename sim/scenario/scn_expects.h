/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_expects - what is expected of a run. Part of sim/scenario/scenario.h.
 */
#ifndef SIM_SCENARIO_SCN_EXPECTS_H
#define SIM_SCENARIO_SCN_EXPECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scn_expect_kind {
	SCN_EXPECT_STATE,   /* object's field has (or lists) a value */
	SCN_EXPECT_ADDRESS, /* an address is (only) on an interface */
	SCN_EXPECT_PROBE,
	SCN_EXPECT_COUNT,
	SCN_EXPECT_ORDER,
	SCN_EXPECT_REACH, /* "sometimes": the run came through a place */
};

enum scn_when {
	SCN_FINALLY,	/* at the end of the run */
	SCN_ALWAYS,	/* at every moment of the window */
	SCN_NEVER,	/* at no moment of the window */
	SCN_EVENTUALLY, /* at some moment of the window */
	SCN_WITHIN,	/* true at most limit_ns after the mark … */
	SCN_FOR, /* … and from the mark on, for limit_ns without a break */
};

enum scn_cmp { SCN_LT, SCN_LE, SCN_EQ, SCN_NE, SCN_GE, SCN_GT };

enum scn_metric {
	SCN_LOST,    /* sent or refused, never arrived */
	SCN_REFUSED, /* of these: the sender got an error */
	SCN_GAP,     /* longest gap, ns */
	SCN_DUPLICATED,
	SCN_REORDERED,
	SCN_SENT,
};
#define SCN_METRICS (SCN_SENT + 1)

struct scn_bound { /* metric cmp value */
	enum scn_metric metric;
	enum scn_cmp cmp;
	int64_t value; /* a count or nanoseconds */
};

enum scn_row {
	SCN_ROW_RECORD,
	SCN_ROW_OPERATION,
	SCN_ROW_COMMAND,
	SCN_ROW_RULE,
	SCN_ROW_NOTE,
	SCN_ROW_ALARM, /* a note of the engine's */
};

struct scn_item { /* a row of the trace whose text contains this */
	enum scn_row row;
	char *text;
};

/* Where a scenario is run. */
enum scn_stage {
	SCN_ON_ANY,
	SCN_ON_SIM, /* the simulated machine */
	SCN_ON_VM,  /* a real kernel in a virtual machine */
};

struct scn_fault { /* "known-fault stock: reason" */
	char *policy;
	char *reason;
};

struct scn_expect {
	enum scn_expect_kind kind;
	char *text; /* as written, blanks folded, without under/known-fault */

	char *object, *field, *value; /* STATE, ADDRESS (value: "A.B.C.D/N") */
	bool negate;		      /* the state must not hold */
	bool differs;  /* the field has a value, and it is another one */
	bool contains; /* the field is a list that has the value */
	bool only;     /* ADDRESS: and on no other interface */

	enum scn_when when;
	int64_t limit_ns; /* WITHIN, FOR */
	char *mark; /* WITHIN, FOR count from it; "NAME.*": in each round */
	char *from, *until; /* window's marks, NULL: start, end of the run */

	char *probe; /* PROBE */
	struct scn_bound *bounds;
	size_t n_bounds;

	struct scn_item *items; /* COUNT: one; ORDER: two or more */
	size_t n_items;
	enum scn_cmp cmp;    /* COUNT */
	int64_t count, most; /* most: of LOW..HIGH, with SCN_GE; else -1 */
	char *place;	     /* REACH: its name in sim/scenario/reach.h */

	char *under;	   /* only for this policy, NULL: for every one */
	enum scn_stage on; /* only on this stage */
	struct scn_fault *faults;
	size_t n_faults;
	unsigned line, col;
};

#endif
