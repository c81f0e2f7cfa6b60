/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stock - what FreeBSD's two Hyper-V scripts do, one step at a time, faults
 * included (FACTS.md E.2 and E.3, DEVD.md "The two Hyper-V action scripts").
 * It is the baseline that everybody runs today, and the yardstick for native.
 *
 * A procedure is called with a fresh snapshot and the result of its last
 * operation, and says what comes next. Programs that only read are operations
 * too (OP_PROCESS), because the time they take is the fault being measured.
 */
#ifndef FAILOVER_STOCK_H
#define FAILOVER_STOCK_H

#include "failover/operation.h"
#include "failover/rcvars.h"
#include "failover/snapshot.h"

enum stock_verb {
	STOCK_OPERATION, /* carry out *op, then ask again */
	STOCK_SLEEP,	 /* ask again after *delay_ns */
	STOCK_SPAWN,	 /* a stock_vfattach_delayed() starts beside it */
	STOCK_CUSTOM,	 /* run the administrator's hyperv_vfup.IF, then ask */
	STOCK_DONE,
};

enum stock_script { STOCK_VFATTACH, STOCK_VFATTACH_DELAYED, STOCK_VFUP };

struct stock {
	enum stock_script script;
	char ifname[IFNAME_MAX]; /* the script's argument */
	int64_t delay_ns;	 /* of STOCK_VFATTACH_DELAYED */
	int step;
	char lagg[IFNAME_MAX];
	char vf[IFNAME_MAX];
};

void stock_vfattach(struct stock *p, const char *ifname);
void stock_vfattach_delayed(struct stock *p, const char *ifname,
    int64_t delay_ns);
void stock_vfup(struct stock *p, const char *hn);

/* result: errno of the last operation, 0 at first. *op is filled for
 * STOCK_OPERATION; *delay_ns for STOCK_SLEEP and STOCK_SPAWN. */
enum stock_verb stock_next(struct stock *p, const struct snapshot *s,
    const struct rcvars *rc, int result, struct operation *op,
    int64_t *delay_ns);

#endif
