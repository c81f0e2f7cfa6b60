/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labcan - whether a scenario asks only for what a guest in the lab can have:
 * one pair of a virtio-net and a vmxnet3, an address that is set by hand, and
 * deeds that QEMU or the guest can do. The image that is made is a Linux; one
 * that the user names may be a FreeBSD, whose pair is vtnet0 and vmx0. Pure.
 */
#ifndef SIM_LAB_LABCAN_H
#define SIM_LAB_LABCAN_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "core/core.h"
#include "failover/rcvars.h"
#include "sim/scenario/scenario.h"

/* The synthetic part of QEMU's own pair, which is eth0 (net_failover). */
#define LABCAN_STANDBY "eth1"

struct labcan_setup {	   /* how the guest begins */
	struct rc_net net; /* of the synthetic NIC */
	bool transparent;  /* QEMU's own pair: virtio-net takes its VF itself */
	bool no_bonding;   /* the kernel has none */
};

/* named: the image is the user's. False, and why not is appended: "a delay is
 * the simulated machine's". */
bool labcan_run(const struct scenario *s, enum core_policy policy, bool named,
    struct labcan_setup *setup, struct strbuf *why);

#endif
