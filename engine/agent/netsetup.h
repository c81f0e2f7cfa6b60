/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netsetup - the text for sh -c that sets an interface up as a distribution
 * would have: it is awaited, gets its addresses, is up, and is the way to the
 * gateway. Pure.
 */
#ifndef AGENT_NETSETUP_H
#define AGENT_NETSETUP_H

#include "agent/labwire.h"
#include "base/err.h"
#include "base/strbuf.h"

enum netsetup_with {
	NETSETUP_IP,	   /* ip(8) */
	NETSETUP_IFCONFIG, /* ifconfig(8) and route(8) of FreeBSD */
};

/* Appends. 0, or ERR_INPUT: a name or an address is none. */
int netsetup_text(enum netsetup_with with, const struct labwire *m,
    struct strbuf *out, struct err *err);

#endif
