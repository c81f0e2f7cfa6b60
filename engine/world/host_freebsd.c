/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/host.h"

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <net/if.h>
#include <net/if_media.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum host_media
host_media(const char *ifname)
{
	struct ifmediareq req;
	int fd, rc;

	if (*ifname == '\0')
		return HOST_MEDIA_NONE;
	memset(&req, 0, sizeof(req));
	/* A longer name is cut, as devd does. */
	snprintf(req.ifm_name, sizeof(req.ifm_name), "%s", ifname);
	/* A local socket does, and is there in a kernel without INET. */
	if ((fd = socket(AF_LOCAL, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		return HOST_MEDIA_NONE;
	rc = ioctl(fd, SIOCGIFMEDIA, &req);
	close(fd);
	if (rc < 0 || (req.ifm_status & IFM_AVALID) == 0)
		return HOST_MEDIA_NONE;
	switch (IFM_TYPE(req.ifm_active)) {
	case IFM_ETHER:
		return HOST_MEDIA_ETHERNET;
	case IFM_IEEE80211:
		return HOST_MEDIA_80211;
#ifdef IFM_ATM
	case IFM_ATM:
		return HOST_MEDIA_ATM;
#endif
	default:
		return HOST_MEDIA_OTHER;
	}
}

#define QUEUE	     "hw.bus.devctl_queue"
#define QUEUE_LENGTH 1000 /* the kernel's own default, and devd's */

int
host_keeps_records(struct err *err)
{
	int length = QUEUE_LENGTH;
	size_t bytes = sizeof(length);

	if (sysctlbyname(QUEUE, &length, &bytes, NULL, 0) < 0 || length != 0)
		return 0;
	length = QUEUE_LENGTH;
	if (sysctlbyname(QUEUE, NULL, NULL, &length, sizeof(length)) == 0)
		return 0;
	return err_set(err, ERR_STATE,
	    "/dev/devctl: " QUEUE " is 0, so the kernel keeps no records until "
	    "it is booted again without that: devd_enable=NO sets it; name "
	    "switchbackd in devd_program instead, see switchbackd(8)");
}

void
host_vm_guest(char *buf, size_t bytes)
{
	size_t used = bytes;

	if (bytes == 0)
		return;
	if (sysctlbyname("kern.vm_guest", buf, &used, NULL, 0) < 0)
		used = 0;
	buf[used < bytes ? used : bytes - 1] = '\0';
}
