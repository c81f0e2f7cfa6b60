/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devd_beside - a devd(8) that runs beside us with the rules for Hyper-V that
 * it comes with.
 *
 * It sets a VF up and joins it by its two scripts. When our rules have these
 * as well, both of us would run each for the same record, at the same time;
 * rules without them can be carried out beside it. (The native fail-over looks
 * by itself and does nothing while such a devd runs, see failover/native.h.)
 */
#ifndef DAEMON_DEVD_BESIDE_H
#define DAEMON_DEVD_BESIDE_H

#include "base/err.h"
#include "rules/ruleset.h"

enum devd_beside {
	DEVD_ABSENT, /* or without such rules */
	DEVD_APART,  /* each has its own to do */
	DEVD_CLASHES,
};

/* text is what to say of it, in err. */
enum devd_beside devd_beside(const struct ruleset *rules, struct err *text);

#endif
