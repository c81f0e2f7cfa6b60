/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdlayout - where FreeBSD's kernel has what, in the structures that it takes
 * and gives: sizes and offsets in bytes, and flags. Here: addresses and routing
 * messages; bsdioctl.h has the rest.
 *
 * For machines of 64 bits. They are the same from 12.0 to 15. Where the
 * system's own headers are at hand bsdlayout_freebsd.c compares every number
 * with them, so that a build for another layout fails; the bytes of a running
 * kernel in fixtures/freebsd/ are read with them on every system.
 */
#ifndef WORLD_BSDLAYOUT_H
#define WORLD_BSDLAYOUT_H

enum {
	BSD_IFNAMSIZ = 16,
	BSD_AF_INET = 2,
	BSD_AF_LINK = 18,
	BSD_AF_INET6 = 28,

	/* sockaddr */
	BSD_SIN_ADDR = 4,
	BSD_SIN_SIZE = 16,
	BSD_SIN6_ADDR = 8,
	BSD_SIN6_SCOPE = 24,
	BSD_SIN6_SIZE = 28,
	BSD_SDL_INDEX = 2,
	BSD_SDL_NLEN = 5,
	BSD_SDL_ALEN = 6,
	BSD_SDL_DATA = 8,
	BSD_SDL_SIZE = 54,

	/* rt_msghdr, if_msghdr, ifa_msghdr and the rest */
	BSD_RTM_VERSION_IS = 5,
	BSD_RTM_MSGLEN = 0,
	BSD_RTM_VERSION = 2,
	BSD_RTM_TYPE = 3,
	BSD_RTM_INDEX = 4,
	BSD_RTM_FLAGS = 8,
	BSD_RTM_ADDRS = 12,
	BSD_RTM_SEQ = 20,
	BSD_RTM_ERRNO = 24,
	BSD_RTM_SIZE = 152,
	BSD_IFM_ADDRS = 4,
	BSD_IFM_FLAGS = 8,
	BSD_IFM_INDEX = 12,
	BSD_IFM_DATA = 16,
	BSD_IFM_SIZE = 168,
	BSD_IFML_LEN = 16,
	BSD_IFML_DATA_OFF = 18,
	BSD_IFML_SIZE = 176,
	BSD_IFAM_ADDRS = 4,
	BSD_IFAM_INDEX = 12,
	BSD_IFAM_SIZE = 20,
	BSD_IFAML_LEN = 16,
	BSD_IFAML_SIZE = 176,
	BSD_IFAN_INDEX = 4,
	BSD_IFAN_NAME = 6,
	BSD_IFAN_WHAT = 22,
	BSD_IFAN_SIZE = 24,
	BSD_IFI_TYPE = 0,
	BSD_IFI_LINK_STATE = 4,
	BSD_IFI_MTU = 8,
	BSD_IFI_SIZE = 152,

	BSD_RTM_ADD = 1,
	BSD_RTM_DELETE = 2,
	BSD_RTM_CHANGE = 3,
	BSD_RTM_GET = 4,
	BSD_RTM_NEWADDR = 12,
	BSD_RTM_DELADDR = 13,
	BSD_RTM_IFINFO = 14,
	BSD_RTM_IFANNOUNCE = 17,

	BSD_RTAX_DST = 0,
	BSD_RTAX_GATEWAY = 1,
	BSD_RTAX_NETMASK = 2,
	BSD_RTAX_IFP = 4,
	BSD_RTAX_IFA = 5,
	BSD_RTAX_MAX = 8,

	BSD_RTF_UP = 0x1,
	BSD_RTF_GATEWAY = 0x2,
	BSD_RTF_HOST = 0x4,
	BSD_RTF_STATIC = 0x800,

	BSD_IFF_UP = 0x1,
	BSD_IFF_RUNNING = 0x40,
	BSD_IFT_L2VLAN = 0x87,
	BSD_IFT_LAGG_PORT = 0xa1, /* IFT_IEEE8023ADLAG */
};

#endif
