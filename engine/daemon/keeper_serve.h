/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper_serve - the keeper's own process: the inside of daemon/keeper.h.
 */
#ifndef DAEMON_KEEPER_SERVE_H
#define DAEMON_KEEPER_SERVE_H

#include "daemon/keeper.h"
#include "daemon/keeper_judge.h"
#include "daemon/runnerwire.h"
#include "world/world.h"

/* In the child: until the engine is gone and its commands have ended. Both
 * sockets are streams; no other descriptor is left but the standard ones. */
void keeper_serve(const struct keeper_config *config, int actions, int asks);

/* --- what is ordered (keeper_orders.c) --- */

struct keeper_orders {
	/* cause: the record that it is for, as the engine says; lives during
	 * the call. */
	void (*start)(void *ctx, uint32_t id, const char *command,
	    const struct world_cause *cause);
	void (*cancel)(void *ctx, uint32_t id);
	void (*cancel_all)(void *ctx);
	/* A line that is printable, whatever the engine has sent. */
	void (*log)(void *ctx, enum log_level level, const char *line);
};

/* What has come of the engine, bytes more behind those in got. Pure, but for
 * what is ordered. False: it says what it may not. */
bool keeper_orders_hear(struct strbuf *got, const void *data, size_t bytes,
    const struct keeper_orders *orders, void *ctx);

/* --- what is asked (keeper_asks.c) --- */

struct keeper_asks {
	const struct keeper_config *config;
	struct keeper_judge *judge;
	int fd;		     /* the socket; it may be waited for */
	struct strbuf got;   /* of it */
	struct strbuf dump;  /* the name; empty: none is being written */
	struct strbuf draft; /* what it is called until it is whole */
};

/* Reads what has come and answers it. False: the engine is gone, or what it
 * says is nothing that it may ask. */
bool keeper_asks_readable(struct keeper_asks *a);
/* The same of what was read. */
bool keeper_asks_hear(struct keeper_asks *a, const void *data, size_t bytes);
/* A dump that is not whole goes. */
void keeper_asks_fini(struct keeper_asks *a);

#endif
