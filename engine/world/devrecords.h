/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devrecords - what Linux's kernel says of its devices (uevent.h) as records of
 * devctl(4), so that rules written for devd(8) find them (FACTS.md G.2, A.2).
 * Pure; nothing but checked words gets into a record.
 *
 *	add of a PCI device	? at slot=0 function=0 dbsf=pci0:2:0:0
 *				vendor=0x15ad ... class=0x020000 on pci2
 *	a driver takes it	+vmxnet30 at ... on pci2
 *	it leaves it		-vmxnet30 at ... on pci2
 *	the same on the vmbus	+hv_netvsc0 at  classid=... on vmbus0
 *	a character device	!system=DEVFS subsystem=CDEV type=CREATE
 *cdev=...
 *
 * Linux does not number a driver's devices: as FreeBSD does, each gets the
 * lowest number that is free when its driver takes it. A device that was there
 * before the first message has none, and nothing is told of its end.
 */
#ifndef WORLD_DEVRECORDS_H
#define WORLD_DEVRECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "world/uevent.h"

#define DEVRECORDS_DEVICES 1024 /* bound at a time; more are not told */
#define DEVRECORDS_TEXT	   512

struct devrecords_device {
	char place[64]; /* the last part of its path: "0000:02:00.0" */
	char driver[32];
	unsigned unit;
};

struct devrecords {			   /* zeroed: nothing is known yet */
	struct devrecords_device *devices; /* owned */
	size_t count, cap;
	uint64_t sequence; /* of the last message; 0: none */
};

void devrecords_fini(struct devrecords *r);

/* Writes a record, its NUL included; false when the event says nothing that a
 * record is for. *lost is set when events before it are missing, or were for
 * another network namespace. */
bool devrecords_take(struct devrecords *r, const struct uevent *e,
    char text[DEVRECORDS_TEXT], bool *lost);

#endif
