/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness - what was written down beside the records of a recording, on the
 * same clock: what was done, and what else was seen.
 *
 *	NAME.txt   "SECONDS $ COMMAND" and its output below it,
 *		   "SECONDS QMP> ACTION" of the host,
 *		   "SECONDS # WHO: COMMAND done" of a program that ran beside,
 *		   "#" remarks: the first two tell what it is about and which
 *		   NICs play which part
 *	NAME.rt    the routing socket: "SECONDS RTM_NAME key=value ..."
 *	NAME.lagg  the aggregate's ports, a line a change: "SECONDS proto=2
 *		   ports=2: vmx0=0x4 hn0=0x1 media_status=0x3"
 *	NAME.flow  an ICMP probe: "# hprobe PEER N/s start SECONDS", SUMMARY
 *		   and HOLE lines; or a line a packet, "SECONDS seq=N OK",
 *		   LOST or SENDERR in its place
 *	NAME.*.state, NAME.*.ifconfig  the system at a moment
 *
 * These were written for people: a line of another form is passed over.
 * Routing messages are brought into the words of sim/machine/machine.h;
 * multicast memberships, host and cloned routes, misses and answers to RTM_GET,
 * link-local addresses and all IPv6 routes are left out.
 */
#ifndef DB_WITNESS_H
#define DB_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum witness_kind { WITNESS_COMMAND, WITNESS_HOST };

struct witness_deed { /* what somebody did */
	int64_t at_ns;
	bool ended; /* at_ns is its end: "# WHO: COMMAND done" */
	enum witness_kind kind;
	char *text;   /* the command line, or the host's action */
	char *output; /* what it printed; "" if nothing */
};

struct witness_sight { /* what was seen; the text is canonical */
	int64_t at_ns;
	char *text;
};

struct witness_list {
	struct witness_sight *list;
	size_t count, cap;
};

struct witness_hole { /* probes without an answer, one after the other */
	int64_t from_ns, to_ns; /* first and last of them */
	int64_t gap_ns;		/* last answered before to first after */
	uint64_t lost, refused;
};

struct witness_flow { /* one run of a probe */
	int64_t start_ns, end_ns, period_ns;
	uint64_t sent, lost, refused;
	int64_t gap_ns;	  /* the longest */
	int64_t stall_ns; /* the sender's own longest pause */
	size_t first_hole, n_holes;
};

struct witness {
	char *about; /* the remarks at the head of the .txt files */
	char *state; /* the first .before.state, or "" */
	struct witness_deed *deeds;
	size_t n_deeds, cap_deeds;
	struct witness_list routes; /* "IFINFO vmx0 up link-up" */
	/* "none" (no such interface), "no ports", or "hn0 MASTER, vmx0 ACTIVE"
	 * sorted by name. */
	struct witness_list aggregate;
	struct witness_flow *flows;
	size_t n_flows, cap_flows;
	struct witness_hole *holes;
	size_t n_holes, cap_holes;
	bool has_routes, has_aggregate;
};

struct witness *witness_new(void);
void witness_free(struct witness *w); /* NULL is fine */

/* Takes the text of a file whose name ends in suffix (".txt", ".rt", ".lagg",
 * ".flow", ".before.state"), behind what is there already. False when it is of
 * no such kind. */
bool witness_take(struct witness *w, const char *suffix, const char *text,
    size_t bytes);

/* Names of these suffixes, NULL at the end. */
extern const char *const witness_suffixes[];

/* "hn0=0x5 vmx0=0x0" in the canonical words; pairs are NAME=FLAGS. */
char *witness_aggregate_text(const char *pairs);

#endif
