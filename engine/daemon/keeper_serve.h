/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper_serve - the keeper's own process: the inside of daemon/keeper.h.
 */
#ifndef DAEMON_KEEPER_SERVE_H
#define DAEMON_KEEPER_SERVE_H

#include "daemon/keeper.h"
#include "daemon/keeper_judge.h"
#include "daemon/runnerwire.h"

/* In the child: until the engine is gone and its commands have ended. Both
 * sockets are streams; no other descriptor is left but the standard ones. */
void keeper_serve(const struct keeper_config *config, int actions, int asks);

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
/* A dump that is not whole goes. */
void keeper_asks_fini(struct keeper_asks *a);

#endif
