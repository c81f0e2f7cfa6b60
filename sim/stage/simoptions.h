/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simoptions - "daemon name=value" and "rc.conf" of a scenario, read for the
 * simulated guest.
 */
#ifndef SIM_STAGE_SIMOPTIONS_H
#define SIM_STAGE_SIMOPTIONS_H

#include "base/diag.h"
#include "failover/rcvars.h"
#include "sim/scenario/scenario.h"

struct simoptions {
	int64_t start_ns;		/* -1: the profile's boot.daemon */
	int64_t deadline_ns, resync_ns; /* 0: the engine's own */
	bool serial, keep_rx_all;
	bool devd_active; /* a stock devd runs beside the engine */
};

/* Mistakes are reported to d, with their place in the scenario. */
void simoptions_read(const struct scenario *s, struct simoptions *o,
    struct diag *d);

/* rc is zeroed before; the caller frees it with rcvars_fini(). Mistakes in
 * files in the form of rc.conf are reported with their own place. */
void simoptions_rcvars(const struct scenario *s, struct rcvars *rc,
    struct diag *d);

#endif
