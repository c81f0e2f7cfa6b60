/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario - a .scn file, parsed whole. The grammar is in
 * sim/switchback-scenario.5; sim/scn_parse.c makes this tree from text,
 * sim/scn_format.c brings text into its canonical form, stages run the tree
 * and sim/judge.c holds the trace against its expectations.
 *
 * All strings and arrays are owned by the scenario. Times are resolved by the
 * parser: nanoseconds of virtual time from the start of the machine.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"

#define SCN_NAME_MAX   16     /* interface names: IFNAMSIZ with its NUL */
#define SCN_REPEAT_MAX 100000 /* steps after all repetitions */

struct scn_pair { /* name = value, of rc.conf, sysctl, daemon, delay */
	char *name;
	char *value;
	unsigned line, col;
};

struct scn_nic { /* a synthetic NIC, there from boot */
	char name[SCN_NAME_MAX];
	uint8_t mac[6];
	unsigned mtu; /* 0: the machine's own */
	bool disconnected;
	unsigned line, col;
};

struct scn_vf {
	char name[SCN_NAME_MAX]; /* interface name when attached */
	char of[SCN_NAME_MAX];	 /* its synthetic NIC */
	char *driver;		 /* "mlx5", … */
	uint8_t mac[6];		 /* the NIC's unless given */
	bool present;		 /* at boot */
	unsigned line, col;
};

enum scn_proto { SCN_ICMP, SCN_UDP };
enum scn_way { SCN_ECHO, SCN_OUT, SCN_IN, SCN_BOTH };

struct scn_probe {
	char *name;
	enum scn_proto proto;
	enum scn_way way;  /* SCN_ECHO for icmp */
	int64_t period_ns; /* from "rate N/s" */
	uint8_t to[4];	   /* IPv4 in network order; 0.0.0.0: the peer */
	int64_t from_ns;   /* first probe; 0: from the start */
	int64_t until_ns;  /* last before; -1: to the end */
	unsigned line, col;
};

enum scn_stimulus {
	SCN_VF_ATTACH,	    /* name; as: another unit name, or NULL */
	SCN_VF_EJECT,	    /* name */
	SCN_VF_RESCIND,	    /* name: gone without an eject */
	SCN_VF_LINK,	    /* name; up */
	SCN_HOST_NETCHANGE, /* name of the nic */
	SCN_HOST_MEDIA,	    /* name of the nic; up = connected */
	SCN_VM_FREEZE,	    /* duration_ns */
	SCN_DAEMON_KILL,
	SCN_DAEMON_START,
	SCN_DAEMON_RESTART,
	SCN_USER,   /* text: a command line typed by the user */
	SCN_RECORD, /* text: a record put into devctl verbatim; times */
	SCN_MARK,   /* nothing but its mark */
	SCN_END,
};

struct scn_step {
	int64_t at_ns;
	enum scn_stimulus kind;
	char *name;
	char *as;
	char *text;
	bool up;
	int64_t duration_ns;
	unsigned times; /* of SCN_RECORD; 1 otherwise */
	char *mark;	/* NULL if none */
	unsigned line, col;
};

enum scn_expect_kind {
	SCN_EXPECT_STATE,   /* object's field has (or lists) a value */
	SCN_EXPECT_ADDRESS, /* an address is (only) on an interface */
	SCN_EXPECT_PROBE,
	SCN_EXPECT_COUNT,
	SCN_EXPECT_ORDER,
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
	SCN_ROW_NOTE
};

struct scn_item { /* a row of the trace whose text contains this */
	enum scn_row row;
	char *text;
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
	enum scn_cmp cmp; /* COUNT */
	int64_t count;

	char *under; /* only for this policy, NULL: for every one */
	struct scn_fault *faults;
	size_t n_faults;
	unsigned line, col;
};

struct scenario {
	char *path;
	char *title;
	char *origin;	 /* "" if none */
	char *machine;	 /* profile name */
	char *recording; /* "replay FILE": stimuli come from it too; or NULL */
	uint64_t seed;	 /* 1 unless given */
	int64_t end_ns;

	char **rules; /* files; none: the shipped ones */
	size_t n_rules, cap_rules;
	struct scn_pair *rc;
	size_t n_rc, cap_rc;
	struct scn_pair *sysctls; /* loader tunables and boot-time settings */
	size_t n_sysctls, cap_sysctls;
	struct scn_pair *options; /* of the daemon */
	size_t n_options, cap_options;
	struct scn_pair *delays; /* override the machine profile */
	size_t n_delays, cap_delays;
	struct scn_nic *nics;
	size_t n_nics, cap_nics;
	struct scn_vf *vfs;
	size_t n_vfs, cap_vfs;
	struct scn_probe *probes;
	size_t n_probes, cap_probes;
	struct scn_step *steps; /* in time order; equal times as written */
	size_t n_steps, cap_steps;
	struct scn_expect *expects;
	size_t n_expects, cap_expects;
};

/* Parses text[0..bytes). All mistakes are reported to d; NULL when there was
 * an error among them. path is for messages and is copied. */
struct scenario *scenario_parse(const char *path, const char *text,
    size_t bytes, struct diag *d);
void scenario_free(struct scenario *s); /* NULL is fine */

/* The one canonical form, comments kept. Gives NULL (with findings in d) when
 * the text does not parse. The caller frees. */
char *scenario_format(const char *path, const char *text, size_t bytes,
    struct diag *d);

#endif
