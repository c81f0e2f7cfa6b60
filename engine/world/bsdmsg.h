/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdmsg - FreeBSD's routing messages (route(4)), decoded from bytes: what a
 * PF_ROUTE socket tells, and the sysctl(3) tables that are made of the same.
 *
 * Needs no header of the system and makes no call, so it can be tested, and
 * read recordings, everywhere. The layouts are those of 12.0 to 15 on a
 * machine of 64 bits and little-endian numbers, which are the same
 * (bsdlayout.h). Whatever the bytes, nothing beyond them is read.
 */
#ifndef WORLD_BSDMSG_H
#define WORLD_BSDMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/strbuf.h"

#define BSDMSG_NAME 16 /* IFNAMSIZ, with its NUL */

/* What the bytes are of. */
enum bsdmsg_form {
	BSDMSG_SOCKET,	/* a PF_ROUTE socket, NET_RT_IFLIST, NET_RT_DUMP */
	BSDMSG_IFLISTL, /* NET_RT_IFLISTL: headers that say how long they are */
};

enum bsdmsg_kind {
	BSDMSG_OTHER,	 /* nothing that we want to know */
	BSDMSG_LINK,	 /* RTM_IFINFO */
	BSDMSG_ANNOUNCE, /* RTM_IFANNOUNCE: a rename is a departure too */
	BSDMSG_ADDR,	 /* RTM_NEWADDR, RTM_DELADDR */
	BSDMSG_ROUTE,	 /* RTM_ADD, RTM_CHANGE, RTM_DELETE, RTM_GET */
};

struct bsdmsg {
	enum bsdmsg_kind kind;
	bool gone;		/* it is no more */
	bool change;		/* RTM_CHANGE */
	uint32_t index;		/* of the interface; of a route 0: not told */
	char name[BSDMSG_NAME]; /* "" if not told */
	uint32_t flags;		/* IFF_*; of a route RTF_* */
	int error;		/* of a route: rtm_errno, its request failed */
	/* of a link */
	uint8_t link; /* LINK_STATE_*: 0 unknown, 1 down, 2 up */
	uint8_t type; /* IFT_* */
	uint32_t mtu;
	bool has_mac;
	uint8_t mac[6];
	/* The address, or where the route goes to, with its prefix; family 0:
	 * none of IPv4 or IPv6. What the kernel hides in a link-local address
	 * is taken out of it. */
	struct ipaddr addr;
	struct ipaddr gateway; /* family 0: none, it is on the link */
};

/* Decodes the message that begins at data. Gives the bytes that it takes, at
 * most `bytes`; 0 when there is no whole message. */
size_t bsdmsg_next(const void *data, size_t bytes, enum bsdmsg_form form,
    struct bsdmsg *out);

/* A default route that works, by way of a gateway. */
bool bsdmsg_is_default(const struct bsdmsg *m);

/* Of a table of routes the messages of default ones, and of those to networks
 * that are reached without a gateway; appended. What is cut stays cut. */
void bsdmsg_take_near(const void *table, size_t bytes, struct strbuf *out);

#endif
