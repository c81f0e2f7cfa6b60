/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifevent - one thing that a system told of its interfaces, addresses or
 * routes, whichever way it tells: the decoders (rtnetlink, rtsock) and those
 * who ask (iflook) fill it, the table of all (linktable) takes it.
 */
#ifndef WORLD_IFEVENT_H
#define WORLD_IFEVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipaddr.h"

#define IFEVENT_NAME  16 /* IFNAMSIZ of every system, with its NUL */
#define IFEVENT_ALIAS 64 /* one that is longer is cut */

enum ifevent_kind {
	IFEVENT_OTHER, /* nothing that we want to know */
	IFEVENT_LINK,
	IFEVENT_ADDR,
	IFEVENT_ROUTE,
	IFEVENT_END,   /* of an answer of several messages */
	IFEVENT_ERROR, /* the answer: refused; or with error 0, done */
};

enum ifevent_link { IFEVENT_UNKNOWN, IFEVENT_DOWN, IFEVENT_UP };

enum { /* what is told of a link */
	IFHAS_NAME = 1,
	IFHAS_FLAGS = 2, /* up, running */
	IFHAS_LINK = 4,
	IFHAS_MAC = 8,
	IFHAS_MTU = 16,
	IFHAS_MASTER = 32,
	IFHAS_AGGREGATE = 64, /* active, primary */
	IFHAS_PARENT = 128,
};

enum {			       /* what is told of an address */
	IFADDR_TENTATIVE = 1,  /* duplicate detection runs */
	IFADDR_DUPLICATED = 2, /* it found one */
	IFADDR_ENDS = 4,       /* leased, or advertised by a router */
};

struct ifevent {
	enum ifevent_kind kind;
	bool gone;    /* it is no more */
	bool answer;  /* to a question for everything: nothing happened */
	bool broken;  /* this answer is not of one moment: ask again */
	bool replace; /* a route: instead of others to the same place */
	uint32_t sequence;
	int error; /* errno of IFEVENT_ERROR, or of an end */

	unsigned has;	/* IFHAS_* */
	uint32_t index; /* of the interface; 0: none, or named only */
	char name[IFEVENT_NAME];
	bool up, running;
	enum ifevent_link link;
	uint8_t mac[6];
	uint32_t mtu;
	uint32_t master;	  /* whose port it is: an index, 0 for none */
	uint32_t active, primary; /* of an aggregate: indexes, 0 for none */
	uint32_t parent;	  /* of a VLAN: an index, 0 for none */

	struct ipaddr addr; /* the address; of a route, where it goes to */
	struct ipaddr gateway;
	uint32_t metric;

	/* What only a controller asks for; zero and "" when not told. */
	char link_kind[IFEVENT_NAME]; /* of one that was made: "bond" */
	char port_kind[IFEVENT_NAME]; /* of its master: "bond" */
	char alias[IFEVENT_ALIAS];    /* an administrator's word for it */
	char bus[IFEVENT_NAME];	      /* of its device: "pci", "virtio" */
	char device[32];	      /* "0000:02:00.0", "virtio0" */
	bool permanent;		      /* permanent_mac is told */
	uint8_t permanent_mac[6];
	uint8_t mode;	  /* of a bond; 1: active-backup */
	unsigned addr_is; /* IFADDR_* */
};

#endif
