/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_rig - a system of a few lines that obeys the planner: one hn, one
 * foreign NIC, and what a test puts there. rig_setup() and rig_teardown() are
 * cmocka fixtures.
 */
#ifndef UNIT_NATIVE_RIG_H
#define UNIT_NATIVE_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dur.h"
#include "failover/native.h"

#define HORIZON (30 * DUR_SEC)

struct native_rig {
	struct snapshot s;
	bool vf_link;	      /* what the VF has when it is up */
	bool held_back;	      /* the host withdraws the VF: hn takes over */
	bool sticky;	      /* an hn keeps what it handed over */
	bool unplugged;	      /* the host gives the hn no link */
	bool silent;	      /* a DHCP server that does not answer */
	bool no_router;	      /* … or gives no default route */
	char lease[24];	      /* what it gives; "" for 10.0.0.9/24 */
	enum op_kind fails;   /* this operation fails … */
	const char *fails_on; /* … for this interface; NULL: for all … */
	int result;	      /* … with this errno; 0: none does */
	int inert; /* this kind does nothing, and says it did; -1: none */
	bool unversioned; /* the world knows no versions */
	int64_t now_ns;
	unsigned operations;
	unsigned of_kind[OP_DHCP_STOP + 1];
	struct operation last;
	char told[4096]; /* every note, one a line */
};

extern struct native_rig sys;
extern struct rcvars rc;
extern struct native *n;
extern const uint8_t mac[6], other_mac[6];

int setup(void **state); /* hn0 with 10.0.0.4/24 and a default route */
int teardown(void **state);
void renew(void); /* a fresh planner, as after a restart */

struct snap_if *get(const char *name);
struct snap_if *add_if(const char *name, enum if_class class,
    const uint8_t m[6]);
struct ipaddr addr(const char *text);
void put_addr(const char *ifname, const char *text);
void put_flagged(const char *ifname, const char *text, uint8_t flags);
bool has(const char *ifname, const char *text);
void put_port(const char *lagg, const char *port);
void put_default(const char *gateway, const char *ifname);
void put_vf(void);		  /* mce0, down */
void take_away(const char *name); /* the interface is gone */
void follow(void); /* hn follows its VF's flag, ports link and flag */
bool told(const char *text);
unsigned times_told(const char *text);

/* One operation, if one is wanted now. */
bool act(int64_t *wake_ns);

/* Operations, and the time between them, until nothing is wanted any more or
 * the horizon is reached. */
void settle(int64_t horizon_ns);

#endif
