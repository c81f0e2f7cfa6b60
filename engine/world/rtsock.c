/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/rtsock.h"

#include <string.h>

#include "world/bsdlayout.h"
#include "world/bsdmsg.h"

static void
take_link(const struct bsdmsg *m, struct ifevent *out)
{
	out->up = (m->flags & BSD_IFF_UP) != 0;
	out->running = (m->flags & BSD_IFF_RUNNING) != 0;
	out->has = IFHAS_FLAGS | IFHAS_LINK | IFHAS_MTU;
	out->link = m->link == 2 ? IFEVENT_UP
	    : m->link == 1	 ? IFEVENT_DOWN
				 : IFEVENT_UNKNOWN;
	out->mtu = m->mtu;
	out->kind = IFEVENT_LINK;
}

static void
take_announce(const struct bsdmsg *m, struct ifevent *out)
{
	if (m->name[0] == '\0')
		return;
	memcpy(out->name, m->name, sizeof(out->name));
	out->has = IFHAS_NAME;
	out->kind = IFEVENT_LINK;
}

static void
take_addr(const struct bsdmsg *m, struct ifevent *out)
{
	out->addr = m->addr;
	if (m->addr.family != 0)
		out->kind = IFEVENT_ADDR;
}

static void
take_route(const struct bsdmsg *m, struct ifevent *out)
{
	bool via = (m->flags & BSD_RTF_GATEWAY) != 0;

	out->addr = m->addr;
	if ((m->flags & BSD_RTF_HOST) != 0 || m->error != 0 ||
	    m->addr.family == 0 || (via && m->gateway.family == 0))
		return;
	if (via)
		out->gateway = m->gateway;
	out->replace = m->change;
	out->kind = IFEVENT_ROUTE;
}

size_t
rtsock_next(const void *data, size_t bytes, struct ifevent *out)
{
	struct bsdmsg m;
	size_t length = bsdmsg_next(data, bytes, BSDMSG_SOCKET, &m);

	memset(out, 0, sizeof(*out));
	if (m.index == 0)
		memset(&m, 0, sizeof(m)); /* of no interface: nothing */
	out->index = m.index;
	out->gone = m.gone;
	switch (m.kind) {
	case BSDMSG_LINK:
		take_link(&m, out);
		break;
	case BSDMSG_ANNOUNCE:
		take_announce(&m, out);
		break;
	case BSDMSG_ADDR:
		take_addr(&m, out);
		break;
	case BSDMSG_ROUTE:
		take_route(&m, out);
		break;
	case BSDMSG_OTHER:
		break;
	}
	return length;
}
