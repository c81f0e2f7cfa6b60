/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdreply - what FreeBSD's kernel has answered to a struct bsdrequest, and
 * what else is text or bytes of the system. Pure. Whatever the bytes, nothing
 * beyond them is read, and a name has its NUL.
 */
#ifndef WORLD_BSDREPLY_H
#define WORLD_BSDREPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failover/snapshot.h"
#include "world/bsdrequest.h"

/* SIOCGLAGG: the ports, of which no more are taken than there was room for. */
void bsdreply_lagg(const struct bsdrequest *r, struct snap_if *out);

/* SIOCGLAGGPORT, asked of the port: whose it is. */
void bsdreply_port(const struct bsdrequest *r, char lagg[IFNAME_MAX]);

/* SIOCGIFMEDIA: LINK_UNKNOWN when the driver does not say. */
enum link_state bsdreply_media(const struct bsdrequest *r);

void bsdreply_vlan(const struct bsdrequest *r, struct snap_if *out);
void bsdreply_caps(const struct bsdrequest *r, struct snap_if *out);
void bsdreply_nd6(const struct bsdrequest *r, struct snap_if *out);
uint8_t bsdreply_addr6(const struct bsdrequest *r); /* SNAP_ADDR_* */
uint32_t bsdreply_flags(const struct bsdrequest *r);
uint32_t bsdreply_index(const struct bsdrequest *r);

/* Cut where it is longer than out. */
void bsdreply_descr(const struct bsdrequest *r, char *out, size_t bytes);

/* "mce10" is unit 10 of "mce". False when it does not end in a number. */
bool bsdreply_unit(const char *name, char driver[IFNAME_MAX], int *unit);

/* The newest address in dhclient(8)'s file of leases; family 0: none. */
struct ipaddr bsdreply_lease(const char *text, size_t bytes);

#endif
