/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * orders - the words that the control socket takes, and what each does.
 *
 *	status		one row (daemon/status.h)
 *	metrics		the same for Prometheus
 *	reload		reads the rules again; the answer says what came of it
 *	state		the interfaces, a row each (daemon/seen_rows.h)
 *	pairs		who is whose VF, a row each, and its fail-over
 *	recorder dump	writes the flight recorder into its store
 *	help		this list
 */
#ifndef DAEMON_ORDERS_H
#define DAEMON_ORDERS_H

#include "daemon/control.h"
#include "daemon/status.h"

struct orders { /* what a daemon can do; none is NULL */
	void (*status)(void *ctx, struct status *out);
	/* 0, and what there is to say of it; or why not. */
	int (*reload)(void *ctx, struct strbuf *out, struct err *err);
	int (*dump)(void *ctx, struct strbuf *out, struct err *err);
	int (*state)(void *ctx, struct strbuf *out, struct err *err);
	int (*pairs)(void *ctx, struct strbuf *out, struct err *err);
	void *ctx;
};

/* ctx is the struct orders. */
control_fn orders_take;

#endif
