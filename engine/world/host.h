/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host - what rules may ask of the system beside the record.
 */
#ifndef WORLD_HOST_H
#define WORLD_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum host_media {
	HOST_MEDIA_NONE, /* no such interface, or none that says */
	HOST_MEDIA_ETHERNET,
	HOST_MEDIA_80211,
	HOST_MEDIA_ATM,
	HOST_MEDIA_OTHER,
};

/* SIOCGIFMEDIA, if the answer is marked valid. Always none on Linux, which
 * has no such question. */
enum host_media host_media(const char *ifname);

/* What devd(8) comes with for Hyper-V: it ups a VF by itself (FACTS.md E.1). */
#define HOST_DEVD_HYPERV  "/etc/devd/hyperv.conf"
#define HOST_DEVD_PIDFILE "/var/run/devd.pid"

/* Whether devd(8) runs and has these rules. */
bool host_devd_has_hyperv(void);

/* Whether the kernel keeps records for /dev/devctl. Where it was told not to
 * (hw.bus.devctl_queue 0, as /etc/rc.d/devd does for devd_enable=NO from
 * FreeBSD 15 on), it is told to, as devd(8) does; it refuses from 13 on. 0, or
 * ERR_STATE and what to do; always 0 on Linux. */
int host_keeps_records(struct err *err);

/* "NAME (SYSTEM RELEASE MACHINE)", as uname(1) has them. */
void host_name(char *buf, size_t bytes);

/* sysctl kern.vm_guest, e.g. "hv"; "" where there is no such thing. */
void host_vm_guest(char *buf, size_t bytes);

#endif
