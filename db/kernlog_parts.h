/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kernlog_parts - the inside of the reader of Linux kernel logs: what stands
 * before a message (kernlog_head.c), what a message says (kernlog_says.c), and
 * the rows that are made of all of them (kernlog.c).
 */
#ifndef DB_KERNLOG_PARTS_H
#define DB_KERNLOG_PARTS_H

#include "db/foreign_parts.h"

enum kernlog_clock {
	KERNLOG_NO_CLOCK, /* the line has no time */
	KERNLOG_BOOT,	  /* seconds since boot */
	KERNLOG_DELTA,	  /* since the line before */
	KERNLOG_WALL,	  /* since 1970; without a year: of one like it */
};

struct kernlog_head {
	enum kernlog_clock clock;
	int64_t at_ns;
	bool has_wall; /* besides the time since boot */
	int64_t wall_ns;
	bool coarse;	  /* whole seconds */
	char host[64];	  /* "" if none */
	char program[32]; /* "kernel", "systemd-networkd"; "" if none */
	const char *message;
};

/* leap: a year that the log does not tell is one. */
void kernlog_head_read(const char *line, bool leap, struct kernlog_head *out);

enum kernlog_what {
	SAYS_NOTHING, /* to us */
	SAYS_SLOT_ADDED,
	SAYS_SLOT_REMOVED,
	SAYS_VF_COMES,
	SAYS_VF_GOES,
	SAYS_TO_VF, /* the data path */
	SAYS_FROM_VF,
	SAYS_JOINED, /* vf is name's */
	SAYS_LINK_UP,
	SAYS_LINK_DOWN,
	SAYS_READY, /* IPv6: up, with or without a link */
	SAYS_NOT_READY,
	SAYS_RENAMED, /* other is now name */
	SAYS_ENSLAVED,
	SAYS_RELEASED,
	SAYS_ACTIVE,
	SAYS_NONE_ACTIVE,
	SAYS_SLAVE_UP,
	SAYS_SLAVE_DOWN,
	SAYS_PRIMARY,
	SAYS_HWADDR,
	SAYS_DRIVER_GONE, /* hv_netvsc itself */
	SAYS_DRIVER_BACK,
	SAYS_ADDRESS,
	SAYS_ROUTE,
	SAYS_BOOT,
};

struct kernlog_says {
	enum kernlog_what what;
	char name[FOREIGN_NAME];  /* whom it is about: netvsc, VF, slave */
	char other[FOREIGN_NAME]; /* its VF, bond, older name */
	char device[48];	  /* netvsc's GUID; a PCI address */
	char driver[24];	  /* of name */
	char text[48];		  /* an address, or SAYS_ROUTE's router */
	char router[48];	  /* besides the address; "" if none */
	char mac[24];		  /* the same */
};

void kernlog_says_read(const char *message, struct kernlog_says *out);

/* "7c1e527c-0a7f-7c1e-527c-0a7f7c1e527c" is a NIC's MAC address, again and
 * again. */
bool kernlog_mac_of(const char *guid, char mac[18]);

#endif
