/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labstage - runs a scenario on a real kernel: a guest in QEMU with a stand-in
 * pair of a virtio-net and a vmxnet3, the daemon inside it, a segment with a
 * peer outside (sim/lab/wire.h), in real time.
 *
 * Moment 0 of the scenario is a second before the guest has booted and its NIC
 * has its address, which is what boot.netif is in the simulated machine.
 * Nothing of this host is touched: there is no interface, no name space and no
 * socket in the file system, only processes that end with us.
 */
#ifndef SIM_LAB_LABSTAGE_H
#define SIM_LAB_LABSTAGE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "core/core.h"
#include "db/trace.h"
#include "sim/lab/enlightenments.h"
#include "sim/lab/image.h"
#include "sim/scenario/scenario.h"

/* Where a Linux guest has the shipped rules (cmd/labimage.h), and a FreeBSD
 * one, whose image has Switchback installed. */
#define LABGUEST_RULES	       "/etc/switchback/hyperv.conf"
#define LABGUEST_FREEBSD_RULES "/usr/local/etc/switchback/hyperv.conf"

struct labtools { /* the same for all runs; read only */
	struct image image;
	const char *disk; /* a disk image instead; or NULL */
	struct enlightenments hyperv;
};

struct labstage {
	const struct scenario *scenario; /* borrowed, as all here */
	enum core_policy policy;
	const struct labtools *tools;
	const char *pcap;    /* where the wire's packets go; NULL: nowhere */
	const char *console; /* where the guest's console goes; NULL: nowhere */
	/* Filled when the run is no verdict: ERR_UNSUPPORTED, this host has not
	 * what it needs; ERR_BUSY, an expectation failed while the host kept
	 * the guest waiting (sim/lab/labnoise.h), so that another try may do;
	 * else something failed that is not under test. May be NULL. */
	struct err *trouble;
};

/* False, and why the scenario is not for this stage is appended. */
bool labstage_can(const struct labstage *s, struct strbuf *why);

/* Runs to the scenario's end, fills t, judges. True when nothing failed and
 * there was no trouble. Only after labstage_can(). */
bool labstage_run(const struct labstage *s, struct trace *t);

#endif
