/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_steps - what happens in a scenario and when, and which faults strike.
 * Part of sim/scenario/scenario.h.
 */
#ifndef SIM_SCENARIO_SCN_STEPS_H
#define SIM_SCENARIO_SCN_STEPS_H

#include "sim/scenario/scn_things.h"

struct strbuf;

enum scn_stimulus {
	SCN_VF_ATTACH,	    /* name; as: another unit name, or NULL */
	SCN_VF_EJECT,	    /* name */
	SCN_VF_RESCIND,	    /* name: gone without an eject */
	SCN_VF_LINK,	    /* name; up */
	SCN_NIC_DETACH,	    /* name: the host takes the synthetic NIC */
	SCN_NIC_ATTACH,	    /* name: and gives it back */
	SCN_HOST_NETCHANGE, /* name of the nic */
	SCN_HOST_MEDIA,	    /* name of the nic; up = connected */
	SCN_HOST_ASSOC,	    /* name of the nic; up = granted */
	SCN_VM_FREEZE,	    /* duration_ns */
	SCN_VM_MIGRATE,	    /* duration_ns: cancelled after it; 0: it is not */
	SCN_DHCP_ANSWERS,   /* the DHCP server */
	SCN_DHCP_SILENT,
	SCN_DHCP_NAKS,
	SCN_DHCP_OFFERS, /* text: "A.B.C.D/N" */
	SCN_ROUTER,	 /* up: it advertises; else silent */
	SCN_RC_CONF,	 /* pairs: the file is edited */
	SCN_CUSTOM,	 /* custom */
	SCN_DAEMON_KILL,
	SCN_DAEMON_START,
	SCN_DAEMON_RESTART,
	SCN_DAEMON_RELOAD,
	SCN_DEVD_CLOSE,	      /* the engine loses its client connection */
	SCN_NETLINK_OVERFLOW, /* messages were lost, and the engine is told */
	SCN_USER,	      /* text: typed by a user; a command a line */
	SCN_USER_SH,	      /* the same, run by the host's shell */
	SCN_RECORD,	  /* text: a record put into devctl verbatim; times */
	SCN_RECORDS_READ, /* somebody reads all there are; has no words */
	SCN_MARK,	  /* nothing but its mark */
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
	struct scn_pair *pairs; /* of SCN_RC_CONF */
	size_t n_pairs, cap_pairs;
	struct scn_custom custom; /* of SCN_CUSTOM */
	unsigned times;		  /* of SCN_RECORD; 1 otherwise */
	char *mark;		  /* NULL if none */
	unsigned line, col;
};

/* Frees what it owns, and zeroes it. */
void scn_step_fini(struct scn_step *step);

/* Appends the stimulus in the words of the language; nothing for a mark and
 * the end. */
void scn_step_text(const struct scn_step *step, struct strbuf *out);

enum scn_break {
	SCN_RECORD_LOSE,
	SCN_RECORD_DOUBLE,
	SCN_RECORD_DELAY,    /* by_ns */
	SCN_RECORD_REORDER,  /* it comes behind the next one */
	SCN_COMMAND_FAILS,   /* with number as its exit status */
	SCN_COMMAND_HANGS,   /* until it is cancelled */
	SCN_COMMAND_SLOW,    /* by_ns longer */
	SCN_OPERATION_FAILS, /* with number, an errno of FreeBSD */
	SCN_OPERATION_SLOW,
	SCN_DAEMON_KILLED_BEFORE, /* an operation */
	SCN_DAEMON_KILLED_DURING,
	SCN_DAEMON_KILLED_AFTER,
};

/* A fault: strikes what the engine reads or asks for, when text is in it. */
struct scn_injection {
	enum scn_break what;
	char *text;
	unsigned nth;	/* from the nth on that matches; the first is 1 */
	unsigned times; /* so many of them; 0: for ever */
	int64_t by_ns;	/* SCN_DAEMON_*: until its restart; -1: for good */
	int number;
	int64_t from_ns, until_ns; /* from <= t < until; until -1: the end */
	char *under; /* only under this policy; NULL: under each */
	bool may;    /* it is no failure that it never struck */
	char *words; /* as written, without "fault" and "may" */
	unsigned line, col;
};

#endif
