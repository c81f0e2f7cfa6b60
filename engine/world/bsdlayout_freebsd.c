/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdlayout.h"

#include <sys/types.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_lagg.h>
#include <net/if_media.h>
#include <net/if_types.h>
#include <net/if_vlan_var.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

#include <errno.h>
#include <stddef.h>

#include "world/bsdioctl.h"

#define SAME(ours, theirs)                                                     \
	_Static_assert((unsigned long)(ours) == (unsigned long)(theirs),       \
	    #ours " is not what this system has")
#define SIZE(ours, type)      SAME(ours, sizeof(struct type))
#define PLACE(ours, type, of) SAME(ours, offsetof(struct type, of))

/* addresses */
SAME(BSD_IFNAMSIZ, IFNAMSIZ);
SAME(BSD_AF_LOCAL, AF_LOCAL);
SAME(BSD_AF_INET, AF_INET);
SAME(BSD_AF_LINK, AF_LINK);
SAME(BSD_AF_INET6, AF_INET6);
SIZE(BSD_SIN_SIZE, sockaddr_in);
SIZE(BSD_SIN6_SIZE, sockaddr_in6);
SIZE(BSD_SDL_SIZE, sockaddr_dl);
PLACE(BSD_SIN_ADDR, sockaddr_in, sin_addr);
PLACE(BSD_SIN6_ADDR, sockaddr_in6, sin6_addr);
PLACE(BSD_SIN6_SCOPE, sockaddr_in6, sin6_scope_id);
PLACE(BSD_SDL_INDEX, sockaddr_dl, sdl_index);
PLACE(BSD_SDL_NLEN, sockaddr_dl, sdl_nlen);
PLACE(BSD_SDL_ALEN, sockaddr_dl, sdl_alen);
PLACE(BSD_SDL_DATA, sockaddr_dl, sdl_data);

/* routing messages */
SAME(BSD_RTM_VERSION_IS, RTM_VERSION);
SIZE(BSD_RTM_SIZE, rt_msghdr);
SIZE(BSD_IFM_SIZE, if_msghdr);
SIZE(BSD_IFML_SIZE, if_msghdrl);
SIZE(BSD_IFAM_SIZE, ifa_msghdr);
SIZE(BSD_IFAML_SIZE, ifa_msghdrl);
SIZE(BSD_IFAN_SIZE, if_announcemsghdr);
SIZE(BSD_IFI_SIZE, if_data);
PLACE(BSD_RTM_MSGLEN, rt_msghdr, rtm_msglen);
PLACE(BSD_RTM_VERSION, rt_msghdr, rtm_version);
PLACE(BSD_RTM_TYPE, rt_msghdr, rtm_type);
PLACE(BSD_RTM_INDEX, rt_msghdr, rtm_index);
PLACE(BSD_RTM_FLAGS, rt_msghdr, rtm_flags);
PLACE(BSD_RTM_ADDRS, rt_msghdr, rtm_addrs);
PLACE(BSD_RTM_SEQ, rt_msghdr, rtm_seq);
PLACE(BSD_RTM_ERRNO, rt_msghdr, rtm_errno);
PLACE(BSD_IFM_ADDRS, if_msghdr, ifm_addrs);
PLACE(BSD_IFM_FLAGS, if_msghdr, ifm_flags);
PLACE(BSD_IFM_INDEX, if_msghdr, ifm_index);
PLACE(BSD_IFM_DATA, if_msghdr, ifm_data);
PLACE(BSD_IFM_ADDRS, if_msghdrl, ifm_addrs);
PLACE(BSD_IFM_FLAGS, if_msghdrl, ifm_flags);
PLACE(BSD_IFM_INDEX, if_msghdrl, ifm_index);
PLACE(BSD_IFML_LEN, if_msghdrl, ifm_len);
PLACE(BSD_IFML_DATA_OFF, if_msghdrl, ifm_data_off);
PLACE(BSD_IFAM_ADDRS, ifa_msghdr, ifam_addrs);
PLACE(BSD_IFAM_INDEX, ifa_msghdr, ifam_index);
PLACE(BSD_IFAM_ADDRS, ifa_msghdrl, ifam_addrs);
PLACE(BSD_IFAM_INDEX, ifa_msghdrl, ifam_index);
PLACE(BSD_IFAML_LEN, ifa_msghdrl, ifam_len);
PLACE(BSD_IFAN_INDEX, if_announcemsghdr, ifan_index);
PLACE(BSD_IFAN_NAME, if_announcemsghdr, ifan_name);
PLACE(BSD_IFAN_WHAT, if_announcemsghdr, ifan_what);
PLACE(BSD_IFI_TYPE, if_data, ifi_type);
PLACE(BSD_IFI_LINK_STATE, if_data, ifi_link_state);
PLACE(BSD_IFI_MTU, if_data, ifi_mtu);
SAME(BSD_RTM_ADD, RTM_ADD);
SAME(BSD_RTM_DELETE, RTM_DELETE);
SAME(BSD_RTM_CHANGE, RTM_CHANGE);
SAME(BSD_RTM_GET, RTM_GET);
SAME(BSD_RTM_NEWADDR, RTM_NEWADDR);
SAME(BSD_RTM_DELADDR, RTM_DELADDR);
SAME(BSD_RTM_IFINFO, RTM_IFINFO);
SAME(BSD_RTM_IFANNOUNCE, RTM_IFANNOUNCE);
SAME(BSD_RTAX_DST, RTAX_DST);
SAME(BSD_RTAX_GATEWAY, RTAX_GATEWAY);
SAME(BSD_RTAX_NETMASK, RTAX_NETMASK);
SAME(BSD_RTAX_IFP, RTAX_IFP);
SAME(BSD_RTAX_IFA, RTAX_IFA);
SAME(BSD_RTAX_MAX, RTAX_MAX);
SAME(BSD_RTF_UP, RTF_UP);
SAME(BSD_RTF_GATEWAY, RTF_GATEWAY);
SAME(BSD_RTF_HOST, RTF_HOST);
SAME(BSD_RTF_STATIC, RTF_STATIC);
SAME(BSD_IFF_UP, IFF_UP);
SAME(BSD_IFF_RUNNING, IFF_DRV_RUNNING);
SAME(BSD_IFT_L2VLAN, IFT_L2VLAN);
SAME(BSD_IFT_LAGG_PORT, IFT_IEEE8023ADLAG);

/* ioctls */
SIZE(BSD_IFR_SIZE, ifreq);
SIZE(BSD_IFRA_SIZE, ifaliasreq);
SIZE(BSD_IFRA6_SIZE, in6_aliasreq);
SIZE(BSD_IFR6_SIZE, in6_ifreq);
SIZE(BSD_RP_SIZE, lagg_reqport);
SIZE(BSD_RA_SIZE, lagg_reqall);
SIZE(BSD_IFMR_SIZE, ifmediareq);
SIZE(BSD_NDI_SIZE, in6_ndireq);
PLACE(BSD_IFR_UNION, ifreq, ifr_ifru);
PLACE(BSD_IFR_UNION, ifreq, ifr_flags);
PLACE(BSD_IFR_FLAGSHIGH, ifreq, ifr_flagshigh);
PLACE(BSD_IFR_UNION, ifreq, ifr_reqcap);
PLACE(BSD_IFR_CURCAP, ifreq, ifr_curcap);
PLACE(BSD_IFR_UNION, ifreq, ifr_buffer.length);
PLACE(BSD_IFR_BUFFER, ifreq, ifr_buffer.buffer);
PLACE(BSD_IFRA_ADDR, ifaliasreq, ifra_addr);
PLACE(BSD_IFRA_BROADADDR, ifaliasreq, ifra_broadaddr);
PLACE(BSD_IFRA_MASK, ifaliasreq, ifra_mask);
PLACE(BSD_IFRA6_ADDR, in6_aliasreq, ifra_addr);
PLACE(BSD_IFRA6_MASK, in6_aliasreq, ifra_prefixmask);
PLACE(BSD_IFRA6_VLTIME, in6_aliasreq, ifra_lifetime.ia6t_vltime);
PLACE(BSD_IFRA6_PLTIME, in6_aliasreq, ifra_lifetime.ia6t_pltime);
PLACE(BSD_IFR6_UNION, in6_ifreq, ifr_ifru);
PLACE(BSD_RP_PORTNAME, lagg_reqport, rp_portname);
PLACE(BSD_RP_FLAGS, lagg_reqport, rp_flags);
PLACE(BSD_RA_PROTO, lagg_reqall, ra_proto);
PLACE(BSD_RA_BYTES, lagg_reqall, ra_size);
PLACE(BSD_RA_PORT, lagg_reqall, ra_port);
PLACE(BSD_RA_PORTS, lagg_reqall, ra_ports);
PLACE(BSD_IFMR_STATUS, ifmediareq, ifm_status);
PLACE(BSD_VLR_TAG, vlanreq, vlr_tag);
PLACE(BSD_NDI_LINKMTU, in6_ndireq, ndi.linkmtu);
PLACE(BSD_NDI_FLAGS, in6_ndireq, ndi.flags);
SAME(BSD_LAGG_FAILOVER, LAGG_PROTO_FAILOVER);
SAME(BSD_LAGG_MASTER, LAGG_PORT_MASTER);
SAME(BSD_LAGG_ACTIVE, LAGG_PORT_ACTIVE);
SAME(BSD_LAGG_MAX_PORTS, LAGG_MAX_PORTS);
SAME(BSD_IFM_AVALID, IFM_AVALID);
SAME(BSD_IFM_ACTIVE, IFM_ACTIVE);
SAME(BSD_ETHERTYPE_VLAN, ETHERTYPE_VLAN);
SAME(BSD_ND6_ACCEPT_RTADV, ND6_IFF_ACCEPT_RTADV);
SAME(BSD_ND6_IFDISABLED, ND6_IFF_IFDISABLED);
SAME(BSD_ND6_AUTO_LINKLOCAL, ND6_IFF_AUTO_LINKLOCAL);
SAME(BSD_ND6_NO_DAD, ND6_IFF_NO_DAD);
SAME(BSD_IN6_TENTATIVE, IN6_IFF_TENTATIVE);
SAME(BSD_IN6_DUPLICATED, IN6_IFF_DUPLICATED);
SAME(BSD_IN6_AUTOCONF, IN6_IFF_AUTOCONF);
SAME(BSD_SIOCGIFINDEX, SIOCGIFINDEX);
SAME(2, sizeof(((struct ifreq *)0)->ifr_index));
PLACE(BSD_IFR_UNION, ifreq, ifr_index);
SAME(BSD_SIOCSIFFLAGS, SIOCSIFFLAGS);
SAME(BSD_SIOCGIFFLAGS, SIOCGIFFLAGS);
SAME(BSD_SIOCDIFADDR, SIOCDIFADDR);
SAME(BSD_SIOCAIFADDR_IN6, SIOCAIFADDR_IN6);
SAME(BSD_SIOCSIFCAP, SIOCSIFCAP);
SAME(BSD_SIOCGIFCAP, SIOCGIFCAP);
SAME(BSD_SIOCDIFADDR_IN6, SIOCDIFADDR_IN6);
SAME(BSD_SIOCSIFNAME, SIOCSIFNAME);
SAME(BSD_SIOCSIFDESCR, SIOCSIFDESCR);
SAME(BSD_SIOCGIFDESCR, SIOCGIFDESCR);
SAME(BSD_SIOCAIFADDR, SIOCAIFADDR);
SAME(BSD_SIOCSIFMTU, SIOCSIFMTU);
SAME(BSD_SIOCGIFMEDIA, SIOCGIFMEDIA);
SAME(BSD_SIOCSETVLAN, SIOCSETVLAN);
SAME(BSD_SIOCGETVLAN, SIOCGETVLAN);
SAME(BSD_SIOCSIFLLADDR, SIOCSIFLLADDR);
SAME(BSD_SIOCGIFAFLAG_IN6, SIOCGIFAFLAG_IN6);
SAME(BSD_SIOCGIFINFO_IN6, SIOCGIFINFO_IN6);
SAME(BSD_SIOCSIFINFO_IN6, SIOCSIFINFO_IN6);
SAME(BSD_SIOCIFDESTROY, SIOCIFDESTROY);
SAME(BSD_SIOCIFCREATE2, SIOCIFCREATE2);
SAME(BSD_SIOCGLAGGPORT, SIOCGLAGGPORT);
SAME(BSD_SIOCSLAGGPORT, SIOCSLAGGPORT);
SAME(BSD_SIOCSLAGGDELPORT, SIOCSLAGGDELPORT);
SAME(BSD_SIOCGLAGG, SIOCGLAGG);
SAME(BSD_SIOCSLAGG, SIOCSLAGG);
SAME(BSD_EPERM, EPERM);
SAME(BSD_ENOENT, ENOENT);
SAME(BSD_ESRCH, ESRCH);
SAME(BSD_EIO, EIO);
SAME(BSD_ENXIO, ENXIO);
SAME(BSD_EACCES, EACCES);
SAME(BSD_EEXIST, EEXIST);
SAME(BSD_EINVAL, EINVAL);
SAME(BSD_EOPNOTSUPP, EOPNOTSUPP);
SAME(BSD_ETIMEDOUT, ETIMEDOUT);

/* Of 13 on; 12 ends before the field that it added. */
#if __FreeBSD_version >= 1300000
SIZE(BSD_VLR_SIZE, vlanreq);
PLACE(BSD_VLR_PROTO, vlanreq, vlr_proto);
#endif
