/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_plans - what each part of the planner decides, one operation at a
 * time: true when l->op is to be carried out now. Who plans, in which order, is
 * said in native.c.
 */
#ifndef FAILOVER_NATIVE_PLANS_H
#define FAILOVER_NATIVE_PLANS_H

#include "failover/native_parts.h"

/* native_lagg.c. Finds or names the aggregate; l->lagg NULL and p->lagg ""
 * when there is none that may be touched. */
void native_choose_lagg(struct look *l);
bool native_plan_lagg(struct look *l);
/* True when the aggregate will still be found to be ours with a configuration
 * on it, by us or by the next one to be started. */
bool native_lagg_is_known(const struct look *l);
bool native_joins_by_down(const struct look *l, const struct snap_if *i);
/* What the hn could if no VF had joined it; before anything is planned. */
void native_note_caps(struct look *l);
bool native_plan_caps(struct look *l);

/* native_config.c */
bool native_plan_config(struct look *l);
bool native_plan_vlans(struct look *l);
void native_new_config(struct pair *p, const struct rc_net *net);
bool native_is_own_addr(const struct snap_if *i, size_t k); /* a person's */

/* native_unrouted.c. An address of the aggregate without the route to its
 * network is made again. */
bool native_plan_unrouted(struct look *l);

/* native_vf.c. Before the aggregate is upped: a port that must not go up with
 * it leaves. */
bool native_plan_ports(struct look *l);
/* The aggregate is gone: who set the VF down just before was the kernel. */
void native_forget_down(struct look *l);
/* The hn is upped again: who has set that down may set all down. */
void native_expect_down(struct look *l);
bool native_plan_vf(struct look *l);
int64_t native_twice(int64_t ns, int64_t most);

#endif
