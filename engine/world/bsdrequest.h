/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdrequest - what FreeBSD's kernel is asked for, as the bytes of an ioctl(2)
 * or of a routing message. Pure: bsdkernel.h hands them over.
 *
 * A request that needs more than its structure (a name, a description, ports)
 * has that in extra, and the place of the pointer to it in pointer_at. The
 * pointer itself is there only while the kernel has it.
 */
#ifndef WORLD_BSDREQUEST_H
#define WORLD_BSDREQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "world/bsdioctl.h"
#include "world/bsdlayout.h"

struct bsdrequest {
	uint32_t code;
	unsigned family; /* of the socket: BSD_AF_* */
	uint8_t data[BSD_IFR6_SIZE];
	size_t bytes;
	size_t pointer_at; /* 0: there is none */
	uint8_t extra[BSD_LAGG_MAX_PORTS * BSD_RP_SIZE];
	size_t extra_bytes;
};

/* Zeros of the size that code says, and the interface's name, which is cut
 * where it is too long for the kernel. Enough for SIOCIFCREATE2, SIOCIFDESTROY
 * and for the questions of struct ifreq, ifmediareq and in6_ndireq. */
void bsdrequest_init(struct bsdrequest *r, uint32_t code, const char *ifname);

/* Questions. */
void bsdrequest_get_descr(struct bsdrequest *r, const char *ifname);
void bsdrequest_get_vlan(struct bsdrequest *r, const char *ifname);
void bsdrequest_get_lagg(struct bsdrequest *r, const char *lagg);
void bsdrequest_get_port(struct bsdrequest *r, const char *port);
void bsdrequest_get_addr6(struct bsdrequest *r, const char *ifname,
    const struct ipaddr *addr, uint32_t index);

/* Changes. index is the interface's, for the scope of link-local addresses. */
void bsdrequest_set_flags(struct bsdrequest *r, const char *ifname,
    uint32_t flags);
void bsdrequest_set_mtu(struct bsdrequest *r, const char *ifname, int mtu);
void bsdrequest_set_caps(struct bsdrequest *r, const char *ifname,
    uint32_t caps);
void bsdrequest_set_descr(struct bsdrequest *r, const char *ifname,
    const char *text); /* "": none */
void bsdrequest_set_mac(struct bsdrequest *r, const char *ifname,
    const uint8_t mac[6]);
void bsdrequest_set_name(struct bsdrequest *r, const char *ifname,
    const char *name);
void bsdrequest_set_vlan(struct bsdrequest *r, const char *ifname,
    const char *parent, unsigned tag); /* parent "": on none */
void bsdrequest_set_failover(struct bsdrequest *r, const char *lagg);
void bsdrequest_set_port(struct bsdrequest *r, const char *lagg,
    const char *port, bool add);
/* To the answer to SIOCGIFINFO_IN6. */
void bsdrequest_set_nd6(struct bsdrequest *r, uint32_t on, uint32_t off);

/* False: the address is none, and nothing may be asked with it. 0.0.0.0 can be
 * removed, as any other: it is a sockaddr of another length or family than
 * this one's which the kernel takes for the first address that there is
 * (FREEBSD.md, ioctls; in_difaddr_ioctl() in sys/netinet/in.c). */
bool bsdrequest_addr(struct bsdrequest *r, const char *ifname,
    const struct ipaddr *addr, uint32_t index, bool add);

#define BSDROUTE_BYTES 512

/* The routing message that adds or removes the default route of the gateway's
 * family. index 0: on whatever interface the gateway is. A removal needs no
 * gateway: its address may be zero, its family counts. Gives its size; 0 when
 * the gateway is of no family. */
size_t bsdroute_default(uint8_t out[BSDROUTE_BYTES],
    const struct ipaddr *gateway, uint32_t index, bool add);

#endif
