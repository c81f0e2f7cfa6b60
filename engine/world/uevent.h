/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uevent - what Linux tells of devices that come and go (kobject_uevent,
 * netlink(7) NETLINK_KOBJECT_UEVENT), decoded from bytes: "ACTION@DEVPATH",
 * then KEY=VALUE, each with its NUL.
 *
 * No call, no header of the system. What udev(7) sends on is none.
 */
#ifndef WORLD_UEVENT_H
#define WORLD_UEVENT_H

#include <stdbool.h>
#include <stddef.h>

struct uevent {		    /* "" is what was not told; longer values are cut */
	char action[16];    /* "add", "remove", "bind", "unbind", "move" */
	char subsystem[24]; /* "net", "pci", "vmbus" */
	char name[64];	    /* interface or slot; else the path's last part */
	char driver[32];
	char id[24];			  /* of pci: "15AD:07B0" */
	char subsystem_id[24], class[16]; /* of pci: "15AD:07B0", "20000" */
	char alias[128];		  /* its MODALIAS */
	char node[64];			  /* of a device under /dev */
	char number[16];		  /* of that node, "10" */
	char sequence[24];		  /* of the event, decimal */
};

/* False when the bytes are no uevent. */
bool uevent_decode(const void *data, size_t bytes, struct uevent *out);

/* Whether it is of a bus or interface that a VF comes by. */
bool uevent_is_of_nic(const struct uevent *u);

/* "remove pci 0000:02:00.0 id 15AD:07B0 driver vmxnet3" */
void uevent_format(const struct uevent *u, char *buf, size_t bytes);

#endif
